"""The entry point of `kitserve` and `python -m kitserve`."""

import gc


def main() -> None:
    """Run the command line, without the collector of cycles (docs/decisions/0005)."""
    gc.disable()
    from kitserve.cli import main as run  # noqa: PLC0415 - it would be collected in all that this imports, too

    run()


if __name__ == "__main__":
    main()
