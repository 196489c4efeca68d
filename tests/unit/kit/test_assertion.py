"""The bot's assertion: what it signs identity reads, and nothing else is one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from bezkart.kit.assertion import ALGORITHM, LONGEST_SECONDS, Assertion, AssertionRefused, Assertions

KEY = "k" * 40
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
ANNA = Assertion(77, "demo", "guest")


def claims(other: dict[str, Any]) -> dict[str, Any]:
    good: dict[str, Any] = {
        "iss": "bezkart.bot",
        "sub": "telegram:77",
        "shop": "demo",
        "as": "guest",
        "exp": int(NOW.timestamp()) + 60,
    }
    return {name: value for name, value in (good | other).items() if value is not None}


def signed(other: dict[str, Any] | None = None, *, algorithm: str = ALGORITHM, key: str = KEY) -> str:
    return jwt.encode({"alg": algorithm}, claims(other or {}), OctKey.import_key(key), algorithms=[algorithm])


def test_what_the_bot_signs_identity_reads() -> None:
    assertions = Assertions(KEY)
    for said in (ANNA, Assertion(2**52 - 1, "", "staff")):
        assert assertions.read(assertions.sign(said, now=NOW), now=NOW) == said
    assert assertions.read(signed(), now=NOW) == ANNA


def test_each_is_another_text_so_that_a_new_one_is_not_taken_for_an_old_one() -> None:
    assert Assertions(KEY).sign(ANNA, now=NOW) != Assertions(KEY).sign(ANNA, now=NOW)


def test_it_ends() -> None:
    assertion = Assertions(KEY).sign(ANNA, now=NOW, seconds=LONGEST_SECONDS)
    assert Assertions(KEY).read(assertion, now=NOW + timedelta(seconds=LONGEST_SECONDS - 1)) == ANNA
    with pytest.raises(AssertionRefused):
        Assertions(KEY).read(assertion, now=NOW + timedelta(seconds=LONGEST_SECONDS))


@pytest.mark.parametrize(
    "token",
    [
        signed(key="x" * 40),
        signed(algorithm="HS384"),
        signed({"exp": int(NOW.timestamp()) + 3600}),
        signed({"exp": None}),
        signed({"exp": "soon"}),
        signed({"iss": "bezkart.identity"}),
        signed({"sub": "g_1"}),
        signed({"sub": "telegram:-5"}),
        signed({"sub": "telegram:x"}),
        signed({"sub": 5}),
        signed({"shop": None}),
        signed({"shop": 5}),
        signed({"as": "owner"}),
        signed({"as": ["guest"]}),
        "",
        "a.b.c",
        "x" * 5000,
    ],
)
def test_nothing_else_is_one(token: str) -> None:
    with pytest.raises(AssertionRefused):
        Assertions(KEY).read(token, now=NOW)
