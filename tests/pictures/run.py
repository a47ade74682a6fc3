"""`make pictures`: run the commands, and write what they show into docs/pictures, with the badges."""

from collections.abc import Iterator

from tests.cases import REPOSITORY
from tests.pictures.badges import badges
from tests.pictures.scenes import SCENES

FOLDER = REPOSITORY / "docs/pictures"


def pictures() -> Iterator[tuple[str, str]]:
    """The name and the content of each file, one after the other, as commands end."""
    yield from badges().items()
    for name, scene in SCENES.items():
        yield name, scene.picture(name, scene.screens())


def main() -> None:
    """Write them all."""
    FOLDER.mkdir(exist_ok=True)
    for name, picture in pictures():
        path = FOLDER / f"{name}.svg"
        path.write_text(picture)
        print(path.relative_to(REPOSITORY))


if __name__ == "__main__":
    main()
