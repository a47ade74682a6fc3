"""The one list of values files that generator, chart and docs are tried on.

`accepted/` and the examples render; `refused/` doesn't, and says in its first line `# refused: PATH[: SENTENCE]`.
"""

from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
_FOLDER = Path(__file__).parent
_MARK = "# refused: "

ACCEPTED = sorted([*(REPOSITORY / "examples").glob("*.yaml"), *(_FOLDER / "accepted").glob("*.yaml")])


@dataclass(frozen=True)
class Refused:
    """Values that both renderers refuse at `path`; `sentence` is empty where each schema engine has its own words."""

    file: Path
    path: str
    sentence: str

    def __str__(self) -> str:
        return self.file.stem


def _refused(file: Path) -> Refused:
    first = file.read_text(encoding="utf-8").splitlines()[0]
    path, _, sentence = first.removeprefix(_MARK).partition(": ")
    return Refused(file, path, sentence)


REFUSED = [_refused(file) for file in sorted((_FOLDER / "refused").glob("*.yaml"))]
