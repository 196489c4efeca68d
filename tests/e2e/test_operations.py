"""What ops do: ask the doctor, look for dead letters."""

import json
import time
from pathlib import Path

import pytest

from bezkart.local import Stack
from tests.e2e.cafe import Cafe, new_number
from tests.e2e.command_line import CommandLine

HEALED_SECONDS = 30.0


@pytest.fixture
def bezkart(stack: Stack, tmp_path: Path) -> CommandLine:
    return CommandLine(stack, tmp_path)


def test_the_doctor_finds_everything_as_it_must_be(bezkart: CommandLine, new_cafe: Cafe) -> None:
    new_cafe.register(new_number(), "Анна")
    until = time.monotonic() + HEALED_SECONDS
    while True:
        command = bezkart.start("doctor", "--json")
        said, error = command.communicate(timeout=60)
        findings = json.loads(said)
        wrong = [finding for finding in findings if not finding["ok"]]
        assert command.returncode == (1 if wrong else 0), error
        if not wrong:
            break
        assert time.monotonic() < until, wrong
    assert {finding["name"] for finding in findings} >= {
        "outbox age",
        "dead letters",
        "queue backlog",
        "ledger purchases minus balances",
        "histories unlike their accounts",
        "guests behind their source",
        "purchases behind their source",
    }
    assert "ok" in bezkart("doctor")


def test_dead_letters_are_listed_and_a_wrong_id_is_said(bezkart: CommandLine) -> None:
    assert json.loads(bezkart("dead", "list", "--json")) == []
    assert "There is no dead letter d_none" in bezkart("dead", "show", "d_none", exit_code=1)
    assert "There is no dead letter d_none" in bezkart("dead", "replay", "d_none", exit_code=1)
