"""`/api/v1/operations/<service>`: what ops need of every service alike: invariants and dead letters (F92)."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from bezkart.kit.auth import Platform, RoleRequired, Unauthenticated
from bezkart.kit.bus.dead_letters import DeadLetter, DeadLetterNotFound, DeadLetters
from bezkart.kit.invariants import Finding, Invariants
from bezkart.kit.problems import documented


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


def operations_routes(invariants: Invariants, letters: DeadLetters | None = None) -> APIRouter:
    """The ops routes of one service; without `letters` it consumes nothing that could die."""
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


def _facts(letter: DeadLetter) -> dict[str, object]:
    facts = asdict(letter)
    facts["body"] = letter.body.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return facts
