"""`kitserve help` and `kitserve version`, which people type before they know `--help` and `--version`."""

from typing import Annotated

import typer
from typer.core import TyperGroup

from kitserve.cli.stdout import emit
from kitserve.version import VERSION


def help_of(
    context: typer.Context,
    command: Annotated[str, typer.Argument(metavar="[COMMAND]", help="Command to describe.")] = "",
) -> None:
    """Describe a command, or all of them."""
    root = context.find_root()
    group = root.command
    if not command:
        emit(root.get_help() + "\n")
        return
    found = group.get_command(root, command) if isinstance(group, TyperGroup) else None
    if found is None:
        raise typer.BadParameter(f"no such command: {command}", param_hint="COMMAND")
    emit(found.get_help(typer.Context(found, info_name=command, parent=root)) + "\n")


def version() -> None:
    """Print the version."""
    emit(f"kitserve {VERSION}\n")
