"""`bezkart secrets`: the secrets of an installation in Docker or Kubernetes."""

from pathlib import Path
from typing import Annotated

import typer


def secrets(
    folder: Annotated[Path, typer.Argument(help="One file per secret; what is there already stays as it is.")],
    demo: Annotated[
        bool, typer.Option("--demo", help="Also the logins of the stand-ins for Telegram and SMS.")
    ] = False,
) -> None:
    """Write the secrets that an installation in Docker or Kubernetes needs."""
    from bezkart.local.secret_files import write_missing

    written = write_missing(folder, demo=demo)
    typer.echo(f"{len(written)} new secrets in {folder}." if written else f"Nothing was missing in {folder}.")
