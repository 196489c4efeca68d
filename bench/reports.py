"""Reports: a year of a shop with 100,000 guests, what the owner's pages ask of it, and the facts taken in anew."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator, Sequence
from copy import copy
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any, Final

import httpx
import orjson
from pymongo import MongoClient

from bench.cafe import BenchCafe
from bench.campaigns import fill
from bench.results import Result
from bezkart.contracts.accounts import AccountState, Actor, Purchase
from bezkart.contracts.purchases import PurchaseRecorded
from bezkart.kernel.ids import GuestIds, new_id
from services.reports.domain.facts import AnyFact, Moved, Registered, Sale
from services.reports.store.facts import document

GUESTS: Final = 100_000
DAYS: Final = 365
A_DAY: Final = 2_000
REPLAYED: Final = 100_000
ASKED: Final = 5
LONGEST: Final = 600
PAGES: Final = (
    "today",
    "days",
    "kpis",
    "cohorts?months=12",
    "hours",
    "staff",
    "charts/today",
    "charts/flow",
)
OF_A_YEAR: Final = ("days", "kpis", "hours", "staff")
"""What is asked of a whole year as well."""


def reports(cafe: BenchCafe) -> Iterator[Result]:
    """In a shop of its own. A year of facts is put into the store; events and days are the service's work."""
    shop = _shop(cafe)
    sold = _a_year(shop)
    yield Result(f"facts taken in, {REPLAYED:,} purchases", asyncio.run(_replay(shop)), "events/s", 5_000)
    began = time.perf_counter()
    _until_settled(shop)
    yield Result(f"days of a year computed after that, {sold:,} sales", time.perf_counter() - began, "s")
    yield from _pages(shop)


def _shop(cafe: BenchCafe) -> BenchCafe:
    shop = copy(cafe)
    shop.slug = f"{cafe.slug}-reported"
    shop.token = shop.open_shop(shop.slug)
    secrets = orjson.loads((cafe.stack.logs.parent / "secrets.json").read_bytes())
    ids = GuestIds(secrets["guest_id_key"])
    shop.ids = [str(ids.issue(shop.slug)) for _ in range(GUESTS)]
    return shop


def _a_year(shop: BenchCafe) -> int:
    """Everybody registered within the year and went to a segment; every day its sales. How many there were."""
    today = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0)
    sold = 0
    with MongoClient[dict[str, Any]](shop.stack.stores.mongo_url) as client:
        database = client[f"reports__{shop.slug}"]
        for ago in range(DAYS, 0, -1):
            day = today - timedelta(days=ago)
            newcomers = shop.ids[(DAYS - ago) * GUESTS // DAYS : (DAYS - ago + 1) * GUESTS // DAYS]
            known = shop.ids[: (DAYS - ago + 1) * GUESTS // DAYS]
            facts = [_registered(guest, day) for guest in newcomers]
            facts += [_moved(guest, day) for guest in newcomers]
            facts += [_sale(number, known, day) for number in range(ago * A_DAY, ago * A_DAY + A_DAY)]
            sold += A_DAY
            database["facts"].insert_many([document(fact) for fact in facts], ordered=False)
            marked = {"marks": 1, "dirty": True, "settled": 0}
            database["days"].update_one({"_id": day.date().isoformat()}, {"$set": marked}, upsert=True)
    return sold


def _registered(guest: str, day: datetime) -> AnyFact:
    return Registered(id=new_id("joined"), at=day, guest=guest, source="bench")


def _moved(guest: str, day: datetime) -> AnyFact:
    return Moved(id=new_id("moved"), at=day, guest=guest, version=1, previous=None, next="new")


def _sale(number: int, known: Sequence[str], day: datetime) -> AnyFact:
    """Spread by primes over guests and minutes."""
    at = day + timedelta(minutes=number * 37 % 660 - 60)
    return Sale(
        id=new_id("sale"),
        at=at,
        guest=known[number * 7919 % len(known)],
        purchase=new_id("p"),
        cups=1,
        paid=25_000,
        billed=True,
        staff=f"s_{number % 6}",
    )


async def _replay(shop: BenchCafe) -> float:
    """The queue is full when the process wakes."""
    now = datetime.now(UTC)
    events = [_bought(shop.slug, random_guest, now) for random_guest in shop.ids[:REPLAYED]]
    process = shop.pid("reports")
    with MongoClient[dict[str, Any]](shop.stack.stores.mongo_url) as client:
        facts = client[f"reports__{shop.slug}"]["facts"]
        before = facts.estimated_document_count()
        os.kill(process, signal.SIGSTOP)
        try:
            await fill(shop, "reports.purchases", events)
        finally:
            began = time.perf_counter()
            os.kill(process, signal.SIGCONT)
        while facts.estimated_document_count() - before < len(events):
            if time.perf_counter() - began > LONGEST:
                raise TimeoutError("the facts are not taken in")
            await asyncio.sleep(0.1)
        return len(events) / (time.perf_counter() - began)


def _bought(shop: str, guest: str, at: datetime) -> PurchaseRecorded:
    nothing = dict.fromkeys(("purchases", "cups", "stamps", "gifts", "spent"), 0)
    state = {**nothing, "card_size": 6, "currency": "RUB", "first_purchase_at": at, "last_purchase_at": at}
    before, account = (AccountState.model_validate({**state, "version": version}) for version in (0, 1))
    purchase = Purchase(purchase_id=new_id("p"), at=at - timedelta(days=DAYS + 30), cups=1)
    actor = Actor(id="s_bench", role="barista")
    return PurchaseRecorded(shop=shop, guest_id=guest, purchase=purchase, actor=actor, before=before, account=account)


def _until_settled(shop: BenchCafe) -> None:
    began = time.perf_counter()
    with MongoClient[dict[str, Any]](shop.stack.stores.mongo_url) as client:
        days = client[f"reports__{shop.slug}"]["days"]
        while days.count_documents({"dirty": True}):
            if time.perf_counter() - began > LONGEST:
                raise TimeoutError("days are not computed")
            time.sleep(0.5)


def _pages(shop: BenchCafe) -> Iterator[Result]:
    """By the process itself, as the gateway would ask it: the slowest of the pages' medians."""
    today = datetime.now(UTC).date()
    year = f"from={today - timedelta(days=DAYS - 1)}&to={today}"
    asked = [*PAGES, *(f"{name}?{year}" for name in OF_A_YEAR)]
    with httpx.Client(base_url=f"{shop.address('reports')}/api/v1/reports/", timeout=60, trust_env=False) as http:
        slowest = {each: _median(http, shop, each) for each in asked}
    for page, seconds in slowest.items():
        name = page.replace(year, "of a year").replace("?", " ")
        yield Result(f"reports/{name}", seconds * 1000, "ms", 300, "lower")


def _median(http: httpx.Client, shop: BenchCafe, page: str) -> float:
    headers = {"Authorization": f"Bearer {shop.signed_token(shop.token)}"}
    taken = []
    for _ in range(ASKED):
        began = time.perf_counter()
        http.get(page, headers=headers).raise_for_status()
        taken.append(time.perf_counter() - began)
    return median(taken)
