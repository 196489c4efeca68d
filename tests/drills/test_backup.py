"""The worst day: everything is gone but a backup made while the shops were selling, and the secrets."""

import os
import shutil
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bezkart.local import Stack
from tests.drills.conftest import healthy, until
from tests.e2e.cafe import Cafe, new_number
from tests.e2e.command_line import CommandLine


def run(stack: Stack, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """A command on this machine's stack, as `make` runs it."""
    environment = {**os.environ, "BEZKART_RUN_DIR": str(stack.logs.parent)}
    command = [sys.executable, "-m", "bezkart.cli", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=200, check=False)


@contextmanager
def selling(cafe: Cafe, guests: list[str]) -> Iterator[list[str]]:
    """Purchases as fast as one barista can; the list holds those that were answered."""
    sold: list[str] = []
    closing = threading.Event()

    def sell() -> None:
        while not closing.is_set():
            for guest in guests:
                cafe.buy(guest, cups=1)
                sold.append(guest)

    barista = threading.Thread(target=sell)
    barista.start()
    try:
        yield sold
    finally:
        closing.set()
        barista.join()


@pytest.mark.timeout(600)
def test_what_was_backed_up_is_back_and_adds_up(stack: Stack, cafe: Cafe, bezkart: CommandLine, tmp_path: Path) -> None:
    guests = [cafe.register(new_number(), f"Гость {n}") for n in range(5)]
    until(lambda: cafe.segments()["new"] == len(guests), "segments knows the guests")
    folder = tmp_path / "backup"
    with selling(cafe, guests) as sold:
        until(lambda: len(sold) >= 20, "the day begins")
        before = len(sold)
        made = run(stack, "backup", str(folder))
        after = len(sold)
    assert made.returncode == 0, made.stderr
    assert after > before, "nobody had to wait"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    data = stack.logs.parent / "data"
    assert "Stop it first" in run(stack, "restore", str(folder)).stderr
    stack.down()
    for store in ("mongo", "redis", "rabbitmq"):
        shutil.rmtree(data / store)
    restored = run(stack, "restore", str(folder))
    assert restored.returncode == 0, restored.stderr
    again = run(stack, "restore", str(folder))
    assert (again.returncode, "There is data already" in again.stderr) == (2, True), "nothing is mixed"
    stack.up()

    until(lambda: healthy(bezkart), "the doctor finds everything as it must be", 90)
    cafe.come_back(stack.gateway, stack.ops_key)
    counted = [cafe.account(guest)["purchases"] for guest in guests]
    assert before <= sum(counted) <= after
    assert max(counted) - min(counted) <= 1, "of one moment: they were served in turn"
    cafe.buy(guests[0], cups=1)
    until(lambda: healthy(bezkart), "and life goes on")


def test_a_damaged_backup_is_refused_before_anything_is_touched(stack: Stack, cafe: Cafe, tmp_path: Path) -> None:
    cafe.register(new_number(), "Анна")
    folder = tmp_path / "backup"
    made = run(stack, "backup", str(folder))
    assert made.returncode == 0, made.stderr
    assert "is not empty" in run(stack, "backup", str(folder)).stderr
    part = next(folder.glob("identity__*/guests.bson"))
    part.write_bytes(part.read_bytes()[:-1])
    refused = run(stack, "restore", "--replace", str(folder))
    assert (refused.returncode, "damaged" in refused.stderr) == (2, True)
    (folder / "manifest.json").unlink()
    assert "is no backup" in run(stack, "restore", str(folder)).stderr
