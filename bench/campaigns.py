"""Campaigns: the projection of guests rebuilt, an audience counted, a mailing from its launch to its last message against a bare flood."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any, Final

import aio_pika
import httpx
import orjson
import uvloop
from pymongo import MongoClient

from bench.cafe import BenchCafe
from bench.channels import flood, switch
from bench.mailing import Mailing, without_limits
from bench.results import Result
from bezkart.contracts.accounts import AccountState, Actor, Purchase
from bezkart.contracts.event import Message
from bezkart.contracts.identity import GuestChanged
from bezkart.contracts.purchases import PurchaseRecorded
from bezkart.kernel.ids import GuestIds
from bezkart.kit.bus.envelope import pack, seal
from services.campaigns.domain.guest import Account, Guest, Profile
from services.campaigns.store.guests import guest_document

MAILED: Final = 100_000
PURCHASES: Final = 50_000
COUNTED: Final = 1_000_000
A_MESSAGE: Final = 64
AT_ONCE: Final = 10_000
ASKED: Final = 7
START_SECONDS: Final = 4.0
"""An immediate start waits so long: the time to take it back, and no work."""
NOON: Final = 13
SEGMENTS: Final = ("new", "active", "leaving", "rare", "sleeping")


def campaigns(cafe: BenchCafe) -> Iterator[Result]:
    """In a shop of its own, where it is the early afternoon: at night nothing is sent."""
    shop = _shop(cafe)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        yield from runner.run(_rebuild(shop))
        with without_limits(shop):
            yield runner.run(_mailing(shop))
    yield from _estimate(shop)


def _shop(cafe: BenchCafe) -> BenchCafe:
    offset = NOON - datetime.now(UTC).hour
    shop = copy(cafe)
    shop.slug = f"{cafe.slug}-mailed"
    ops = {"Authorization": f"Bearer {cafe.stack.ops_key}"}
    about = {"slug": shop.slug, "name": "Bench", "timezone": f"Etc/GMT{-offset:+d}", "plan": "pro"}
    with httpx.Client(base_url=f"{cafe.stack.gateway}/api/v1", headers=ops, timeout=30, trust_env=False) as http:
        http.post("/shops", json=about).raise_for_status()
        shop.token = http.post(f"/shops/{shop.slug}/sessions").raise_for_status().json()["token"]
    secrets = orjson.loads((cafe.stack.logs.parent / "secrets.json").read_bytes())
    guest_ids = GuestIds(secrets["guest_id_key"])
    shop.ids = [str(guest_ids.issue(shop.slug)) for _ in range(MAILED)]
    return shop


async def _rebuild(shop: BenchCafe) -> list[Result]:
    """The queue is full when the consumer wakes: everybody's registration, then purchases."""
    registered = [_registered(shop.slug, guest) for guest in shop.ids]
    known = await _taken_in(shop, "campaigns.guests", registered, {"profile_version": 1})
    bought = [_bought(shop.slug, guest) for guest in shop.ids[:PURCHASES]]
    seen = await _taken_in(shop, "campaigns.purchases", bought, {"account_version": 1})
    return [
        Result(f"projection rebuilt, {len(registered):,} registrations", known, "events/s", 5_000),
        Result(f"projection rebuilt, {len(bought):,} purchases", seen, "events/s", 5_000),
    ]


async def _taken_in(
    shop: BenchCafe, queue: str, events: Sequence[GuestChanged | PurchaseRecorded], wanted: dict[str, Any]
) -> float:
    consumer = shop.pid("campaigns")
    os.kill(consumer, signal.SIGSTOP)
    try:
        await fill(shop, queue, events)
    finally:
        began = time.perf_counter()
        os.kill(consumer, signal.SIGCONT)
    with MongoClient[dict[str, Any]](shop.stack.stores.mongo_url) as client:
        guests = client[f"campaigns__{shop.slug}"]["guests"]
        last = {"_id": events[-1].guest_id, **wanted}  # counting them all takes a good part of a core
        while not (await asyncio.to_thread(guests.find_one, last) and guests.count_documents(wanted) == len(events)):
            if time.perf_counter() - began > 600:
                raise TimeoutError("the projection does not come to its end")
            await asyncio.sleep(0.1)
    return len(events) / (time.perf_counter() - began)


async def fill(shop: BenchCafe, queue: str, events: Sequence[Message]) -> None:
    """As the publisher packs them, to this one reader."""
    now = datetime.now(UTC)
    async with await aio_pika.connect(shop.stack.stores.amqp_url) as connection:
        exchange = (await connection.channel()).default_exchange
        for start in range(0, len(events), A_MESSAGE):
            body, content_type = pack([seal(event, now) for event in events[start : start + A_MESSAGE]])
            await exchange.publish(aio_pika.Message(body, content_type=content_type), queue)


async def _mailing(shop: BenchCafe) -> Result:
    """From the moment it starts until the provider has the last one, against the flood just before."""
    mailing = Mailing(shop)
    switch(mailing.base, limits=False)
    await mailing.introduce()
    mailing.forget()
    bare = await flood(mailing.base, min(MAILED, 20_000))
    mailing.forget()
    headers = {"Authorization": f"Bearer {shop.token}", "Idempotency-Key": f"launch-{mailing.mark}"}
    async with httpx.AsyncClient(
        base_url=f"{shop.stack.gateway}/api/v1", headers=headers, timeout=30, trust_env=False
    ) as http:
        text = {"text": "[{name}, ]до подарка {stamps_left} {stamps_left:чашка|чашки|чашек}"}
        body = {"name": "Проба", "texts": [text], "holdout_percent": 0, "audience": {"reachable_by": "telegram"}}
        made = (await http.post("/mailings", json=body)).raise_for_status().json()
        launched = await http.post(f"/mailings/{made['id']}/launch", json={"expected": len(shop.ids)})
        launched.raise_for_status()
    began = time.perf_counter() + START_SECONDS
    await mailing.arrived(len(shop.ids))
    rate = len(shop.ids) / (time.perf_counter() - began)
    return Result(f"mailing of {len(shop.ids):,} ÷ flood, launched to handed over", rate / bare, "ratio", 0.5)


def _estimate(shop: BenchCafe) -> Iterator[Result]:
    """The projection is written directly; the answer is the API's, by the gateway."""
    with MongoClient[dict[str, Any]](shop.stack.stores.mongo_url) as client:
        guests = client[f"campaigns__{shop.slug}"]["guests"]
        guests.delete_many({})
        for start in range(0, COUNTED, AT_ONCE):
            guests.insert_many([_document(number) for number in range(start, start + AT_ONCE)], ordered=False)
        audiences: dict[str, dict[str, Any]] = {
            "everybody": {},
            "by segment, visits and last purchase": {
                "segments": ["leaving", "sleeping"],
                "purchases": {"min": 2},
                "last_purchase_days": {"min": 10, "max": 200},
            },
        }
        headers = {"Authorization": f"Bearer {shop.token}"}
        with httpx.Client(
            base_url=f"{shop.stack.gateway}/api/v1", headers=headers, timeout=60, trust_env=False
        ) as http:
            for name, audience in audiences.items():
                taken = [_asked(http, audience) for _ in range(ASKED)]
                yield Result(f"audience of {COUNTED:,} counted, {name}", median(taken), "s", 1.0, "lower")
        guests.delete_many({})


def _asked(http: httpx.Client, audience: dict[str, Any]) -> float:
    began = time.perf_counter()
    http.post("/mailings/estimate", json={"audience": audience}).raise_for_status()
    return time.perf_counter() - began


def _document(number: int) -> dict[str, Any]:
    """Everybody somewhat different."""
    now = datetime.now(UTC).replace(microsecond=0)
    profile = Profile(
        registered_at=now - timedelta(days=number % 700),
        source="bot",
        has_phone=number % 7 != 0,
        has_telegram=number % 3 != 0,
        ads=number % 4 != 0,
    )
    account = Account(
        purchases=number % 40,
        last_purchase_at=now - timedelta(days=number % 300, seconds=number % 86_400),
        stamps=number % 6,
        card_size=6,
        gifts=0,
        points=number % 5_000,
        tier=("bronze", "silver", "gold")[number % 3],
    )
    guest = Guest(f"g_{number:08d}", profile=profile, profile_version=1, account=account, account_version=1)
    guest = replace(guest, segment=SEGMENTS[number % 5], segment_version=1)
    marks: dict[str, Any] = {"free_at": now + timedelta(hours=1)} if number % 11 == 0 else {}
    return {"_id": guest.id, "version": 1, **guest_document(guest), **marks, "outbox": []}


def _registered(shop: str, guest_id: str) -> GuestChanged:
    return GuestChanged(
        shop=shop,
        guest_id=guest_id,
        version=1,
        registered_at=datetime.now(UTC),
        source="bot",
        has_phone=True,
        has_telegram=True,
        processing_consent=True,
        advertising_consent=True,
    )


def _bought(shop: str, guest_id: str) -> PurchaseRecorded:
    now = datetime.now(UTC)
    before = AccountState(
        version=0,
        purchases=0,
        cups=0,
        stamps=0,
        card_size=6,
        gifts=0,
        spent=0,
        currency="RUB",
        first_purchase_at=None,
        last_purchase_at=None,
    )
    after = before.model_copy(
        update={"version": 1, "purchases": 1, "cups": 1, "stamps": 1, "first_purchase_at": now, "last_purchase_at": now}
    )
    purchase = Purchase(purchase_id=f"p_{guest_id}", at=now, cups=1, amount=25_000, items=("капучино",))
    return PurchaseRecorded(
        shop=shop,
        guest_id=guest_id,
        purchase=purchase,
        actor=Actor(id="s_bench", role="barista"),
        before=before,
        account=after,
    )
