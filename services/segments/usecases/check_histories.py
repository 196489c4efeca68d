"""What must always be true of the segmented guests, shop by shop (F92)."""

from bezkart.kit.invariants import Finding
from services.segments.store import Guests


async def check_histories(*, guests: Guests) -> list[Finding]:
    """Each guest's history adds up to the account's state, and no version of an account is missing among later ones."""
    differing, gaps = 0, 0
    for shop in await guests.shops():
        found = await guests.inconsistent(shop)
        differing, gaps = differing + found.differing, gaps + found.gaps
    return [
        Finding("histories unlike their accounts", differing, "guests", ok=differing == 0),
        Finding("versions that overtook others", gaps, "guests", ok=gaps == 0),
    ]
