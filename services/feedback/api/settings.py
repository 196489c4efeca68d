"""`/api/v1/feedback/settings`: whether and when guests are asked for a rating."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from bezkart.kit.auth import Owner, RoleRequired, Unauthenticated
from bezkart.kit.problems import documented
from services.feedback.api.caller import PREFIX, Service
from services.feedback.store.shops import Asking

router = APIRouter(prefix=f"{PREFIX}/settings", tags=["feedback"], responses=documented(Unauthenticated, RoleRequired))


class SettingsBody(BaseModel):
    """`minutes_after` the purchase; null is the usual half an hour."""

    model_config = ConfigDict(extra="forbid")

    ask_for_ratings: bool
    minutes_after: Annotated[int | None, Field(ge=0, le=720, strict=True)] = None


@router.get("")
async def current(caller: Owner, service: Service) -> Asking:
    """The settings in force."""
    return (await service.shops.fresh(caller.shop)).asking


@router.put("")
async def change(body: SettingsBody, caller: Owner, service: Service) -> Asking:
    """In force within seconds; for guests who wait to be asked as well, if nobody is to be asked."""
    asking = Asking(**body.model_dump())
    await service.shops.set_asking(caller.shop, asking)
    return asking
