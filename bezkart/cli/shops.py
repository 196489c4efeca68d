"""`bezkart shop`: the shops of the platform (F6)."""

import json
from enum import StrEnum
from typing import Annotated, Any

import typer

from bezkart.cli.zones import zone_named

app = typer.Typer(help="Open and list shops.", no_args_is_help=True)


class Plan(StrEnum):
    """What a shop has bought."""

    START = "start"
    GROWTH = "growth"
    PRO = "pro"


@app.command("create")
def create(
    *,
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="Short name: small letters, digits, hyphens.")],
    name: Annotated[str, typer.Option("--name", help="As the guests know it.")],
    tz: Annotated[str, typer.Option("--tz", help="IANA time zone, such as Europe/Moscow.")],
    plan: Annotated[Plan, typer.Option("--plan", help="What the shop has bought.")],
    currency: Annotated[str, typer.Option("--currency", help="ISO 4217.")] = "RUB",
    owner_login: Annotated[str | None, typer.Option("--owner-login", help="SLUG-owner if not given.")] = None,
    owner_password: Annotated[str | None, typer.Option("--owner-password", help="A random one if not given.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> None:
    """Open a shop with its own databases. Prints the owner's login and password; the password is shown only here."""
    from bezkart.cli.address import find_address
    from bezkart.cli.client import Gateway

    zone_named(tz)
    body: dict[str, Any] = {"slug": slug, "name": name, "timezone": tz, "currency": currency, "plan": plan.value}
    owner = {"login": owner_login, "password": owner_password}
    if any(owner.values()):
        body["owner"] = {field: value for field, value in owner.items() if value}
    with Gateway(find_address()) as gateway:
        shop = gateway.send("POST", "shops", body=body, repeatable=False)
    if as_json:
        print(json.dumps(shop, ensure_ascii=False))
        return
    print(f"Shop {shop['slug']} is open ({tz}, plan {plan}).")
    print(f"Owner: login {shop['owner']['login']}, password {shop['owner']['password']}")


@app.command("list")
def show(as_json: Annotated[bool, typer.Option("--json", help="Print the list as JSON.")] = False) -> None:
    """All shops of the platform."""
    from bezkart.cli.address import find_address
    from bezkart.cli.client import Gateway

    with Gateway(find_address()) as gateway:
        shops = gateway.get("shops")["shops"]
    if as_json:
        print(json.dumps(shops, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("Shop", "Name", "Time zone", "Currency", "Plan")
    for shop in shops:
        table.add_row(*(str(shop.get(field, "")) for field in ("slug", "name", "timezone", "currency", "plan")))
    Console().print(table)
