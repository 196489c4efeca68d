"""What promotions cost a purchase: the same purchases in a shop that has none and in one with fifty, taking turns."""

import time
from collections.abc import Iterator
from statistics import median
from typing import Any, Final

import httpx

from bench.cafe import BenchCafe
from bench.results import Result

ACTIVE: Final = 50
TIMES: Final = 600
KNOWN_SECONDS: Final = 4.0
SEGMENTS: Final = ("new", "active", "leaving", "rare", "sleeping")


def promotions(cafe: BenchCafe) -> Iterator[Result]:
    """Medians of purchases one after another, straight at the service; `bare` is a shop without promotions."""
    shops = {name: _shop(cafe, name) for name in ("bare", "fifty", "limited")}
    for rule in _rules():
        _post(cafe, shops["fifty"][0], "/promotions", {"rule": rule, "active": True})
    limited = {"kind": "discount", "name": "На всех", "benefit": {"percent": 10}, "limits": {"total": 1_000_000}}
    _post(cafe, shops["limited"][0], "/promotions", {"rule": limited, "active": True})
    cafe.settle()
    time.sleep(KNOWN_SECONDS)  # the till asks every two seconds what holds
    first = _alternate(cafe, shops, "first")  # of these it asks the segment, which an account knows
    cafe.settle()
    took = _alternate(cafe, shops, "second")
    bare = median(took["bare"])
    yield Result("purchase without promotions, one by one", bare * 1000, "ms")
    yield Result(f"{ACTIVE} active promotions add", (median(took["fifty"]) - bare) * 1000, "ms", 1.0, "lower")
    of_first = (median(first["fifty"]) - median(first["bare"])) * 1000
    yield Result(f"{ACTIVE} active promotions add to a guest's first purchase", of_first, "ms")
    yield Result("a reserved use of a limited promotion adds", (median(took["limited"]) - bare) * 1000, "ms")


def _shop(cafe: BenchCafe, name: str) -> tuple[str, list[str]]:
    """The token of a session in a new shop, and its guests."""
    token = cafe.open_shop(f"{cafe.slug}-{name}")
    return token, cafe.register(TIMES, token)


def _alternate(cafe: BenchCafe, shops: dict[str, tuple[str, list[str]]], which: str) -> dict[str, list[float]]:
    """Seconds of each purchase. A noisy neighbour meets all alike."""
    took: dict[str, list[float]] = {name: [] for name in shops}
    signed = {name: cafe.signed_token(token) for name, (token, _) in shops.items()}
    with httpx.Client(base_url=cafe.address("purchases")) as http:
        for place in range(TIMES):
            for name, (_, guests) in shops.items():
                body = {"guest_id": guests[place], "cups": 2, "amount": 500_00, "items": ["Капучино", "Круассан"]}
                headers = {"Authorization": f"Bearer {signed[name]}", "Idempotency-Key": f"{which}-{name}-{place}"}
                start = time.perf_counter()
                answer = http.post("/api/v1/purchases", json=body, headers=headers).raise_for_status().json()
                took[name].append(time.perf_counter() - start)
            assert len(answer["promotions"]) == 1
    return {name: each[TIMES // 10 :] for name, each in took.items()}


def _post(cafe: BenchCafe, token: str, path: str, body: Any) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    httpx.post(f"{cafe.stack.gateway}/api/v1{path}", json=body, headers=headers).raise_for_status()


def _rules() -> Iterator[dict[str, Any]]:
    """As a busy shop might have them: a few that apply, in a group and beside it, and many that are for others or another hour."""
    for n in range(ACTIVE):
        rule: dict[str, Any] = {"kind": "discount", "name": f"Акция {n}", "benefit": {"percent": 5 + n % 20}}
        match n % 10:
            case 0:
                rule |= {"group": "a"}
            case 1 | 2:
                rule |= {"conditions": {"weekdays": [1, 2], "from_time": "03:00", "until_time": "03:01"}}
            case 3 | 4:
                rule |= {"kind": "coupon", "benefit": {"buy": 2, "pay": 1}}
            case 5 | 6:
                rule |= {"kind": "combo", "conditions": {"items": ["Латте", "Круассан"]}}
            case 7 | 8:
                rule |= {"conditions": {"segments": [SEGMENTS[n % 5]]}, "limits": {"per_guest": 1}}
            case _:
                rule |= {"kind": "spend-get", "benefit": {"points": 50_00}, "conditions": {"min_amount": 3000_00}}
        yield rule
