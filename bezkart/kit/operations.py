"""`/api/v1/operations/<service>`: what ops need of every service alike: invariants and dead letters (F92)."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from bezkart.kit.auth import Platform, RoleRequired, Unauthenticated
from bezkart.kit.bus.dead_letters import DeadLetter, DeadLetterNotFound, DeadLetters
from bezkart.kit.invariants import Finding, Invariants
from bezkart.kit.problems import documented
from bezkart.kit.rotation import KeyMissing, Rotation


class Report(BaseModel):
    service: str
    findings: list[Finding]


class DeathView(BaseModel):
    at: datetime
    reason: str
    attempt: int


class DeadLetterView(BaseModel):
    """`deaths` and `replays` are its history, oldest first."""

    id: str
    queue: str
    event_id: str | None
    event_type: str | None
    shop: str | None
    open: bool
    deaths: list[DeathView]
    replays: list[datetime]


class DeadLetterWhole(DeadLetterView):
    body: str


class DeadLetterList(BaseModel):
    dead_letters: list[DeadLetterView]


class RotationBody(BaseModel):
    """`cursor` as the last step told it; none at the beginning."""

    cursor: Annotated[str | None, Field(max_length=200, pattern=r"^[a-z0-9-]*/[0-9]{1,2}/.*$")] = None


class StepView(BaseModel):
    """No cursor: everything has been looked at."""

    looked_at: int
    renewed: int
    cursor: str | None


def operations_routes(
    invariants: Invariants, letters: DeadLetters | None = None, rotation: Rotation | None = None
) -> APIRouter:
    """The ops routes of one service; without `letters` it consumes nothing that could die, without `rotation` it seals nothing."""
    router = APIRouter(
        prefix=f"/api/v1/operations/{invariants.service}",
        tags=["operations"],
        responses=documented(Unauthenticated, RoleRequired),
    )

    @router.get("/invariants")
    async def measure(_caller: Platform) -> Report:
        """Measure now what must always be true."""
        return Report(service=invariants.service, findings=await invariants.measure())

    if letters:
        _add_dead_letters(router, letters)
    if rotation:
        _add_rotation(router, rotation)
    return router


def _add_dead_letters(router: APIRouter, letters: DeadLetters) -> None:
    @router.get("/dead-letters")
    async def latest(
        _caller: Platform, limit: Annotated[int, Query(ge=1, le=500)] = 100, *, replayed: bool = False
    ) -> DeadLetterList:
        """The dead letters that wait, newest first; with `replayed` the others as well."""
        found = await letters.latest(limit=limit, include_replayed=replayed)
        return DeadLetterList(dead_letters=[DeadLetterView(**_facts(letter)) for letter in found])

    @router.get("/dead-letters/{letter_id}", responses=documented(DeadLetterNotFound))
    async def one(letter_id: str, _caller: Platform) -> DeadLetterWhole:
        """One dead letter with its body and its history."""
        return DeadLetterWhole(**_facts(await letters.load(letter_id)))

    @router.post("/dead-letters/{letter_id}/replay", responses=documented(DeadLetterNotFound))
    async def replay(letter_id: str, _caller: Platform) -> DeadLetterWhole:
        """Put it back into its queue; replaying twice does no harm."""
        return DeadLetterWhole(**_facts(await letters.replay(letter_id)))


def _add_rotation(router: APIRouter, rotation: Rotation) -> None:
    @router.post(f"/keys/{rotation.kind}", responses=documented(KeyMissing))
    async def rotate(body: RotationBody, _caller: Platform) -> StepView:
        """Seal the next texts under the newest key."""
        step = await rotation.step(body.cursor)
        return StepView(looked_at=step.looked_at, renewed=step.renewed, cursor=step.cursor)


def _facts(letter: DeadLetter) -> dict[str, object]:
    facts = asdict(letter)
    facts["body"] = letter.body.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return facts
