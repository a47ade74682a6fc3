"""An environment variable of the initializer; `environment.py` lists all of them."""

from dataclasses import dataclass
from typing import Literal

Type = Literal["choice", "flag", "list", "path", "seconds", "text", "words"]


@dataclass(frozen=True)
class Reference:
    """The source of a variable's text in a pod, if the value itself doesn't hold the text.

    The value is then the name of a Secret or ConfigMap, whose key is `key`, or what the value `key_value` beside it
    says; for an `annotation` the value lists the annotations to read, and `key` is its name.
    """

    kind: Literal["secretKeyRef", "configMapKeyRef", "annotation"]
    key: str = ""
    key_value: str = ""


@dataclass(frozen=True)
class Variable:
    """An environment variable that the initializer reads.

    `type` "words" is a string quoted as in a shell, "list" a JSON list or words with commas between them, "seconds" a
    number up to 86400 (0 is the default), "choice" one of the words that the value's type allows. `default` is what
    the initializer does when the variable is absent or empty. `aliases` are names that are read if the first one is
    absent or empty. Of one that is `trimmed` no white space at the ends counts. A chart's value has the variable in its
    annotation; `description` and `reference` are for a variable that isn't the value itself.
    """

    name: str
    type: Type = "text"
    default: str = ""
    secret: bool = False
    description: str = ""
    reference: Reference | None = None
    aliases: tuple[str, ...] = ()
    trimmed: bool = False
