"""`/api/v1/program`: the conditions, as the owner wrote them and every guest is told."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from bezkart.kit.auth import Owner, RoleRequired, Staff, Unauthenticated
from bezkart.kit.problems import documented
from services.purchases.api.caller import Service
from services.purchases.domain.program import Program

router = APIRouter(prefix="/api/v1/program", tags=["program"], responses=documented(Unauthenticated, RoleRequired))


class ProgramBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    cups_per_gift: Annotated[int, Field(ge=2, le=50, strict=True)]
    gift: Annotated[str, Field(min_length=2, max_length=80)]
    operations_shown: Annotated[int, Field(ge=1, le=50, strict=True)] = 15
    undo_minutes: Annotated[int, Field(ge=0, le=120, strict=True)] = 15


@router.get("")
async def current(caller: Staff, service: Service) -> Program:
    """The program in force."""
    return await service.programs.current(caller.shop)


@router.put("")
async def change(body: ProgramBody, caller: Owner, service: Service) -> Program:
    """Change the program; an open stamp card ends under the rules it began with (F16)."""
    program = Program(**body.model_dump())
    await service.programs.set(caller.shop, program)
    return program
