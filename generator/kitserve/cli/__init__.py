"""The command line, one file for each command. Data goes to standard output, everything else to standard error."""

import io
import sys
from contextlib import suppress
from typing import Annotated, NoReturn, TextIO, cast

import typer

from kitserve.cli import (
    diff,
    doctor,
    explain,
    help,  # noqa: A004 - a command's file
    image,
    init,
    inspect,
    pin,
    render,
    schema,
    status,
    validate,
    verify,
)
from kitserve.cli.options.values import OfValues
from kitserve.cli.stdout import forget
from kitserve.errors import EXIT_CODES, Failure, KitserveError
from kitserve.report.line import Lines, begun

app = typer.Typer(
    name="kitserve",
    help="Serve KitOps ModelKits on KServe: manifests from the values of the kitserve chart.",
    epilog="\n".join(
        ["Exit codes:", "\n\b", *(f"  {code}  {meaning}" for code, meaning in EXIT_CODES.items())]
    ),
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(cls=OfValues, epilog=render.EXAMPLES)(render.render)
app.command(epilog=validate.EXAMPLES)(validate.validate)
app.command(cls=OfValues, epilog=diff.EXAMPLES)(diff.diff)
app.command(epilog=verify.EXAMPLES)(verify.verify)
app.command(epilog=image.EXAMPLES)(image.image)
app.command(epilog=init.EXAMPLES)(init.init)
app.command(epilog=inspect.EXAMPLES)(inspect.inspect)
app.command(epilog=pin.EXAMPLES)(pin.pin)
app.command(epilog=status.EXAMPLES)(status.status)
app.command(cls=OfValues, epilog=doctor.EXAMPLES)(doctor.doctor)
app.command(epilog=explain.EXAMPLES)(explain.explain)
app.command(epilog=schema.EXAMPLES)(schema.schema)
app.command("help")(help.help_of)
app.command()(help.version)


def _print_version(asked: bool) -> None:
    if asked:
        help.version()
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None: ...


def main() -> None:
    """Run the command line and exit with its code."""
    stderr = io.StringIO() if sys.stderr is None else sys.stderr  # closed: nobody listens
    said = Lines(stderr)
    sys.stderr = cast("TextIO", said)
    try:
        app()
    except KitserveError as error:
        _end(error)
    except OSError as error:  # from --help, or from a report to standard error
        forget(sys.stdout)
        _end(Failure(f"can't write the message: {error.strerror}"))
    finally:
        with suppress(OSError):
            said.finish()
        sys.stderr = stderr


def _end(error: KitserveError) -> NoReturn:
    lines = [f"error: {error}", *([f"  hint: {error.hint}"] if error.hint else [])]
    try:
        sys.stderr.writelines(f"{begun(line)}\n" for line in lines)
    except OSError:
        forget(sys.stderr)
    sys.exit(error.exit_code)
