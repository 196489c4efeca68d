"""Events that name a foreign shop, or in one's own shop a guest of another: dead at once, and nothing appears anywhere."""

from datetime import UTC, datetime

import aio_pika
import orjson

from bezkart.contracts.accounts import AccountState, Actor, Coupon, Gift, Purchase
from bezkart.contracts.event import Message
from bezkart.contracts.feedback import NpsAnswered, RatingGiven, ThreadAnswered, ThreadOpened
from bezkart.contracts.identity import GuestChanged, GuestContactsChanged, GuestErased
from bezkart.contracts.notifications import MessageFailed, SendMessage
from bezkart.contracts.purchases import (
    ACCOUNT_CHANGES,
    AccountEvent,
    GrantBonus,
    GrantCoupon,
    PurchaseRecorded,
    PurchasesImported,
    PurchaseUndone,
)
from bezkart.contracts.segments import GuestSegmentChanged
from bezkart.contracts.subscriptions import SUBSCRIPTIONS
from bezkart.kit.auth import Role
from bezkart.kit.bus.envelope import seal
from bezkart.kit.bus.topology import Topology
from tests.fixtures.house import House, eventually, token
from tests.integration.api.conftest import Foreign, stored

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
ACTOR = Actor(id="s_1", role="barista")
GIFT = Gift(gift_id="gift_forged", words={"ru": "чай"})
GIVEN = {
    "at": NOW,
    "gift": GIFT,
    "coupon": Coupon(coupon_id="k_forged", promotion_id="p_1", valid_until=NOW, campaign="mailing:m:1"),
    "until": NOW,
    "sends": 1,
    "reason": "expired",
    "way": "code",
    "referrer_id": "g_1",
    "bonus": "welcome",
    "points": 1,
    "note": "",
    "expires_at": NOW,
}
PURCHASE = Purchase(purchase_id="p_forged", at=NOW, cups=1)


def account(version: int) -> AccountState:
    return AccountState(
        version=version,
        purchases=version,
        cups=version,
        stamps=version,
        card_size=6,
        gifts=0,
        spent=0,
        currency="RUB",
        first_purchase_at=NOW,
        last_purchase_at=NOW,
    )


def forged(shop: str, guest_id: str) -> list[Message]:
    """One event of each type about the guest, and a command."""
    about = {"shop": shop, "guest_id": guest_id}
    moved = {**about, "actor": ACTOR, "before": account(8), "account": account(9)}
    profile = {"source": "terminal", "has_phone": True, "has_telegram": False}
    consents = {"processing_consent": True, "advertising_consent": True}
    contacts = {"version": 9, "sealed_phone": None, "masked_phone": None, "sealed_telegram": "x"}
    failed = {"message_id": "m_1", "key": "k", "channel": None, "reason": "forged", "at": NOW}
    rating = {"rating_id": "r_1", "purchase_id": "p_1", "purchased_at": NOW, "given_at": NOW, "staff_id": "s_1"}
    rating |= {"version": 9, "segment": None, "stars": 1, "commented": False}
    thread = {"thread_id": "t_1", "rating_id": None, "contact_me": False, "waiting_since": None, "staff_id": "s_1"}
    answer = {"survey_id": "v_1", "answer_id": "a_1", "version": 9, "score": 0, "segment": None, "at": NOW}
    granted = {"key": "forged", "valid_until": NOW, "campaign": "mailing:m:1"}
    segment = {"previous": None, "next": "active", "cause": "purchase", "at": NOW}
    return [
        GuestChanged.model_validate({**about, **profile, **consents, "version": 9, "registered_at": NOW}),
        PurchaseRecorded.model_validate({**moved, "purchase": PURCHASE}),
        PurchaseUndone.model_validate({**moved, "purchase": PURCHASE, "undone_at": NOW}),
        PurchasesImported.model_validate({**moved, "purchases": (PURCHASE,), "imported_at": NOW}),
        *(event.model_validate({**moved, **GIVEN}) for event in ACCOUNT_CHANGES if issubclass(event, AccountEvent)),
        GuestSegmentChanged.model_validate({**about, **segment, "version": 9}),
        GrantBonus.model_validate({**about, **granted, "points": 1}),
        GrantCoupon.model_validate({**about, **granted, "coupon_id": "k_forged", "promotion_id": "p_1"}),
        GuestContactsChanged.model_validate({**about, **contacts, "source": "terminal"}),
        SendMessage.model_validate({**about, "key": "forged", "template": "text", "values": {"text": "x"}}),
        MessageFailed.model_validate({**about, **failed}),
        RatingGiven.model_validate({**about, **rating}),
        ThreadOpened.model_validate({**about, **thread, "at": NOW}),
        ThreadAnswered.model_validate({**about, **thread, "at": NOW}),
        NpsAnswered.model_validate({**about, **answer}),
        GuestErased.model_validate({**about, "erased_at": NOW}),
    ]


async def publish(house: House, bodies: list[tuple[bytes, str]]) -> None:
    async with await aio_pika.connect(house.stores.amqp_url) as connection:
        channel, topology = await connection.channel(), Topology(house.namespace)
        for body, kind in bodies:
            exchange = await channel.get_exchange(topology.exchange_of(kind))
            await exchange.publish(aio_pika.Message(body), kind)


async def dead(house: House) -> int:
    found = 0
    for service in ("campaigns", "feedback", "notifications", "purchases", "reports", "segments"):
        path = f"/api/v1/operations/{service}/dead-letters"
        answer = await house.call(service, "GET", path, bearer=token(Role.OPS, shop=""))
        found += len(answer.json()["dead_letters"])
    return found


async def test_a_guest_of_one_shop_never_appears_in_another(both: House, foreign: Foreign) -> None:
    events = forged("other", foreign.ids["guest_id"])
    bodies = [(seal(event, NOW).body.encode(), event.type) for event in events]
    # The envelope says one shop and the data the other.
    bodies += [
        (orjson.dumps({**orjson.loads(seal(event, NOW).body), "shopid": "other"}), event.type)
        for event in forged("demo", foreign.ids["guest_id"])
    ]
    before = [stored(both, shop) for shop in ("demo", "other")]
    await publish(both, bodies)
    readers = sum(event.type in {read.type for read in reads} for event in events for reads in SUBSCRIPTIONS.values())

    async def all_are_dead() -> bool:
        return await dead(both) == 2 * readers

    await eventually(all_are_dead)
    assert [stored(both, shop) for shop in ("demo", "other")] == before
