"""Every event three times, in any order, in any batches, into an empty service: always the same state."""

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from bezkart.contracts.event import Message
from bezkart.contracts.identity import GuestChanged
from bezkart.contracts.subscriptions import EVENTS
from bezkart.kernel.calendar import ShopCalendar
from bezkart.kernel.ids import GuestIds
from bezkart.kit.bus.envelope import unseal
from bezkart.kit.bus.reactions import Handler
from bezkart.local import Stack
from services.purchases import app as purchases_app
from services.purchases import handlers as purchases_handlers
from services.purchases.domain.operation import Actor
from services.purchases.settings import PurchasesSettings
from services.purchases.usecases.collaborators import Purchases
from services.purchases.usecases.record_purchase import RecordPurchase, record_purchase
from services.purchases.usecases.undo_purchase import UndoPurchase, undo_purchase
from services.segments import app as segments_app
from services.segments import handlers as segments_handlers
from services.segments.settings import SegmentsSettings
from services.segments.usecases.collaborators import Segments
from tests.chaos.report import Report
from tests.fixtures import cleaning
from tests.fixtures.house import House, MovableClock

SHOP: Final = "demo"
CALENDAR: Final = ShopCalendar("Europe/Moscow")
IDS: Final = GuestIds("g" * 40)
ANYA: Final = Actor("s_anya", "barista", is_owner=False)
GUESTS, PURCHASES, ORDERS = 5, 40, 30
NOT_STATE: Final = {"version", "outbox"}

Documents = list[dict[str, Any]]


@dataclass
class World:
    """Purchases that has a history, segments and ledger that have forgotten theirs; nothing is published."""

    purchases: Purchases
    segments: Segments

    @classmethod
    async def open(cls, house: House) -> "World":
        known = {**house.environment(), "guest_id_key": "g" * 40}
        bought = purchases_app.build(PurchasesSettings(**known), entry="api", clock=house.clock)
        segments = segments_app.build(SegmentsSettings(**known), entry="api", clock=house.clock).service
        await segments.shops.learn(SHOP, version=1, timezone="Europe/Moscow")
        return cls(bought.state.service, segments)

    async def make_history(self, fate: Random) -> list[Message]:
        """Purchases and undo's through the real use cases; their events lie in the outboxes."""
        guests = [IDS.issue(SHOP) for _ in range(GUESTS)]
        for _ in range(PURCHASES):
            guest = fate.choice(guests)
            receipt = orjson.loads(await self._record(guest, fate.randint(1, 3)))
            if fate.random() < 0.2:
                await self._undo(guest, receipt["purchase_id"])
        accounts = await self.purchases.accounts._databases.shop(SHOP)
        return [
            *[self._registered(guest) for guest in guests],
            *[
                unseal(orjson.loads(entry["body"]), EVENTS, IDS).event
                async for account in accounts["accounts"].find()
                for entry in account["outbox"]
            ],
        ]

    async def forget(self) -> None:
        await (await self.segments.guests._databases.shop(SHOP))["guests"].delete_many({})
        await (await self.purchases.ledger._databases.shop(SHOP))["ledger"].delete_many({})

    async def take_in(self, events: Sequence[Message], fate: Random) -> None:
        """In batches of any size, as the consumers would hand them over."""
        left = list(events)
        while left:
            size = fate.randint(1, 25)
            batch, left = left[:size], left[size:]
            for queue, handlers in segments_handlers.reactions.by_queue.items():
                if queue in {"segments.guests", "segments.purchases"}:
                    await _deliver(batch, handlers, self.segments)
            await _deliver(batch, purchases_handlers.reactions.by_queue["purchases.ledger"], self.purchases)

    async def state(self) -> tuple[Documents, Documents]:
        """Segments and ledger."""
        segments = (await self.segments.guests._databases.shop(SHOP))["guests"]
        ledger = (await self.purchases.ledger._databases.shop(SHOP))["ledger"]
        guests = [document async for document in segments.find(sort=[("_id", 1)])]
        entries = [document async for document in ledger.find(sort=[("_id", 1)])]
        return [{name: value for name, value in each.items() if name not in NOT_STATE} for each in guests], entries

    async def _record(self, guest: str, cups: int) -> str:
        command = RecordPurchase(
            shop=SHOP,
            calendar=CALENDAR,
            currency="RUB",
            actor=ANYA,
            key=secrets.token_hex(8),
            guest_id=guest,
            cups=cups,
            amount=None,
            items=(),
            terminal=None,
        )
        return await record_purchase(command, self.purchases)

    async def _undo(self, guest: str, purchase_id: str) -> None:
        command = UndoPurchase(SHOP, CALENDAR, ANYA, secrets.token_hex(8), guest, purchase_id)
        service = self.purchases
        await undo_purchase(command, accounts=service.accounts, programs=service.programs, clock=service.clock)

    def _registered(self, guest: str) -> GuestChanged:
        return GuestChanged(
            shop=SHOP,
            guest_id=guest,
            version=1,
            registered_at=self.segments.clock.now(),
            source="terminal",
            has_phone=True,
            has_telegram=False,
            processing_consent=True,
            advertising_consent=False,
        )


async def _deliver(batch: Sequence[Message], handlers: dict[type[Message], Handler[Any]], service: object) -> None:
    by_handler: dict[Handler[Any], list[Message]] = defaultdict(list)
    for event in batch:
        if handler := handlers.get(type(event)):
            by_handler[handler].append(event)
    for handler, events in by_handler.items():
        await handler(events, service)


def test_three_times_in_any_order_is_once(stack: Stack, report: Report) -> None:
    clock = MovableClock()
    house = House(stack.stores, f"t{secrets.token_hex(4)}_", clock)
    with asyncio.Runner() as runner:
        world = runner.run(World.open(house))
        events = runner.run(world.make_history(Random(7)))
        runner.run(world.take_in(events, Random(7)))
        once = runner.run(world.state())
        assert len(once[0]) == GUESTS
        assert len(once[1]) == len(events) - GUESTS

        @settings(max_examples=ORDERS, deadline=None)
        @given(st.randoms(use_true_random=False))
        def in_any_order(fate: Random) -> None:
            thrice = [*events, *events, *events]
            fate.shuffle(thrice)
            runner.run(world.forget())
            runner.run(world.take_in(thrice, fate))
            assert runner.run(world.state()) == once
            report.counted(
                f"{len(events)} events thrice, shuffled, into empty services",
                times=report.deeds[f"{len(events)} events thrice, shuffled, into empty services"].times + 1,
                lost=0,
                twice=0,
            )

        in_any_order()
    cleaning.clean(stack.stores, house.namespace)
