"""How the stack's commands look: progress on stderr (plain lines where nobody watches), tables and boxes on stdout."""

from __future__ import annotations

import json
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from rich import box
from rich.console import Console, RenderableType
from rich.measure import Measurement
from rich.panel import Panel
from rich.table import Column, Table

from bezkart.cli.demo import BARISTA, NAME, OWNER, SHOP
from bezkart.cli.showing import Steps
from bezkart.cli.simulation import ANNA_PHONE, SHARED_LAST4

Document = dict[str, Any]

_COLUMNS = ("State", "Health", "Pid", "Port", "Restarts", "Memory", "Last exit")


class StartProgress:
    """A status line that says who is still awaited."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._status = self._console.status("Starting …")
        self._told: set[str] = set()

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._status.stop()

    def __call__(self, document: Document) -> None:
        processes = document.get("processes", [])
        ready = [process["name"] for process in processes if process["state"] == "ready"]
        awaited = [process["name"] for process in processes if process["state"] != "ready"]
        if self._console.is_terminal:
            self._status.update(
                f"Starting: {len(ready)} of {len(processes)} ready, waiting for {', '.join(awaited[:4])}"
            )
            return
        if not awaited and not self._told:
            return  # it was running already
        for name in ready:
            if name not in self._told:
                self._told.add(name)
                self._console.print(f"{name}: ready", highlight=False)


class DemoProgress:
    """One bar per step of the demo's history."""

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._steps = Steps()
        self._bars: dict[str, Any] = {}

    def __enter__(self) -> Self:
        self._steps.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._steps.__exit__(kind, error, trace)

    def __call__(self, step: str, done: int, total: int) -> None:
        if step not in self._bars:
            self._bars[step] = self._steps.level(step)
            if not self._console.is_terminal:
                self._console.print(f"Simulated history: {step.lower()} …", highlight=False)
        self._bars[step](done, total)


def print_addresses(document: Document) -> None:
    Console().print(
        f"BezKart runs at {document['gateway']} ({document['env']}). make status shows all, make down stops it.",
        soft_wrap=True,
        highlight=False,
    )


def print_demo(document: Document) -> None:
    """Addresses and logins in a box; an address is never cut, however narrow the terminal says it is."""
    gateway = document["gateway"]
    broker = urlsplit(document["rabbitmq_management"])
    grid = Table.grid(*(Column(no_wrap=True) for _ in range(3)), padding=(0, 3))
    rows = (
        ("Barista's terminal", f"{gateway}/terminal", f"{BARISTA.login} / {BARISTA.password}"),
        ("Owner's segments", f"{gateway}/owner/segments", f"{OWNER.login} / {OWNER.password}"),
        ("", f"{gateway}/owner/program", "the loyalty program"),
        ("", f"{gateway}/owner/channels", "channels to guests"),
        ("", f"{gateway}/owner/staff", "the team"),
        ("Digits to type", f"{ANNA_PHONE[-4:]}  Анна, a gift is ready for her", ""),
        ("", f"{SHARED_LAST4}  two guests to choose from", ""),
        ("Guest's page", f"{gateway}/g/{SHOP}", f"number {ANNA_PHONE}, its SMS is on the page of phones"),
        ("Guests' phones", document["phones"], "what Telegram, SMS and web would show"),
        ("API", f"{gateway}/api/docs", ""),
        ("RabbitMQ", f"http://{broker.hostname}:{broker.port}", f"{broker.username} / {broker.password}"),
        ("Stop", "make down", ""),
    )
    for row in rows:
        grid.add_row(*row)
    box_of_it = Panel.fit(grid, title=f"BezKart · shop {SHOP} ({NAME}) · simulated history", padding=(1, 2))
    _print_whole(Console(), box_of_it)


def _print_whole(console: Console, what: RenderableType) -> None:
    """Uncut, however narrow the terminal says it is."""
    console.width = max(console.width, Measurement.get(console, console.options.update(width=300), what).maximum)
    console.print(what, highlight=False)


def print_status(document: Document, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(document))
        return
    console = Console()
    if not document:
        console.print("Nothing was started here yet: make up")
        return
    table = Table(Column("Process", no_wrap=True), *_COLUMNS, box=box.SIMPLE_HEAD)
    for process in document["processes"]:
        health = "[green]ok[/]" if process["healthy"] else "[red]failing[/]" if process["pid"] else "–"
        pid, port = process["pid"] or "–", process["port"] or "–"
        memory = f"{process['memory_mb']} MB" if process["memory_mb"] else "–"
        columns = (process["name"], process["state"], health, pid, port, process["restarts"], memory)
        table.add_row(*map(str, columns), process["last_exit"] or "")
    _print_whole(console, table)
    failing = [process["name"] for process in document["processes"] if not process["healthy"]]
    state = f"not healthy: {', '.join(failing)}" if failing and document["state"] == "ready" else document["state"]
    console.print(f"{state} · {document['memory_mb']} MB in all · {document.get('gateway', '')}", highlight=False)
