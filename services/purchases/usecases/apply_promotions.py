"""Which promotions a purchase gets, with the uses that guests share held for it before it is written (F31, ADR 0016)."""

from collections.abc import Callable, Sequence

from services.purchases.domain.operation import Purchase
from services.purchases.domain.promotions import LimitReached, Promotion, Verdict, applied_of, evaluate, sale_of
from services.purchases.domain.terms import Terms
from services.purchases.store.documents import Remembering
from services.purchases.store.limits import Use
from services.purchases.usecases.collaborators import Purchases


class Reservations:
    """What one wish holds, from its first attempt to its last. Whatever is still held when a process dies, the sweep settles."""

    def __init__(self, shop: str, service: Purchases) -> None:
        self._shop = shop
        self._service = service
        self._held: list[Use] = []

    async def verdicts(
        self,
        promotions: Sequence[Promotion],
        found: Remembering,
        purchase: Purchase,
        terms: Terms,
        *,
        spend_points: int,
    ) -> tuple[Verdict, ...]:
        """A verdict for each, and a use held of every limited one that applies.

        An attempt that lost the race for the account decided on a version that is gone: what it held can be freed.
        """
        if self._held:
            await self._free(lambda use: use.purchase_id != purchase.id)
        asked = any(each.rule.conditions.segments for each in promotions)
        segment = await self._service.segments.of(self._shop, found) if asked else None
        sale = sale_of(found.account, purchase, terms, segment=segment, spend_points=spend_points)
        full: dict[str, LimitReached] = {}
        while True:
            verdicts = evaluate(promotions, sale, terms.calendar, full=full)
            refused = await self._hold(verdicts, found.account.guest_id, purchase)
            if not refused:
                break
            full |= refused
        if self._held:
            names = {each.promotion_id for each in applied_of(verdicts)}
            await self._free(lambda use: use.promotion_id not in names)
        return verdicts

    async def release(self) -> None:
        """Nothing was written, and nothing will be."""
        if self._held:
            await self._free(lambda _use: True)

    async def _hold(self, verdicts: Sequence[Verdict], guest_id: str, purchase: Purchase) -> dict[str, LimitReached]:
        """Hold what is not held yet; stops at the first that is used up, as then all is decided anew."""
        for verdict in verdicts:
            day = verdict.applied.reserved_on if verdict.applied else None
            if day is None:
                continue
            use = Use(verdict.promotion.id, purchase.id, guest_id, day)
            if use in self._held:
                continue
            limits = verdict.promotion.rule.limits
            if reached := await self._service.limits.reserve(self._shop, use, limits, now=purchase.at):
                return {use.promotion_id: reached}
            self._held.append(use)
        return {}

    async def _free(self, which: Callable[[Use], bool]) -> None:
        await self._service.limits.release(self._shop, filter(which, self._held))
        self._held = [use for use in self._held if not which(use)]
