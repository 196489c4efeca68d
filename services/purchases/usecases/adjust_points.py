"""The owner corrects a guest's points; the ledger keeps why."""

from bezkart.contracts.purchases import PointsAdjusted
from bezkart.kernel.ids import derived_id
from services.purchases.domain import bonuses
from services.purchases.domain.account import Account
from services.purchases.domain.receipt import summary
from services.purchases.domain.terms import Terms
from services.purchases.usecases.change_account import Decision, Wish, change_account
from services.purchases.usecases.collaborators import Purchases
from services.purchases.usecases.events import common


async def adjust_points(wish: Wish, points: int, reason: str, service: Purchases) -> str:
    """The account as JSON; `points` is signed and not 0. Raises PointsNotEnough, PointsOff, and as `change_account`."""

    async def decide(account: Account, terms: Terms) -> Decision:
        adjustment = derived_id("adj", wish.shop, wish.guest_id, wish.key, str(account.version))
        changed = bonuses.adjust(account, points, terms, adjustment_id=adjustment)
        event = PointsAdjusted(**common(wish.shop, account, changed, terms), points=points, note=reason)
        return Decision(changed, summary(changed, terms), (event,))

    return await change_account(wish, ("adjust-points", points, reason), decide, service)
