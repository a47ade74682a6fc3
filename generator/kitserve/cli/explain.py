"""`kitserve explain`."""

import re
from collections.abc import Iterator
from typing import Annotated

import typer

from kitserve.cli.stdout import emit
from kitserve.errors import WrongSettings

EXAMPLES = """\
Examples:

\b
  kitserve explain KS206
  kitserve explain inferenceServices.iris.unpacking.layout
  kitserve explain verification.rules
  kitserve explain values
  kitserve explain 31

A number is an exit code, of kitserve or of the initializer. Nothing is asked but what is installed.
"""
_CODE = re.compile(r"KS[0-9]+", re.IGNORECASE)


def _topics(incomplete: str) -> Iterator[str]:
    """Yield what begins so, for the shell: of a value's path not more than the next two keys."""
    from kitserve.check.codes import CODES
    from kitserve.values.lookup import paths

    known = (*(code.code for code in CODES), *paths())
    most = incomplete.count(".") + 1
    return (each for each in known if each.lower().startswith(incomplete.lower()) and each.count(".") <= most)


def explain(
    topic: Annotated[
        str,
        typer.Argument(
            metavar="TOPIC", help="Code of a problem, path of a value, or exit code.", autocompletion=_topics
        ),
    ],
) -> None:
    """Explain a problem's code, a value, or an exit code."""
    emit(_page(topic))


def _page(topic: str) -> str:
    from kitserve.report import explanation

    if _CODE.fullmatch(topic):
        from kitserve.check.codes import CODES

        found = {code.code: code for code in CODES}
        if topic.upper() in found:
            return explanation.of_code(found[topic.upper()])
        raise WrongSettings(f"no problem has the code {topic.upper()}", _near(topic.upper(), list(found)))
    if topic.isascii() and topic.isdigit():
        if page := explanation.of_exit_code(int(topic)):
            return page
        raise WrongSettings(f"no program of kitserve ends with {topic}", "exit codes are in kitserve --help")
    return _value(topic)


def _value(path: str) -> str:
    from kitserve.report import explanation
    from kitserve.report.line import printed
    from kitserve.values.lookup import find, paths

    if node := find("" if path == "values" else path.removeprefix("values.")):
        return explanation.of_value(path, node)
    raise WrongSettings(f"there is no value {printed(path)}", _near(path, list(paths())))


def _near(word: str, known: list[str]) -> str:
    """Return a hint at what may be meant: what is spelled nearly so, or ends so."""
    import difflib

    last = re.split(r"[.\]]", word)[-1]
    ending = sorted((each for each in known if each.endswith(f".{last}")), key=lambda each: each.count("."))
    found = difflib.get_close_matches(word, known, 3) or ending[:3]
    return (
        f"did you mean {' or '.join(found)}?"
        if found
        else "such as KS206, or inferenceServices.NAME.storageUri"
    )
