"""The caller in the domain's words, and the service's objects."""

from typing import Annotated

from fastapi import Depends, Header, Request

from bezkart.kit.auth import Caller, Role
from services.purchases.domain.account import Actor
from services.purchases.domain.errors import IdempotencyKeyMissing
from services.purchases.usecases.collaborators import Purchases


def actor(caller: Caller) -> Actor:
    return Actor(caller.id, caller.role.value, is_owner=caller.role in {Role.OWNER, Role.OPS})


async def _service(request: Request) -> Purchases:
    service: Purchases = request.app.state.service
    return service


async def _idempotency_key(
    idempotency_key: Annotated[str | None, Header(description="8 to 200 visible characters, kept for 24 h")] = None,
) -> str:
    key = idempotency_key or ""
    if not (8 <= len(key) <= 200 and key.isascii() and key.isprintable()):
        raise IdempotencyKeyMissing
    return key


Service = Annotated[Purchases, Depends(_service)]
IdempotencyKey = Annotated[str, Depends(_idempotency_key)]
