"""`/api/v1/guests/import`: guests of older systems (F18)."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from bezkart.kit.auth import Owner, RoleRequired, Unauthenticated
from bezkart.kit.problems import documented
from services.identity.api.guests import Card, GuestName
from services.identity.api.service import Service
from services.identity.usecases.import_guests import OldGuest, import_guests

router = APIRouter(prefix="/api/v1/guests/import", tags=["guests"], responses=documented(Unauthenticated, RoleRequired))


class OldGuestBody(BaseModel):
    """The phone is only checked when it is taken over, so that one bad row does not refuse its batch."""

    model_config = ConfigDict(extra="forbid")

    card: Card | None = None
    phone: Annotated[str | None, Field(max_length=64)] = None
    name: GuestName | None = None
    registered_at: AwareDatetime


class OldGuests(BaseModel):
    model_config = ConfigDict(extra="forbid")

    guests: Annotated[list[OldGuestBody], Field(min_length=1, max_length=500)]


class OutcomeView(BaseModel):
    """The guest's id, or the slug of what is wrong with the row."""

    guest_id: str | None
    created: bool
    error: str | None


class Outcomes(BaseModel):
    results: list[OutcomeView]


@router.post("")
async def take_over(body: OldGuests, caller: Owner, service: Service) -> Outcomes:
    """One result for each guest, in the same order; the same card or phone again is the same guest."""
    old = [
        OldGuest(each.card, each.phone or None, each.name, each.registered_at.replace(microsecond=0))
        for each in body.guests
    ]
    outcomes = await import_guests(caller.shop, old, service)
    return Outcomes(
        results=[OutcomeView(guest_id=each.guest_id, created=each.created, error=each.error) for each in outcomes]
    )
