"""Real histories go in, the right segments come out; compared with an independent reckoning (F18, F20)."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from bezkart.local import Stack
from tests.e2e.command_line import CommandLine
from tests.reckoning import cdnow, coffee_sales, real_file, reckon

COFFEE_MAP = "guest=card,at=datetime,amount=money,item=coffee_name"
DEV = "coffee_sales/dev_until_2024-10-31.csv"
VARIANT = "coffee_sales/index_1_Imadittyaa.csv"
CDNOW_MAP = "guest=1,at=3,amount=5"
CDNOW = "cdnow/CDNOW_sample.txt"


@pytest.fixture
def bezkart(stack: Stack, tmp_path: Path) -> CommandLine:
    return CommandLine(stack, tmp_path)


def test_the_coffee_machine_gives_the_published_numbers_and_a_second_run_doubles_nothing(bezkart: CommandLine) -> None:
    shop = bezkart.new_shop("Europe/Kiev")
    first = bezkart.imported(shop, real_file(DEV), COFFEE_MAP, "--tz", "Europe/Kiev")
    assert {name: first[name] for name in ("rows", "good", "anonymous", "rejected", "guests_created", "recorded")} == {
        "rows": 2175, "good": 2086, "anonymous": 89, "rejected": 0, "guests_created": 844, "recorded": 2086,
    }  # fmt: skip
    published = {"total": 844, "new": 69, "active": 34, "leaving": 23, "rare": 221, "sleeping": 497}
    assert bezkart.segments(shop, "2024-10-31") == published
    again = bezkart.imported(shop, real_file(DEV), COFFEE_MAP, "--tz", "Europe/Kiev")
    assert (again["recorded"], again["known"], again["guests_created"]) == (0, 2086, 0)
    days = ("2024-02-29", "2024-03-01", "2024-07-14", "2024-10-31", "2024-12-30")
    sales = list(coffee_sales(real_file(DEV)))
    assert reckon(sales, date(2024, 10, 31)) == published
    assert {day: bezkart.segments(shop, day) for day in days} == {
        day: reckon(sales, date.fromisoformat(day)) for day in days
    }


@dataclass(frozen=True)
class History:
    """A real file, how it is imported, an independent program that reads it, and days to compare."""

    name: str
    mapping: str
    timezone: str
    program: Callable[[Path], Iterator[tuple[str, date]]]
    days: tuple[str, ...]


HISTORIES = [
    History(VARIANT, COFFEE_MAP, "Europe/Kiev", coffee_sales, ("2024-05-31", "2024-12-14", "2025-03-23", "2025-05-01")),
    History(CDNOW, CDNOW_MAP, "America/New_York", cdnow, ("1997-03-31", "1997-12-25", "1998-06-30")),
]


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: Path(history.name).stem)
def test_segments_of_any_day_are_those_of_an_independent_program(bezkart: CommandLine, history: History) -> None:
    shop, file = bezkart.new_shop(history.timezone), real_file(history.name)
    summary = bezkart.imported(shop, file, history.mapping)
    assert (summary["rejected"], summary["recorded"]) == (0, summary["rows"] - summary["anonymous"])
    purchases = list(history.program(file))
    assert {day: bezkart.segments(shop, day) for day in history.days} == {
        day: reckon(purchases, date.fromisoformat(day)) for day in history.days
    }


def test_an_import_that_was_killed_completes_when_it_is_run_again(bezkart: CommandLine) -> None:
    shop = bezkart.new_shop("America/New_York")
    command = bezkart.start("import", "purchases", shop, str(real_file(CDNOW)), "--map", CDNOW_MAP)
    time.sleep(2.5)
    command.kill()
    command.communicate()
    summary = bezkart.imported(shop, real_file(CDNOW), CDNOW_MAP)
    assert summary["recorded"] + summary["known"] == 6919
    assert bezkart.segments(shop, "1998-06-30") == reckon(cdnow(real_file(CDNOW)), date(1998, 6, 30))


def test_an_import_outlives_services_that_are_killed_under_it(bezkart: CommandLine, stack: Stack) -> None:
    shop = bezkart.new_shop("America/New_York")
    command = bezkart.start("import", "purchases", shop, str(real_file(CDNOW)), "--map", CDNOW_MAP, "--json")
    for service in ("identity", "purchases", "segments-consumer"):
        time.sleep(1.5)
        kill(stack, service)
    out, error = command.communicate(timeout=110)
    assert command.returncode == 0, error
    assert '"rejected": 0' in out
    assert bezkart.segments(shop, "1998-06-30") == reckon(cdnow(real_file(CDNOW)), date(1998, 6, 30))


def kill(stack: Stack, service: str) -> None:
    """End the process as a power cut would; the supervisor starts it again."""
    (pid,) = [process["pid"] for process in stack.document["processes"] if process["name"] == service]
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def test_guests_with_phone_numbers(bezkart: CommandLine) -> None:
    shop = bezkart.new_shop("Europe/Moscow")
    listed = bezkart.home / "guests.csv"
    listed.write_text(
        "Карта;Телефон;Имя;Дата регистрации\n"
        "A-1;8 (974) 555-83-23;Анна;01.03.2024\n"
        ";+7 974 555 83 24;Борис;02.03.2024 10:30\n"
        "A-3;12-34;Вера;03.03.2024\n"
        "A-4;;Глеб;31.02.2024\n"
        ";;Никто;01.03.2024\n",
        encoding="utf-8-sig",
    )
    mapping = "card=Карта,phone=Телефон,name=Имя,registered=Дата регистрации"
    summary = bezkart.imported(shop, listed, mapping, kind="guests")
    assert (summary["guests_created"], summary["anonymous"], summary["rejected"]) == (2, 1, 2)
    rejects = (bezkart.home / "guests.csv.rejects.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[0] for line in rejects] == ["line", "4", "5"]
    assert bezkart.segments(shop, "2024-03-10") == {
        "total": 2, "new": 2, "active": 0, "leaving": 0, "rare": 0, "sleeping": 0,
    }  # fmt: skip
    sales = bezkart.home / "sales.csv"
    sales.write_text("phone,at\n+79745558323,2024-03-09\n89745558324,2024-03-09\n", encoding="utf-8")
    again = bezkart.imported(shop, sales, "phone=phone,at=at")
    assert (again["guests_created"], again["recorded"]) == (0, 2)


def test_wrong_use_and_an_unknown_shop(bezkart: CommandLine) -> None:
    shop = bezkart.new_shop("Europe/Moscow")
    missing = bezkart("import", "purchases", shop, str(real_file(DEV)), "--map", "guest=kard,at=datetime", exit_code=2)
    assert "no column 'kard'" in missing
    assert "shop-not-found" in bezkart("segments", "no-such-shop", exit_code=1)
    assert "shop-exists" in bezkart("shop", "create", shop, "--name", "x", "--tz", "UTC", "--plan", "pro", exit_code=1)
