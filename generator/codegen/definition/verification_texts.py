"""The forms of texts in a policy: what of them is wrong in any case, both renderers refuse by the schema."""

from typing import Annotated

from pydantic import StringConstraints

# No star stands beside another one but in `**` alone: `models**` would look as if it crossed slashes.
_LABEL = r"(\*|\*?[-_a-z0-9](\*?[-_a-z0-9])*\*?)"
_PORT = r"(:([0-9]{1,5}|\*))"
_PART = r"(\*\*|\*|\*?[-._a-z0-9](\*?[-._a-z0-9])*\*?)"
# As in KitOps' references, a registry has a dot or a port; where there is a star, these may be what it stands for.
_REGISTRY = (
    rf"({_LABEL}([.]{_LABEL})+{_PORT}?|[-_a-z0-9]*\*([-_a-z0-9](\*?[-_a-z0-9])*\*?)?{_PORT}?"
    rf"|[-_a-z0-9]+{_PORT}|\[[:.a-f0-9]+\]{_PORT}?)"
)
ReferencePattern = Annotated[
    str, StringConstraints(pattern=rf"^(\*\*(/{_PART})*|{_REGISTRY}(/{_PART})+)$", max_length=512)
]
# OpenSSL takes what stands before an empty line for headers.
_LINE_END = r"[ \t\r]*(\n[ \t\r]*)?"
PublicKey = Annotated[
    str,
    StringConstraints(
        pattern=rf"^[ \t\r\n]*-----BEGIN PUBLIC KEY-----({_LINE_END}[A-Za-z0-9+/=])+{_LINE_END}"
        r"-----END PUBLIC KEY-----[ \t\r\n]*$",
        max_length=4096,
    ),
]
ExactIssuer = Annotated[str, StringConstraints(pattern=r"^[^*\x00-\x20\x7f]*$", max_length=1024)]
# Neither a star, which stands for nothing here, nor blanks at the ends.
ExactSubject = Annotated[
    str,
    StringConstraints(
        pattern=r"^([^*\x00-\x20\x7f]([^*\x00-\x1f\x7f]*[^*\x00-\x20\x7f])?)?$", max_length=1024
    ),
]
# What RE2 and Python's re read alike and match in a time that doesn't explode: characters, escaped punctuation, classes
# and groups of alternatives, each repeated at most once; no alternative stands outside of a group, where it would cut
# the anchors off.
_LITERAL = r"[^\\\[\](){}*+?^$|\x00-\x1f\x7f]"
_ESCAPED = r"\\[!-/:-@\[-`{-~]"
# Python has plans for `--`, `&&`, `~~` and `||` in classes.
_OF_CLASS = rf"([^-&~|\\\[\]^\x00-\x1f\x7f]|{_ESCAPED})"
_CLASS = rf"\[\^?-?({_OF_CLASS}(-{_OF_CLASS})?)+-?\]"
_COUNT = "(0|[1-9][0-9]{0,2})"
"""Without leading zeros: RE2 reads `{01}` as characters, Python as once."""
_REPEATED = rf"({_LITERAL}|{_ESCAPED}|{_CLASS})([*+?]|\{{{_COUNT}(,{_COUNT}?)?\}})?"
IdentityPattern = Annotated[
    str,
    StringConstraints(
        pattern=rf"^(\^({_REPEATED}|\(({_REPEATED}|[|])*\)[?]?)*\$)?$",
        max_length=1024,
    ),
]
OptionalJsonObject = Annotated[
    str, StringConstraints(pattern=r"^([ \t\r\n]*\{[^\x00-\x08\x0b\x0c\x0e-\x1f]*\}[ \t\r\n]*)?$")
]
