"""Every route, asked by every role of another shop for what is not theirs: nothing is told, nothing changes."""

import secrets
from typing import Any

import pytest

from bezkart.kit import live
from bezkart.kit.auth import BOT_SESSION, Role
from tests.fixtures.house import House, token
from tests.integration.api.conftest import Foreign, stored, totals
from tests.integration.api.table import ANONYMOUS, GUEST, OPS, ROLES, TABLE, Row

TELEGRAM_ID, VISITING = 55, 66
BEARERS = {
    "barista": token(Role.BARISTA, shop="other", staff="s_stranger"),
    "owner": token(Role.OWNER, shop="other", staff="s_strangers_boss"),
    "support": token(Role.OPS, shop="other", staff="ops"),
    "ops": token(Role.OPS, shop="", staff="ops"),
    "visitor": token(Role.VISITOR, shop="other", staff=f"telegram:{VISITING}", session=BOT_SESSION),
}
ERASING = "DELETE /api/v1/guests/me"


def filled(value: Any, ids: dict[str, str]) -> Any:
    """Every `{name}` in a text, wherever it stands, replaced by the foreign id of that name."""
    if isinstance(value, dict):
        return {key: filled(item, ids) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, ids) for item in value]
    return value.format(**ids) if isinstance(value, str) else value


@pytest.fixture
async def guests(both: House) -> dict[str, str]:
    """Guests of the other shop, by the bot: one who asks for everything, and one to be erased."""
    boss, bearers = token(Role.OPS, shop="other", staff="support"), {}
    for route, telegram_id in (("", TELEGRAM_ID), (ERASING, TELEGRAM_ID + 1)):
        body = {"telegram_id": telegram_id, "consents": {"processing": True}}
        made = await both.call("identity", "POST", "/api/v1/guests", json=body, bearer=boss)
        bearers[route] = token(Role.GUEST, shop="other", staff=made.json()["id"], session=BOT_SESSION)
    return bearers


async def ask(
    house: House, service: str, route: str, row: Row, *, role: str, foreign: Foreign, guests: dict[str, str]
) -> tuple[int, str]:
    ids = {**foreign.ids, "purpose": "advertising", "letter_id": "dl_none", "role": role, "key": secrets.token_hex(8)}
    if role == OPS:
        ids["slug"] = "other"  # ops may change any shop; this one is not watched
    method, _, path = filled(route, ids).partition(" ")
    headers = filled(row.headers, ids) | ({"Authorization": ""} if role == ANONYMOUS else {})
    answer = await house.call(
        service,
        method,
        path,
        bearer=guests.get(route, guests[""]) if role == GUEST else BEARERS.get(role),
        headers=headers,
        params=filled(row.params, ids),
        json=filled(row.body, ids),
    )
    return answer.status_code, answer.text


async def test_every_route_is_in_the_table(both: House) -> None:
    for service, rows in TABLE.items():
        paths = (await both.call(service, "GET", "/openapi.json")).json()["paths"]
        offered = {f"{method.upper()} {path}" for path, item in paths.items() for method in item}
        assert offered == rows.keys()


async def test_no_role_of_another_shop_gets_at_anything(
    both: House, foreign: Foreign, guests: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "STREAM_SECONDS", 0.2)
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.1)
    before, faults = stored(both, "demo"), []
    for service, rows in TABLE.items():
        for route, row in rows.items():
            for role in ROLES:
                status, text = await ask(both, service, route, row, role=role, foreign=foreign, guests=guests)
                fits = status in (row.answers if role in row.allowed else {401 if role == ANONYMOUS else 403})
                told = [mark for mark in foreign.marks if mark in text.lower()] if role != OPS else []
                if not fits or told:
                    faults.append(f"{role}: {route} → {status} {told} {text[:200]}")
    assert faults == []
    assert stored(both, "demo") == before


async def test_numbers_of_one_shop_are_not_in_anothers(both: House, foreign: Foreign) -> None:
    assert await totals(both, "other", "identity") == {"guests": 0}
    assert await totals(both, "other", "purchases") == {"accounts": 0, "purchases": 0, "spent": 0}
    assert await totals(both, "other", "segments") == {"guests": 0, "purchases": 0}
    assert (await both.segments("other"))["total"] == 0
    assert (await both.segments("demo"))["total"] == 1
