"""`bezkart up | down | status | logs | demo`: the stack on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from bezkart.cli.failures import BadUsage, CommandFailed

if TYPE_CHECKING:
    from bezkart.local import Stack

Env = Literal["demo", "dev"]


def add_stack_commands(app: typer.Typer) -> None:
    """Add the commands to the application."""
    for command in (up, down, status, logs, demo):
        app.command()(command)


def up(env: Annotated[Env, typer.Option(help="dev refuses the short passwords of the demo.")] = "demo") -> None:
    """Start what is not running and wait until all of it is ready."""
    from bezkart.cli import stack_view

    document = _start(env)
    stack_view.print_addresses(document)


def down() -> None:
    """Stop everything that runs here."""
    typer.echo("Stopped." if _stack().down() else "Nothing was running.")


def status(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, with every process.")] = False,
) -> None:
    """Show every process: pid, port, health, restarts, memory. Exit code 1 if one of them is not healthy."""
    from bezkart.cli import stack_view

    document = _stack().status()
    stack_view.print_status(document, as_json=as_json)
    healthy = bool(document.get("processes")) and all(process["healthy"] for process in document["processes"])
    raise typer.Exit(0 if healthy else 1)


def logs(
    name: Annotated[str | None, typer.Argument(help="A process as `status` names it, or supervisor.")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0)] = 50,
) -> None:
    """Show the end of one log, or of all."""
    from bezkart.local.logs import known_logs, show

    folder = _stack().logs
    known = known_logs(folder)
    if not known:
        raise CommandFailed("There are no logs: nothing was started here yet.")
    if name is not None and name not in known:
        raise BadUsage(f"There is no log {name!r}; there are: {', '.join(known)}.")
    show(folder, [name] if name else known, lines=lines, follow=follow)


def demo() -> None:
    """Start everything and create the simulated shop `demo`; running it again changes nothing."""
    from bezkart.cli import stack_view
    from bezkart.cli.address import Address
    from bezkart.cli.client import Gateway
    from bezkart.cli.demo import SHOP, create_demo_shop, simulated_guests
    from bezkart.cli.demo_campaigns import start_campaigns
    from bezkart.cli.demo_phones import hand_out_phones

    document = _start("demo")
    with (
        Gateway(Address(gateway=document["gateway"], ops_key=_stack().ops_key)) as gateway,
        stack_view.DemoProgress() as progress,
    ):
        create_demo_shop(gateway, progress)
        session = gateway.open_shop(SHOP)
        hand_out_phones(session, simulated_guests(session), page=document["phones"])
        start_campaigns(session)
    stack_view.print_demo(document)


def _stack(env: Env = "demo") -> Stack:
    from bezkart.local import Stack, default_run_dir

    return Stack(default_run_dir(), env=env)


def _start(env: Env) -> dict[str, Any]:
    from bezkart.cli import stack_view
    from bezkart.local import StackError

    stack = _stack(env)
    try:
        with stack_view.StartProgress() as progress:
            document = stack.up(progress)
    except StackError as error:
        raise CommandFailed(str(error)) from None
    if document["env"] != env:
        raise CommandFailed(f"It runs already, as {document['env']}. Stop it first: make down.")
    return document
