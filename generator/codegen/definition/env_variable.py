"""What an environment variable of the initializer is; `environment.py` lists them all."""

from dataclasses import dataclass
from typing import Literal

Type = Literal["choice", "flag", "list", "path", "text", "words"]


@dataclass(frozen=True)
class Variable:
    """An environment variable that the initializer reads.

    `type` "words" is a string quoted as in a shell, "list" a JSON list or words with commas between them, "choice" one
    of the words that the value's type allows. `default` is what the initializer does when the variable is absent or
    empty. A chart's value has it in its annotation; `description` is for a variable that isn't the value itself.
    """

    name: str
    type: Type = "text"
    default: str = ""
    secret: bool = False
    description: str = ""
