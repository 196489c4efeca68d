"""A shop with guests as campaigns knows them. Nothing is published: what was to be sent lies in the outboxes, for the tests to read."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any

import orjson
import pytest
from pymongo import MongoClient

from bezkart.kernel.calendar import ShopCalendar
from bezkart.local import StoreAddresses
from services.campaigns import app as campaigns_app
from services.campaigns.domain.audience import Audience
from services.campaigns.domain.guest import Account, Guest, Profile
from services.campaigns.domain.mailing import Mailing, Plan
from services.campaigns.domain.message import Message, Text
from services.campaigns.settings import CampaignsSettings
from services.campaigns.usecases.collaborators import Campaigns
from services.campaigns.usecases.launch_mailing import launch_mailing
from services.campaigns.usecases.learn_guests import Lesson, learn_guests
from services.campaigns.usecases.manage_mailings import launch, write_mailing
from services.campaigns.usecases.send_batch import send_batch
from services.campaigns.usecases.take_due import take_due
from tests.fixtures.house import House, MovableClock

SHOP = "demo"
ZONE = "Asia/Novosibirsk"
Body = dict[str, Any]


@dataclass
class Mill:
    """The worker's hands, one job after the other."""

    service: Campaigns
    clock: MovableClock
    mongo: MongoClient[Body]
    namespace: str
    sent: list[str] = field(default_factory=list)

    async def guests(self, count: int, **profile: Any) -> list[str]:
        """Who agreed to advertising and has Telegram, unless `profile` says otherwise."""
        known = {
            "registered_at": self.clock.now(),
            "source": "terminal",
            "has_phone": True,
            "has_telegram": True,
            "ads": True,
        }
        of_all = Profile(**{**known, **profile})
        number = self.mongo[f"{self.namespace}campaigns__{SHOP}"]["guests"].count_documents({})
        ids = [f"g_{number + each:05d}" for each in range(count)]
        account = Account(4, self.clock.now(), stamps=4, card_size=6, gifts=0, points=12_000, tier=None)

        def learn(guest: Guest) -> Guest:
            return guest.learn_profile(1, of_all).learn_account(1, account).learn_segment(1, "leaving")

        await learn_guests(SHOP, [Lesson(each, learn) for each in ids], self.service)
        return ids

    def at(self, wall: time) -> None:
        """The next moment at which the shop's clocks show that."""
        calendar, now = ShopCalendar(ZONE), self.clock.now()
        today = calendar.at(calendar.day(now), wall)
        self.clock.offset += (today if today > now else calendar.at(calendar.day(now) + timedelta(days=1), wall)) - now

    async def launched(self, *, expected: int | None = None, limit: int | None = None, **fields: Any) -> Mailing:
        """Written and launched, and its moment has come."""
        shop = await self.service.shops.fresh(SHOP)
        message = Message((Text("a", "{name}, ещё {stamps_left}!"),), **fields)
        plan = Plan("Осень", Audience(), message, max_messages=limit)
        mailing = await write_mailing(shop, plan, "s_1", f"key-{self.clock.now()}", self.service)
        will_get = expected if expected is not None else limit or await self._will_get(message)
        mailing = await launch(shop, mailing.id, will_get, f"launch-{mailing.id}", self.service)
        self.clock.offset += timedelta(seconds=5)
        return mailing

    async def _will_get(self, message: Message) -> int:
        counts = await self.service.audiences.count(SHOP, Audience(), self.clock.now())
        return counts.reachable - counts.reachable * message.holdout_percent // 100

    async def freeze(self, mailing: Mailing) -> list[str]:
        """The batches' ids."""
        await launch_mailing(SHOP, mailing.id, self.service)
        return self.batch_ids()

    async def run(self, rounds: int = 30) -> None:
        """Tick and work until nothing is due any more; the clock goes on by a second each time."""
        for _ in range(rounds):
            jobs = await take_due(self.service)
            for job in jobs.launches:
                await launch_mailing(job.shop, job.id, self.service)
            for job in jobs.batches:
                await send_batch(job.shop, job.id, self.service)
            self.clock.offset += timedelta(seconds=1)

    def batch_ids(self) -> list[str]:
        return [each["_id"] for each in self._all("batches")]

    def batches(self) -> list[Body]:
        return self._all("batches")

    def commands(self, kind: str = "send-message", collection: str = "batches") -> list[Body]:
        """Everything that was ordered, in the outboxes of a collection."""
        entries = [entry for document in self._all(collection) for entry in document.get("outbox", ())]
        return [orjson.loads(entry["body"])["data"] for entry in entries if f".{kind}." in entry["type"]]

    def outcomes(self) -> dict[str, str]:
        return {guest: outcome for each in self._all("batches") for guest, outcome in each["outcomes"].items()}

    async def mailing(self, mailing: Mailing) -> Mailing:
        found = await self.service.mailings.load(SHOP, mailing.id)
        assert found
        return found

    def but(self, **parts: Any) -> Campaigns:
        """The same service with some parts that fail."""
        return replace(self.service, **parts)

    def _all(self, collection: str) -> list[Body]:
        return list(self.mongo[f"{self.namespace}campaigns__{SHOP}"][collection].find().sort("_id"))


@pytest.fixture
async def mill(stores: StoreAddresses, namespace: str) -> AsyncIterator[Mill]:
    """It is ten in the morning of the shop."""
    house = House(stores, namespace)
    settings: dict[str, Any] = {"guest_id_key": "g" * 40, "telegram_per_second": 1_000_000}
    app = campaigns_app.build(CampaignsSettings(**house.environment(), **settings), entry="worker", clock=house.clock)
    service: Campaigns = app.state.service
    await service.shops.learn(SHOP, version=1, name="Зерно", timezone=ZONE, currency="RUB", plan="pro")
    with MongoClient[Body](stores.mongo_url, tz_aware=True) as mongo:
        made = Mill(service, house.clock, mongo, namespace)
        made.at(time(10))
        yield made
    databases = service.guests._databases
    await databases._client.close()


def subjects(commands: Sequence[Body]) -> list[str]:
    return [command["guest_id"] for command in commands]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
