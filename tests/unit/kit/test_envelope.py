"""CloudEvents on the wire: what is sealed can be read, and whatever else comes is refused with a reason."""

from datetime import UTC, datetime

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bezkart.contracts.identity import GuestErased, ShopChanged
from bezkart.kernel.ids import GuestIds
from bezkart.kit.bus.envelope import (
    BATCH_CONTENT_TYPE,
    CONTENT_TYPE,
    BadMessage,
    Opened,
    Unread,
    pack,
    seal,
    unpack,
    unseal,
)
from bezkart.kit.bus.reactions import Reactions

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
IDS = GuestIds("k" * 40)
ERASED = GuestErased(shop="demo", guest_id=IDS.issue("demo"), erased_at=NOW)
KNOWN = {GuestErased.type: GuestErased}


def test_a_sealed_event_is_a_cloud_event_and_opens_again() -> None:
    sealed = seal(ERASED, NOW)
    envelope = orjson.loads(sealed.body)
    assert envelope["specversion"] == "1.0"
    assert envelope["source"] == "/bezkart/identity"
    assert (envelope["type"], envelope["subject"], envelope["shopid"]) == (GuestErased.type, ERASED.guest_id, "demo")
    (opened,) = unpack(*pack([sealed]), KNOWN, IDS)
    assert isinstance(opened, Opened)
    assert (opened.id, opened.at, opened.event) == (sealed.id, NOW, ERASED)


def test_fields_of_a_newer_publisher_are_ignored() -> None:
    envelope = orjson.loads(seal(ERASED, NOW).body)
    envelope["data"]["added_later"] = 1
    assert unseal(envelope, KNOWN, IDS).event == ERASED


@given(st.binary(max_size=200))
def test_noise_is_a_bad_message(body: bytes) -> None:
    for content_type in (CONTENT_TYPE, BATCH_CONTENT_TYPE, None):
        assert all(isinstance(each, Unread) for each in unpack(body, content_type, KNOWN, IDS))


@pytest.mark.parametrize("missing", ["id", "type", "time", "shopid", "data"])
def test_an_envelope_without_a_field_is_a_bad_message(missing: str) -> None:
    envelope = orjson.loads(seal(ERASED, NOW).body)
    del envelope[missing]
    with pytest.raises(BadMessage):
        unseal(envelope, KNOWN, IDS)


def test_unknown_type_missing_field_and_a_foreign_shop_are_told_apart() -> None:
    with pytest.raises(BadMessage, match="unknown type"):
        unseal(orjson.loads(seal(ERASED, NOW).body), {}, IDS)
    envelope = orjson.loads(seal(ERASED, NOW).body)
    with pytest.raises(BadMessage, match="shop of the envelope"):
        unseal({**envelope, "shopid": "other"}, KNOWN, IDS)
    with pytest.raises(BadMessage, match="not one of the shop"):
        unseal({**envelope, "shopid": "other", "data": {**envelope["data"], "shop": "other"}}, KNOWN, IDS)
    del envelope["data"]["guest_id"]
    with pytest.raises(BadMessage, match="guest_id: missing"):
        unseal(envelope, KNOWN, IDS)


def test_a_handler_for_an_event_nobody_subscribed_to_is_an_error() -> None:
    reactions: Reactions[None] = Reactions()
    with pytest.raises(LookupError, match="does not subscribe"):
        reactions.on(ShopChanged, queue="purchases.ledger")


def test_a_bad_event_does_not_spoil_its_batch() -> None:
    good = [seal(ERASED, NOW) for _ in range(3)]
    body, content_type = pack(good)
    assert content_type == BATCH_CONTENT_TYPE
    envelopes = orjson.loads(body)
    del envelopes[1]["data"]
    first, bad, last = unpack(orjson.dumps(envelopes), content_type, KNOWN, IDS)
    assert isinstance(first, Opened)
    assert isinstance(last, Opened)
    assert isinstance(bad, Unread)
    assert (first.id, last.id) == (good[0].id, good[2].id)
    assert orjson.loads(bad.body) == envelopes[1]
