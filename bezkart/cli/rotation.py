"""`bezkart rotate-keys`: whatever an older key sealed is sealed anew under the newest; see the runbook for the order of things."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from bezkart.cli.client import Gateway

PASSES: Final = 5


class Kind(StrEnum):
    PHONES = "phones"
    CONTACTS = "contacts"


SERVICE: Final = {Kind.PHONES: "identity", Kind.CONTACTS: "notifications"}


def rotate_keys(
    kind: Annotated[
        Kind, typer.Argument(help="phones: BEZKART_PHONE_KEYS of identity; contacts: BEZKART_CONTACT_KEYS.")
    ],
) -> None:
    """Seal everything under the newest key. Can be stopped and run again; ends when nothing is left under an older one."""
    from bezkart.cli.address import find_address
    from bezkart.cli.client import Gateway
    from bezkart.cli.failures import CommandFailed

    with Gateway(find_address()) as gateway:
        for _ in range(PASSES):
            looked_at, renewed = _pass(gateway, kind)
            typer.echo(f"{looked_at} looked at, {renewed} sealed anew.")
            if not renewed:
                typer.echo("Nothing is under an older key: it can be dropped.")
                return
    raise CommandFailed("There is always something under an older key: does every process have the new one first?")


def _pass(gateway: Gateway, kind: Kind) -> tuple[int, int]:
    """Once through everything; how much was looked at and sealed anew."""
    from rich.console import Console

    looked_at = renewed = 0
    cursor: str | None = None
    with Console(stderr=True).status("…") as progress:
        while True:
            step = gateway.send("POST", f"operations/{SERVICE[kind]}/keys/{kind.value}", body={"cursor": cursor})
            looked_at, renewed, cursor = looked_at + step["looked_at"], renewed + step["renewed"], step["cursor"]
            progress.update(f"{looked_at} looked at, {renewed} sealed anew")
            if cursor is None:
                return looked_at, renewed
