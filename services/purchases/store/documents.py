"""An account as a document. What older versions of this service did not write yet has its default."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final

from bezkart.contracts.event import Message
from bezkart.kernel.promotion import SegmentName
from bezkart.kit.documents import Change
from bezkart.kit.mongo import Document
from services.purchases.domain.account import Account, Brought, GiftRequest
from services.purchases.domain.answers import Answer
from services.purchases.domain.card import Promise
from services.purchases.domain.guards import Flag
from services.purchases.domain.offers import NO_OFFERS, Applied, Coupon, Offers
from services.purchases.domain.operation import Effect, Operation, Purchase, Referral
from services.purchases.domain.points import Lot, Wallet
from services.purchases.domain.program import Words
from services.purchases.domain.spend import Spend

_PLAIN: Final = (
    "currency",
    "card_size",
    "purchases",
    "cups",
    "stamps",
    "gifts",
    "spent",
    "first_purchase_at",
    "last_purchase_at",
    "settled_first_at",
    "settled_last_at",
    "entries",
    "erased",
    "referred_by",
    "awaits_bonus",
    "welcomed",
    "warned_through",
    "offline_step",
    "due",
)


_APPLIED: Final = ("promotion_id", "version", "discount", "points", "stamps", "free_cups", "reserved_on")


@dataclass(frozen=True, slots=True)
class Remembering:
    """An account together with the answers it remembers; `segment` is what was heard of the guest last, None if nothing yet."""

    account: Account
    answers: tuple[Answer, ...] = ()
    segment: SegmentName | None = None


def changing(account: Account, messages: Sequence[Message], answers: Sequence[Answer], at: datetime) -> Change:
    """The write that makes the document what the account is."""
    state: Document = {name: getattr(account, name) for name in _PLAIN}
    state |= {
        "closed": account.closed,
        "operations": [_operation_document(line) for line in account.operations],
        "answers": [{"key": each.key, "digest": each.digest, "at": each.at, "body": each.body} for each in answers],
        "card_gift": _words_document(account.card_gift),
        "promised": [{"count": each.count, **asdict(each.words)} for each in account.promised],
        "request": asdict(account.request) if account.request else None,
        "points": account.wallet.net,
        "lots": _lots_document(account.wallet.lots),
        "spend": {"days": list(account.spend.days), "money": list(account.spend.days.values())},
        "brought": [asdict(each) for each in account.brought],
        "flags": [asdict(each) for each in account.flags],
        "offers": _offers_document(account.offers) if account.offers != NO_OFFERS else None,
    }
    return Change(account.guest_id, expected=account.version - 1, state=state, at=at, events=messages)


def remembering(document: Document) -> Remembering:
    """The account that the document holds."""
    fields: dict[str, Any] = {name: document[name] for name in _PLAIN if name in document}
    spend = document.get("spend", {"days": (), "money": ()})
    request = document.get("request")
    account = Account(
        guest_id=document["_id"],
        version=document["version"],
        closed=tuple(document["closed"]),
        operations=tuple(_operation(line) for line in document["operations"]),
        card_gift=_words(document.get("card_gift")),
        promised=tuple(Promise(Words(each["ru"], each["en"]), each["count"]) for each in document.get("promised", ())),
        request=GiftRequest(**{**request, "words": Words(**request["words"])}) if request else None,
        wallet=Wallet(_lots(document.get("lots"))),
        spend=Spend(dict(zip(spend["days"], spend["money"], strict=True))),
        brought=tuple(Brought(**each) for each in document.get("brought", ())),
        flags=tuple(Flag(**each) for each in document.get("flags", ())),
        offers=_offers(document.get("offers")),
        **fields,
    )
    answers = tuple(Answer(**answer) for answer in document["answers"])
    return Remembering(account, answers, document["segment"]["name"] if "segment" in document else None)


def _operation_document(line: Operation) -> Document:
    purchase = line.purchase
    return {
        "kind": line.kind,
        "at": line.at,
        "purchase_id": purchase.id,
        "purchase_at": purchase.at,
        "cups": purchase.cups,
        "amount": purchase.amount,
        "items": purchase.items,
        "terminal": purchase.terminal,
        "actor_id": line.actor_id,
        "actor_role": line.actor_role,
        "undone": line.undone,
        "stamps": line.effect.stamps,
        **({} if line.effect.only_stamps else {"effect": _effect_document(line.effect)}),
    }


def _effect_document(effect: Effect) -> Document:
    """Only what there is."""
    document: Document = {
        name: _lots_document(lots)
        for name, lots in (("earned", effect.earned), ("bonus", effect.bonus), ("spent", effect.spent))
        if lots
    }
    if effect.introduced:
        document["introduced"] = True
    if effect.referral:
        lot = _lots_document((effect.referral.lot,))
        document["referral"] = {"referrer_id": effect.referral.referrer_id, "lot": lot}
    if effect.gift:
        document["gift"] = _words_document(effect.gift)
    if effect.reason:
        document["reason"] = effect.reason
    if effect.promotions:
        document["promotions"] = [_applied_document(each) for each in effect.promotions]
    return document


def _operation(line: Document) -> Operation:
    purchase = Purchase(
        id=line["purchase_id"],
        at=line["purchase_at"],
        cups=line["cups"],
        amount=line["amount"],
        items=tuple(line["items"]),
        terminal=line["terminal"],
    )
    return Operation(
        line["kind"], line["at"], purchase, line["actor_id"], line["actor_role"], line["undone"], _effect(line)
    )


def _effect(line: Document) -> Effect:
    stamps = line["stamps"] if "stamps" in line else line["cups"]  # lines from before points have none
    effect = line.get("effect")
    if effect is None:
        return Effect(stamps=stamps)
    referral = effect.get("referral")
    return Effect(
        stamps=stamps,
        earned=_lots(effect.get("earned")),
        bonus=_lots(effect.get("bonus")),
        spent=_lots(effect.get("spent")),
        introduced=effect.get("introduced", False),
        referral=Referral(referral["referrer_id"], _lots(referral["lot"])[0]) if referral else None,
        gift=_words(effect.get("gift")),
        reason=effect.get("reason", ""),
        promotions=tuple(_applied(each) for each in effect.get("promotions", ())),
    )


def _applied_document(applied: Applied) -> Document:
    """Only what there is."""
    document = {name: value for name in _APPLIED if (value := getattr(applied, name))}
    if applied.coupon:
        document["coupon"] = asdict(applied.coupon)
    if applied.gift:
        document["gift"] = _words_document(applied.gift)
    return document


def _applied(document: Document) -> Applied:
    coupon = document.get("coupon")
    named: dict[str, Any] = {name: document[name] for name in _APPLIED if name in document}
    return Applied(coupon=Coupon(**coupon) if coupon else None, gift=_words(document.get("gift")), **named)


def _offers_document(offers: Offers) -> Document:
    """Columns: names that others chose are no keys of ours."""
    return {
        "coupons": [asdict(each) for each in offers.coupons],
        "used": {"promotions": list(offers.used), "times": list(offers.used.values())},
        "granted": {"keys": list(offers.granted), "until": list(offers.granted.values())},
    }


def _offers(document: Document | None) -> Offers:
    if not document:
        return NO_OFFERS
    used, granted = document["used"], document["granted"]
    return Offers(
        tuple(Coupon(**each) for each in document["coupons"]),
        dict(zip(used["promotions"], used["times"], strict=True)),
        dict(zip(granted["keys"], granted["until"], strict=True)),
    )


def _lots_document(lots: Sequence[Lot]) -> Document:
    """Columns of plain numbers (moments in seconds): a daily guest has hundreds of lots, read and written with each purchase."""
    return {
        "days": [int(lot.day.timestamp()) for lot in lots],
        "expiries": [int(lot.expires_at.timestamp()) for lot in lots],
        "origins": [lot.origin for lot in lots],
        "left": [lot.left for lot in lots],
    }


def _lots(document: Document | None) -> tuple[Lot, ...]:
    if not document:
        return ()
    columns = (document["days"], document["expiries"], document["origins"], document["left"])
    moment = datetime.fromtimestamp
    return tuple(
        Lot(moment(day, UTC), moment(expiry, UTC), origin, left)
        for day, expiry, origin, left in zip(*columns, strict=True)
    )


def _words_document(words: Words | None) -> Document | None:
    return {"ru": words.ru, "en": words.en} if words else None


def _words(document: Document | None) -> Words | None:
    return Words(**document) if document else None
