"""An environment variable of the initializer; `environment.py` lists all of them."""

from dataclasses import dataclass
from typing import Literal

Type = Literal["choice", "flag", "list", "path", "text", "words"]


@dataclass(frozen=True)
class Variable:
    """An environment variable that the initializer reads.

    `type` "words" is a string quoted as in a shell, "list" a JSON list or words with commas between them, "choice" one
    of the words that the value's type allows. `default` is what the initializer does if the variable is absent or
    empty. A value of the chart has its variables in its annotation. `description` is empty if the value's own
    description fits.
    """

    name: str
    type: Type = "text"
    default: str = ""
    secret: bool = False
    description: str = ""
