"""Who is held back and who gets which text: by hash, so it is the same whoever asks and whenever. Pure."""

import hashlib
from typing import Final

HOLDOUT: Final = "holdout"
_BUCKETS: Final = 10_000


def side(guest_id: str, campaign_id: str, *, holdout_percent: int, variants: tuple[str, ...]) -> str:
    """`holdout` or one of `variants`. A guest stays on one side through all runs of a campaign."""
    digest = hashlib.sha256(f"{campaign_id}\x1f{guest_id}".encode()).digest()
    if int.from_bytes(digest[:8]) % _BUCKETS < holdout_percent * _BUCKETS // 100:
        return HOLDOUT
    return variants[int.from_bytes(digest[8:16]) % len(variants)]
