"""How far a mailing is (F30)."""

from dataclasses import dataclass
from datetime import datetime

from services.campaigns.domain.mailing import Mailing
from services.campaigns.domain.split import HOLDOUT
from services.campaigns.usecases.collaborators import Campaigns


@dataclass(frozen=True, slots=True)
class Progress:
    """The latest run. `audience` guests were chosen; `waiting` of them are not decided on, `handed` got a message on its way.

    Of those `delivered`, `failed`, `expired`, `cancelled` have come to an end. `held_out` get nothing on purpose; `left_out` by reason
    (`frequency`, `no-consent`, `unreachable`, `gone`, `bought`, `limit`, `stopped`, `too-late`). `held_until`: quiet hours.
    """

    mailing_id: str
    state: str
    reason: str
    run: int
    audience: int
    waiting: int
    handed: int
    held_out: int
    left_out: dict[str, int]
    delivered: int
    failed: int
    expired: int
    cancelled: int
    held_until: datetime | None
    starts_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None


async def watch(shop: str, mailing: Mailing, service: Campaigns) -> Progress:
    """What is handed is counted in batches, what came to its end in the messages' lines."""
    run, ref = mailing.run, mailing.ref
    handed = await service.batches.handed(shop, ref)
    ends = await service.responses.ends(shop, str(ref))
    variants = set(mailing.plan.message.variants)
    left_out = {name: count for name, count in handed.outcomes.items() if name not in variants | {HOLDOUT}}
    for reason, count in handed.dropped.items():
        left_out[reason] = left_out.get(reason, 0) + count
    waiting = handed.waiting
    if mailing.state in {"stopped", "failed"} and waiting:
        # Their batches are dropped when their turn comes; for the owner it is over.
        left_out["stopped"], waiting = left_out.get("stopped", 0) + waiting, 0
    return Progress(
        mailing_id=mailing.id,
        state=mailing.state,
        reason=mailing.reason,
        run=run.number if run else 0,
        audience=run.audience if run else 0,
        waiting=waiting,
        handed=handed.messages,
        held_out=handed.outcomes.get(HOLDOUT, 0),
        left_out=left_out,
        delivered=ends.get("delivered", 0),
        failed=ends.get("failed", 0),
        expired=ends.get("expired", 0),
        cancelled=ends.get("cancelled", 0),
        held_until=handed.held_until,
        starts_at=mailing.starts_at,
        started_at=run.started_at if run else None,
        ended_at=run.ended_at if run else None,
    )
