"""Midnights of a shop with a million guests, and a shop of 250,000 classified anew from end to end."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from time import perf_counter
from typing import Any, Final

import uvloop
from joserfc.jwk import KeySet, OKPKey
from pymongo import MongoClient

from bench.cafe import BenchCafe
from bench.results import Result
from services.segments.app import build
from services.segments.domain.guest import SegmentedGuest
from services.segments.domain.rules import Thresholds
from services.segments.settings import SegmentsSettings
from services.segments.store import GUESTS
from services.segments.usecases.collaborators import Segments
from services.segments.usecases.draw_picture import load_shop
from services.segments.usecases.sweep_shop import sweep_shop

NAMESPACE: Final = "benchsweeps-"
MILLION: Final = 1_000_000
REBUILT: Final = 250_000
SHARES: Final = (0.001, 0.01, 0.1)
BATCH: Final = 20_000


class MovableClock:
    """The present moment, some days later."""

    def __init__(self) -> None:
        self.days = 0

    def now(self) -> datetime:
        return datetime.now(UTC).replace(microsecond=0) + timedelta(days=self.days)


def sweeps(cafe: BenchCafe) -> Iterator[Result]:
    """Events are published meanwhile, as they are at night."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        seconds, rebuild = runner.run(_measure(cafe))
    for share, taken in seconds.items():
        moved = int(MILLION * share)
        yield Result(f"midnight of 1,000,000 guests, {share:.1%} move", taken, "s")
        yield Result("the same, a guest who moves", taken / moved * 1000, "ms")
    # Twice as dear a mover would mean that the others cost something too.
    ratio = seconds[SHARES[1]] / seconds[SHARES[2]] * (SHARES[2] / SHARES[1])
    yield Result("cost of a mover at 1 % ÷ at 10 %", ratio, "ratio", 2.0, "lower")
    yield Result("all of 250,000 guests classified anew", rebuild, "s", 60.0, "lower")


async def _measure(cafe: BenchCafe) -> tuple[dict[float, float], float]:
    clock = MovableClock()
    process = build(_settings(cafe), entry="worker", clock=clock)
    service = process.service
    async with process.app.router.lifespan_context(process.app):
        today = clock.now().date()
        shares = {today - timedelta(days=14 - place): share for place, share in enumerate(SHARES)}
        await _fill(cafe, service, "million", MILLION, shares | {today: 1 - sum(SHARES)})
        seconds = {}
        for clock.days, share in enumerate(SHARES, start=1):
            seconds[share] = await _timed_sweep(service, "million", expected=int(MILLION * share))
        clock.days = 0
        await _fill(cafe, service, "rebuilt", REBUILT, {today - timedelta(days=10): 1.0})
        await service.shops.set_thresholds("rebuilt", Thresholds(active_days=7))
        rebuild = await _timed_sweep(service, "rebuilt", expected=REBUILT)
    return seconds, rebuild


async def _timed_sweep(service: Segments, shop: str, *, expected: int) -> float:
    start = perf_counter()
    moved = await sweep_shop(await load_shop(shop, service), service)
    taken = perf_counter() - start
    if moved != expected:
        raise AssertionError(f"{moved} guests of {shop} moved instead of {expected}")
    return taken


async def _fill(cafe: BenchCafe, service: Segments, shop: str, guests: int, shares: Mapping[date, float]) -> None:
    """Active guests by the day of their last purchase: one of each is made by the service, the others are its copies."""
    today = service.clock.now().date()
    await service.shops.learn(shop, version=1, timezone="UTC")
    await service.shops.mark_swept(await load_shop(shop, service), today)
    examples = [_example(f"g_{number}", last, today) for number, last in enumerate(shares)]
    await service.guests.save_many(shop, [(example, ()) for example in examples], service.clock.now())
    with MongoClient[dict[str, Any]](cafe.stack.stores.mongo_url) as client:
        collection = client[f"{NAMESPACE}segments__{shop}"][GUESTS]
        documents = list(collection.find().sort("_id"))
        collection.delete_many({})
        for document, share in zip(documents, shares.values(), strict=True):
            ids = [f"{document['_id']}_{number}" for number in range(round(guests * share))]
            for start in range(0, len(ids), BATCH):
                copies = [{**document, "_id": each} for each in ids[start : start + BATCH]]
                await asyncio.to_thread(collection.insert_many, copies, ordered=False)
        await asyncio.to_thread(client.admin.command, "fsync")  # what was filled in is not what is measured


def _example(guest_id: str, last: date, today: date) -> SegmentedGuest:
    days = {last - timedelta(days=7 * week): 1 for week in range(8)}
    guest = SegmentedGuest(
        guest_id, profile_version=1, registered=min(days), account_version=8, purchases=8, last=last, days=days
    )
    return guest.classify(today, Thresholds())


def _settings(cafe: BenchCafe) -> SegmentsSettings:
    stores = cafe.stack.stores
    return SegmentsSettings(
        env="demo",
        namespace=NAMESPACE,
        mongo_url=stores.mongo_url,
        redis_url=stores.redis_url,
        amqp_url=stores.amqp_url,
        jwt_public_jwks=json.dumps(KeySet([OKPKey.generate_key("Ed25519")]).as_dict(private=False)),
        guest_id_key="bench",
    )
