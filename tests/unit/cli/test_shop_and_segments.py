"""`bezkart shop` and `bezkart segments`, and where the system is found."""

import json
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from bezkart.cli.address import Address, find_address
from bezkart.cli.failures import BadUsage, Unreachable
from bezkart.cli.main import app
from tests.unit.cli.stand_in import StandIn, shop

PICTURE = {"new": 69, "active": 34, "leaving": 23, "rare": 221, "sleeping": 497}


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    system = StandIn(shops={"x": shop()})

    def segments(path: str, _: object) -> httpx.Response | None:
        if path != "segments":
            return None
        told = {
            "shop": "x",
            "as_of": "2024-10-31",
            "total": 844,
            "segments": dict(reversed(PICTURE.items())),
            "more": 1,
        }
        return httpx.Response(200, json=told)

    system.before = segments
    monkeypatch.setattr("bezkart.cli.client.Gateway", system.gateway)
    monkeypatch.setenv("BEZKART_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("BEZKART_OPS_KEY", "ops-key")
    return system


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_segments_as_exactly_one_json_object(system: StandIn) -> None:
    result = run("segments", "x", "--as-of", "2024-10-31", "--json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert told == {"shop": "x", "as_of": "2024-10-31", "total": 844, "segments": PICTURE}
    assert list(told["segments"]) == ["new", "active", "leaving", "rare", "sleeping"]
    assert result.stdout.count("\n") == 1


def test_segments_as_a_table(system: StandIn) -> None:
    shown = run("segments", "x").stdout
    assert all(word in shown for word in ("новички", "497", "59%", "844"))


@pytest.mark.parametrize("day", ["2024-13-01", "yesterday", "31.10.2024", ""])
def test_a_day_that_is_none_exits_with_2(system: StandIn, day: str) -> None:
    result = run("segments", "x", "--as-of", day)
    assert result.exit_code == 2
    assert "2024-10-31" in result.stderr
    assert not system.requests


def test_a_shop_is_opened_with_an_owner(system: StandIn) -> None:
    result = run(
        "shop", "create", "new", "--name", "Новая", "--tz", "Europe/Moscow", "--plan", "pro", "--owner-login", "ann"
    )
    assert result.exit_code == 0, result.stderr
    assert "login ann, password generated" in result.stdout
    ((_, _, body),) = system.requests
    assert body == {
        "slug": "new", "name": "Новая", "timezone": "Europe/Moscow", "currency": "RUB", "plan": "pro", "owner": {"login": "ann"},
    }  # fmt: skip


@pytest.mark.parametrize("wrong", [["--plan", "gold"], ["--tz", "Moscow"], []])
def test_a_shop_that_is_described_wrongly_is_not_opened(system: StandIn, wrong: list[str]) -> None:
    options = {
        "--name": "N",
        "--tz": "Europe/Moscow",
        "--plan": "pro",
        **dict(zip(wrong[::2], wrong[1::2], strict=True)),
    }
    if not wrong:
        del options["--name"]
    result = run("shop", "create", "new", *[word for pair in options.items() for word in pair])
    assert result.exit_code == 2
    assert not system.requests


def test_shops_are_listed(system: StandIn) -> None:
    assert "Europe/Kiev" in run("shop", "list").stdout
    assert json.loads(run("shop", "list", "--json").stdout) == [shop()]


def test_the_environment_comes_before_the_files_of_the_local_stack(tmp_path: Path) -> None:
    (tmp_path / "stack.json").write_text('{"gateway": "http://127.0.0.1:8080/"}')
    (tmp_path / "secrets.json").write_text('{"ops_key": "from-file"}')
    files = {"BEZKART_RUN_DIR": str(tmp_path)}
    assert find_address(files) == Address("http://127.0.0.1:8080", "from-file")
    assert find_address({**files, "BEZKART_URL": "https://bezkart.example"}) == Address(
        "https://bezkart.example", "from-file"
    )
    assert find_address({**files, "BEZKART_OPS_KEY": "k"}) == Address("http://127.0.0.1:8080", "k")


@pytest.mark.parametrize("content", [None, "{", "[]", "{}"])
def test_without_a_system_there_is_one_clear_sentence(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "stack.json").write_text(content)
    with pytest.raises(Unreachable, match="BEZKART_URL"):
        find_address({"BEZKART_RUN_DIR": str(tmp_path)})


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(BadUsage, match="http"):
        find_address({"BEZKART_URL": "127.0.0.1:80", "BEZKART_OPS_KEY": "k"})
