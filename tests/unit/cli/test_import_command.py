"""`bezkart import`: what it sends, says, writes and exits with."""

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from bezkart.cli.failures import Unreachable
from bezkart.cli.imports import job
from bezkart.cli.imports.running import wait_until_counted
from bezkart.cli.main import app
from tests.unit.cli.stand_in import StandIn, problem, shop

Run = Callable[..., Result]
MAP = "guest=card,at=datetime,amount=money,item=coffee_name"
HEADER = "datetime,card,money,coffee_name"


@pytest.fixture
def system() -> StandIn:
    return StandIn(shops={"x": shop()})


@pytest.fixture
def run(system: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`bezkart import … x FILE`, in a directory of its own, without waiting."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("BEZKART_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("BEZKART_OPS_KEY", "ops-key")
    monkeypatch.setattr(job, "Gateway", system.gateway)

    def run_import(content: str, *options: str, kind: str = "purchases", mapping: str = MAP) -> Result:
        file = tmp_path / "sales.csv"
        file.write_text(content, encoding="utf-8")
        return CliRunner().invoke(app, ["import", kind, "x", str(file), "--map", mapping, *options])

    return run_import


def many(rows: int, guests: int) -> str:
    lines = [
        f"2024-03-{1 + at % 28:02} {at // 28 % 24:02}:{at % 60:02},A{at % guests},{at}.5,Latte" for at in range(rows)
    ]
    return "\n".join([HEADER, *lines])


def test_everything_is_sent_once_in_batches_with_guests_kept_together(system: StandIn, run: Run) -> None:
    result = run(many(3000, 70), "--json")
    assert result.exit_code == 0, result.stderr
    summary = json.loads(result.stdout)
    assert {name: summary[name] for name in ("rows", "good", "guests", "guests_created", "recorded", "known")} == {
        "rows": 3000, "good": 3000, "guests": 70, "guests_created": 70, "recorded": 3000, "known": 0,
    }  # fmt: skip
    batches = [body["rows"] for _, path, body in system.requests if path == "imports/purchases"]
    assert all(len(batch) <= 500 for batch in batches)
    assert system.guests_in_two_requests == 0
    for guest_id in system.guests:
        times = [row["at"] for row in system.rows.values() if row["guest_id"] == guest_id]
        assert times == sorted(times)
        assert system.guests[guest_id]["registered_at"] == times[0]


def test_a_second_run_and_a_longer_export_in_another_order_double_nothing(system: StandIn, run: Run) -> None:
    assert json.loads(run(many(300, 7), "--json").stdout)["recorded"] == 300
    assert json.loads(run(many(300, 7), "--json").stdout)["recorded"] == 0
    header, *lines = many(400, 7).split("\n")
    summary = json.loads(run("\n".join([header, *reversed(lines)]), "--json").stdout)
    assert (summary["recorded"], summary["known"], len(system.rows)) == (100, 300, 400)


def test_identical_rows_are_purchases_of_their_own(system: StandIn, run: Run) -> None:
    run(f"{HEADER}\n" + "2024-03-01 10:15,A,38.7,Latte\n" * 3)
    assert len(system.rows) == 3


def test_an_import_that_was_stopped_completes_when_it_is_run_again(system: StandIn, run: Run) -> None:
    asked = 0

    def break_down(path: str, _: object) -> httpx.Response | None:
        nonlocal asked
        asked += path == "imports/purchases"
        return problem(500, "internal", "Broken") if asked > 3 else None

    system.before = break_down
    result = run(many(3000, 70))
    assert result.exit_code == 1
    assert "Broken (internal, HTTP 500)" in result.stderr
    assert 0 < len(system.rows) < 3000
    system.before = lambda path, body: None
    assert run(many(3000, 70)).exit_code == 0
    assert len(system.rows) == 3000


def test_a_dry_run_sends_nothing_and_tells_the_same_numbers(system: StandIn, run: Run) -> None:
    result = run(f"{HEADER}\n2024-03-01 10:15,A,38.7,x\n2024-03-02 10:15,,1,x\nbad,A,1,x", "--dry-run")
    assert result.exit_code == 0
    assert "rows 3: good 1, anonymous 1 (left out), rejected 1" in result.stdout
    assert "guests 1, 2024-03-01 to 2024-03-01 (Europe/Kiev)" in result.stdout
    assert "nothing was sent" in result.stdout
    assert {path for _, path, _ in system.requests} == {"shops/x/sessions"}


def test_rejects_go_to_the_current_directory_with_line_reason_and_text(run: Run) -> None:
    result = run(f'{HEADER}\n2024-03-01 10:15,A,38.7,x\n\nbad,A,1,x\n2024-03-01,A,-1,"a, b"')
    assert result.exit_code == 0
    rejects = Path("sales.csv.rejects.csv")
    assert rejects.read_text(encoding="utf-8").splitlines() == [
        "line,reason,text",
        "4,not a date: 'bad',\"bad,A,1,x\"",
        '5,the amount is negative: \'-1\',"2024-03-01,A,-1,""a, b"""',
    ]
    assert rejects.stat().st_mode & 0o077 == 0


def test_rows_the_system_refuses_are_rejects_and_the_rest_is_taken(system: StandIn, run: Run) -> None:
    def refuse_large(path: str, body: dict[str, list[dict[str, int]]]) -> httpx.Response | None:
        if path != "imports/purchases":
            return None
        large = [at for at, row in enumerate(body["rows"]) if row["amount"] > 100_000]
        faults = [{"pointer": f"/rows/{at}/amount", "detail": "too much"} for at in large]
        return problem(422, "invalid-request", "Look", errors=faults) if faults else None

    system.before = refuse_large
    result = run(many(1100, 5), "--json", "--rejects", "r.csv")
    summary = json.loads(result.stdout)
    assert (summary["good"], summary["rejected"], summary["recorded"]) == (1000, 100, 1000)
    assert Path("r.csv").read_text().splitlines()[1].startswith("1002,refused: too much,")


def test_guests_with_names_numbers_and_dates(system: StandIn, run: Run) -> None:
    content = (
        "card;phone;name;since\nA;;Анна;1.3.2024\n;+79745558323;Борис;2.3.2024\n;12;Вера;3.3.2024\nA;;Анна;1.3.2024"
    )
    mapping = "card=card,phone=phone,name=name,registered=since"
    result = run(content, "--json", kind="guests", mapping=mapping)
    summary = json.loads(result.stdout)
    assert (summary["guests"], summary["guests_created"], summary["rejected"]) == (3, 2, 1)
    assert system.guests["g_a"] == {"card": "A", "name": "Анна", "registered_at": "2024-02-29T22:00:00+00:00"}
    assert (
        Path("sales.csv.rejects.csv").read_text(encoding="utf-8").splitlines()[1] == "4,invalid-phone,;12;Вера;3.3.2024"
    )


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        ("", [], "is empty"),
        (HEADER.replace("card", "kard") + "\n2024-03-01,A,1,x", [], "no column 'card'"),
        (f"{HEADER}\n2024-03-01,A,1,x", ["--delimiter", "pipe"], "--delimiter"),
        (f"{HEADER}\n2024-03-01,A,1,x", ["--tz", "Europe/Nowhere"], "no time zone"),
        (f"{HEADER}\n2024-03-01,A,1,x", ["--tz", "../etc/passwd"], "no time zone"),
        (f"{HEADER}\n2024-03-01,A,1,x", ["--date-format", "DD.MM"], "--date-format"),
        (f"{HEADER}\n2024-03-01,A,1,x", ["--no-header"], "--no-header"),
        (f"{HEADER}\n2024-03-01,A,1,x", ["--map", "guest=card"], "--map: say which column is at"),
        (f"{HEADER}\nbad,A,1,x\nworse,A,1,x", [], "None of the 2 rows can be used; line 2: not a date: 'bad'"),
        (f"{HEADER}\n2024-03-01,A,1,x", ["--rejects", "../sales.csv"], "name another file"),
        (f"{HEADER}\nbad,A,1,x\n2024-03-01,A,1,x", ["--rejects", "none/r.csv"], "cannot be written"),
    ],
)
def test_wrong_use_and_unreadable_files_exit_with_2_and_send_nothing(
    system: StandIn, run: Run, content: str, options: list[str], said: str
) -> None:
    result = run(content, *options)
    assert (result.exit_code, "Traceback" in result.stderr) == (2, False)
    assert said in result.stderr
    assert {path for _, path, _ in system.requests} <= {"shops/x/sessions"}


def test_a_header_without_rows_is_an_import_of_nothing(run: Run) -> None:
    result = run(HEADER)
    assert result.exit_code == 0
    assert "rows 0" in result.stdout


def test_an_unknown_shop_exits_with_1(system: StandIn, run: Run) -> None:
    system.shops.clear()
    result = run(f"{HEADER}\n2024-03-01,A,1,x")
    assert result.exit_code == 1
    assert "There is no such shop (shop-not-found, HTTP 404)" in result.stderr


def test_a_doubtful_date_order_is_told_on_stderr(run: Run) -> None:
    assert "taken as M/D/YYYY" in run(f"{HEADER}\n3/4/2024,A,1,x").stderr


def test_the_shop_s_time_zone_is_the_default_and_tz_overrides_it(system: StandIn, run: Run) -> None:
    run(f"{HEADER}\n2024-03-01 10:00,A,1,x")
    run(f"{HEADER}\n2024-03-01 10:00,B,1,x", "--tz", "Asia/Tokyo")
    assert {row["at"] for row in system.rows.values()} == {"2024-03-01T08:00:00+00:00", "2024-03-01T01:00:00+00:00"}


def test_segments_that_stand_still_are_told(system: StandIn) -> None:
    system.rows["1"] = {}
    system.counted = lambda purchases: 0
    seen: list[tuple[int, int]] = []
    with system.gateway() as gateway, pytest.raises(Unreachable, match="0 of 1 purchases"):
        wait_until_counted(gateway.open_shop("x"), progress=lambda *told: seen.append(told), stalled_after=0)
    assert seen[0] == (0, 1)
