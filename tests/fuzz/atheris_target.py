"""One target under atheris: python -m tests.fuzz.atheris_target TARGET CORPUS [OPTIONS OF LIBFUZZER]."""

import sys

import atheris

with atheris.instrument_imports(include=["kitserve_initializer"]):
    from tests.fuzz.targets import TARGETS


def main(program: str, name: str, *options: str) -> None:
    """Fuzz until an option ends it."""
    target = TARGETS[name]
    atheris.Setup([program, *options], lambda data: target(data) and None)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv)
