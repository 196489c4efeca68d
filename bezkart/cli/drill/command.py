"""`bezkart drill outage telegram --minutes 2`."""

import json
from enum import StrEnum
from typing import Annotated

import typer

drill = typer.Typer(
    help="Switch a provider off on purpose, on the stand-ins only, and report what that did.", no_args_is_help=True
)


class Provider(StrEnum):
    TELEGRAM = "telegram"
    SMS = "sms"
    ALL = "all"


class How(StrEnum):
    OFF = "off"
    HANG = "hang"
    ERRORS = "errors"


@drill.callback()
def _group() -> None:
    """A group of its own: there will be other drills."""


@drill.command()
def outage(
    provider: Annotated[Provider, typer.Argument(help="Whose stand-in goes down.")],
    *,
    minutes: Annotated[float, typer.Option(min=0.1, max=60, help="How long it stays down.")] = 2.0,
    how: Annotated[How, typer.Option(help="Refuses connections, hangs, or answers 5xx.")] = How.OFF,
    codes: Annotated[float, typer.Option(min=0.1, max=20, help="Urgent messages a second.")] = 1.0,
    news: Annotated[float, typer.Option(min=0, max=50, help="Bulk messages a second.")] = 2.0,
    standins: Annotated[
        str | None, typer.Option(help="Address of the stand-ins; by default those of this machine.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Send messages before, during and after an outage; report delivered, delayed, lost, duplicated, and the cost of SMS.

    Exit code 1 when a message was lost.
    """
    from bezkart.cli.address import find_address
    from bezkart.cli.client import Gateway
    from bezkart.cli.drill.outage import Outage, run
    from bezkart.cli.drill.report import show
    from bezkart.cli.drill.standins import StandIns, find_standins

    plan = Outage(provider.value, how=how.value, seconds=minutes * 60, codes=codes, news=news)
    with Gateway(find_address()) as gateway, StandIns(standins or find_standins()) as there:
        report = run(plan, gateway, there, tell=lambda text: None if as_json else typer.echo(text))
    if as_json:
        print(json.dumps(report, ensure_ascii=False, indent=2))
    else:
        show(report)
    if report["lost"]:
        raise typer.Exit(1)
