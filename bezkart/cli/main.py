"""The `bezkart` command. What it needs is imported when a command runs, so that it starts fast."""

from typing import Any

import typer
from typer.core import TyperGroup

from bezkart.cli import operations, segments, shops
from bezkart.cli.backup.command import backup, restore
from bezkart.cli.drill.command import drill
from bezkart.cli.failures import CommandFailed
from bezkart.cli.imports import command as imports
from bezkart.cli.rotation import rotate_keys
from bezkart.cli.secret_files import secrets
from bezkart.cli.stack import add_stack_commands

_STOPPED_BY_HAND = 130


class PlainFailures(TyperGroup):
    """Says in one line on stderr why a command failed, and exits with its code; no traceback for an expected failure."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except CommandFailed as failure:
            typer.echo(f"bezkart: {failure}", err=True)
            raise typer.Exit(failure.exit_code) from None
        except KeyboardInterrupt:
            typer.echo("bezkart: stopped. Run the same command again and it completes.", err=True)
            raise typer.Exit(_STOPPED_BY_HAND) from None


app = typer.Typer(
    cls=PlainFailures,
    help="BezKart: loyalty without cards for small cafés.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
add_stack_commands(app)
app.add_typer(shops.app, name="shop")
app.add_typer(imports.app, name="import")
app.command("segments")(segments.segments)
app.command("secrets")(secrets)
app.command("backup")(backup)
app.command("restore")(restore)
app.command("rotate-keys")(rotate_keys)
app.command("doctor")(operations.doctor)
app.add_typer(operations.dead, name="dead")
app.add_typer(drill, name="drill")
