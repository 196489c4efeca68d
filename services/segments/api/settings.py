"""`/api/v1/segments/settings`: the four thresholds of a shop (F20)."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from bezkart.kit.auth import Owner, RoleRequired, Unauthenticated
from bezkart.kit.problems import documented
from services.segments.api.service import Service
from services.segments.domain.errors import ShopUnknown
from services.segments.domain.rules import Thresholds, ThresholdsContradict
from services.segments.usecases.draw_picture import load_shop

router = APIRouter(
    prefix="/api/v1/segments/settings",
    tags=["segments"],
    responses=documented(Unauthenticated, RoleRequired, ShopUnknown),
)

Days = Annotated[int, Field(ge=1, le=730, strict=True)]


class ThresholdsBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    new_days: Days
    active_days: Days
    sleeping_days: Days
    regular_purchases: Annotated[int, Field(ge=1, le=100, strict=True)]


@router.get("")
async def current(caller: Owner, service: Service) -> Thresholds:
    """The thresholds in force."""
    return (await load_shop(caller.shop, service)).thresholds


@router.put("", responses=documented(ThresholdsContradict))
async def change(body: ThresholdsBody, caller: Owner, service: Service) -> Thresholds:
    """Other thresholds; everybody is classified anew within seconds."""
    thresholds = Thresholds(**body.model_dump())
    await load_shop(caller.shop, service)
    await service.shops.set_thresholds(caller.shop, thresholds)
    return thresholds
