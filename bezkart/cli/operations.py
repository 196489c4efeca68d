"""`bezkart doctor` and `bezkart dead`: is everything as it must be, and what could not be handled (F92)."""

import json
from typing import Annotated, Any, Final

import typer

from bezkart.cli.failures import CommandFailed

SERVICES: Final = ("campaigns", "feedback", "identity", "notifications", "purchases", "reports", "segments")
CONSUMING: Final = ("campaigns", "feedback", "notifications", "purchases", "reports", "segments")
_COPIES: Final = (("segments", "guests"), ("segments", "purchases"), ("reports", "purchases"), ("reports", "spent"))

dead = typer.Typer(help="List, read and replay events that could not be handled.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
LetterId = Annotated[str, typer.Argument(metavar="ID", help="As `bezkart dead list` shows it.")]


def doctor(*, as_json: AsJson = False) -> None:
    """Measure everything that must always be true. Exit code 1 when anything is not."""
    from bezkart.cli.address import find_address
    from bezkart.cli.client import Gateway

    with Gateway(find_address()) as gateway:
        reports = [gateway.get(f"operations/{service}/invariants") for service in SERVICES]
        findings = [{"service": report["service"], **each} for report in reports for each in report["findings"]]
        findings += _projections(gateway)
    if as_json:
        print(json.dumps(findings, ensure_ascii=False))
    else:
        _show(findings)
    if not all(each["ok"] for each in findings):
        raise typer.Exit(1)


def _projections(gateway: Any) -> list[dict[str, Any]]:
    """How far segments and reports are behind identity and purchases, over all shops; money to the kopeck."""
    behind: dict[tuple[str, str], int] = dict.fromkeys(_COPIES, 0)
    late: dict[str, list[str]] = {"reports": [], "segments": []}
    for shop in gateway.get("shops")["shops"]:
        inside = gateway.open_shop(shop["slug"])
        source = {**inside.get("guests/totals"), **inside.get("accounts/totals")}
        copies = {service: inside.get(f"{service}/totals") for service in late}
        differing = {(service, name): abs(source[name] - copies[service][name]) for service, name in _COPIES}
        for copy, value in differing.items():
            behind[copy] += value
        for service, shops in late.items():
            if any(value for (of, _), value in differing.items() if of == service):
                shops.append(shop["slug"])
    return [
        {
            "service": service,
            "name": f"{name} behind their source" if name != "spent" else "money beside the accounts'",
            "value": value,
            "unit": name if name != "spent" else "kopecks",
            "ok": not value,
            "detail": f"differs in {', '.join(late[service][:10])}" if late[service] else "",
        }
        for (service, name), value in behind.items()
    ]


def _show(findings: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("Service", "Invariant", "Value", "", "Detail")
    for each in findings:
        verdict = "[green]ok[/]" if each["ok"] else "[red]not ok[/]"
        value = f"{each['value']:g} {each['unit']}"
        table.add_row(each["service"], each["name"], value, verdict, each["detail"])
    Console().print(table)


@dead.command("list")
def listing(
    *, replayed: Annotated[bool, typer.Option(help="Those replayed as well.")] = False, as_json: AsJson = False
) -> None:
    """What waits to be looked at, newest first."""
    from bezkart.cli.address import find_address
    from bezkart.cli.client import Gateway

    params = {"replayed": "true"} if replayed else {}
    with Gateway(find_address()) as gateway:
        letters = [
            letter
            for service in CONSUMING
            for letter in gateway.get(f"operations/{service}/dead-letters", params=params)["dead_letters"]
        ]
    if as_json:
        print(json.dumps(letters, ensure_ascii=False))
        return
    for letter in letters:
        died = letter["deaths"][-1]
        state = "" if letter["open"] else "  (replayed)"
        print(f"{letter['id']}  {died['at'][:19]}  {letter['queue']}  {letter['event_type'] or 'unreadable'}{state}")
        print(f"    {died['reason']}")
    print(f"{len(letters)} dead letters.")


@dead.command("show")
def show(letter_id: LetterId) -> None:
    """One dead letter: its body, every time it died and every replay, as JSON."""
    print(json.dumps(_find(letter_id)[1], ensure_ascii=False, indent=2))


@dead.command("replay")
def replay(
    letter_id: Annotated[str, typer.Argument(metavar="ID", help="`all` replays everything that waits.")],
) -> None:
    """Put it back into the queue it came from. Handlers are idempotent: replaying twice does no harm."""
    from bezkart.cli.address import find_address
    from bezkart.cli.client import Gateway

    with Gateway(find_address()) as gateway:
        wanted = _everything(gateway) if letter_id == "all" else [(_find(letter_id)[0], letter_id)]
        for service, each in wanted:
            gateway.send("POST", f"operations/{service}/dead-letters/{each}/replay")
    print(f"{len(wanted)} replayed.")


def _everything(gateway: Any) -> list[tuple[str, str]]:
    return [
        (service, letter["id"])
        for service in CONSUMING
        for letter in gateway.get(f"operations/{service}/dead-letters", params={"limit": "500"})["dead_letters"]
    ]


def _find(letter_id: str) -> tuple[str, dict[str, Any]]:
    """The service that keeps the letter, and the letter. Raises CommandFailed."""
    from bezkart.cli.address import find_address
    from bezkart.cli.client import Gateway
    from bezkart.cli.failures import Refused

    with Gateway(find_address()) as gateway:
        for service in CONSUMING:
            try:
                return service, dict(gateway.get(f"operations/{service}/dead-letters/{letter_id}"))
            except Refused as refused:
                if refused.slug != "dead-letter-not-found":
                    raise
    raise CommandFailed(f"There is no dead letter {letter_id}.")
