"""What owners decide on, as documents: audiences, messages, schedules."""

from dataclasses import asdict
from datetime import time
from typing import Any, Final

from bezkart.kit.mongo import Document
from services.campaigns.domain.audience import Audience, Range
from services.campaigns.domain.mailing import Plan
from services.campaigns.domain.message import CouponOffer, Message, Offer, PointsOffer, Text
from services.campaigns.domain.schedule import At, Monthly, Now, Schedule, Weekly

_RANGES: Final = ("last_purchase_days", "purchases", "registered_days")
_LISTS: Final = ("segments", "tiers", "favourites")


def plan_document(plan: Plan) -> Document:
    return {
        "name": plan.name,
        "audience": audience_document(plan.audience),
        "message": message_document(plan.message),
        "schedule": _schedule_document(plan.schedule),
        "saved": plan.saved,
        "max_messages": plan.max_messages,
        "max_offer_cost": plan.max_offer_cost,
    }


def plan(document: Document) -> Plan:
    return Plan(
        name=document["name"],
        audience=audience(document["audience"]),
        message=message(document["message"]),
        schedule=_schedule(document["schedule"]),
        saved=document["saved"],
        max_messages=document["max_messages"],
        max_offer_cost=document["max_offer_cost"],
    )


def audience_document(audience: Audience) -> Document:
    return asdict(audience)


def audience(document: Document) -> Audience:
    fields: dict[str, Any] = dict(document)
    fields |= {name: Range(**document[name]) for name in _RANGES if document[name]}
    fields |= {name: tuple(document[name]) for name in _LISTS}
    return Audience(**fields)


def message_document(message: Message) -> Document:
    return asdict(message)


def message(document: Document) -> Message:
    stored: dict[str, Any] = {**document, "texts": tuple(Text(**each) for each in document["texts"])}
    return Message(**{**stored, "offer": _offer(document["offer"])})


def _offer(document: Document | None) -> Offer | None:
    if document is None:
        return None
    return PointsOffer(**document) if document["kind"] == "points" else CouponOffer(**document)


def _schedule_document(schedule: Schedule) -> Document:
    stored = asdict(schedule)
    return {**stored, "time": stored["time"].isoformat()} if "time" in stored else stored


def _schedule(document: Document) -> Schedule:
    match document["kind"]:
        case "now":
            return Now()
        case "at":
            return At(document["at"])
        case "weekly":
            return Weekly(tuple(document["weekdays"]), time.fromisoformat(document["time"]))
    return Monthly(document["day"], time.fromisoformat(document["time"]))
