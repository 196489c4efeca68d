"""What triggers hear of (F32): a fact becomes an occasion in the guest's agenda, in the same write that learns the fact."""

from collections.abc import Sequence
from datetime import timedelta

from bezkart.contracts.accounts import AccountState
from bezkart.contracts.event import Event
from bezkart.contracts.feedback import ThreadAnswered
from bezkart.contracts.identity import GuestChanged
from bezkart.contracts.purchases import PointsExpiring, PurchaseRecorded
from bezkart.contracts.segments import GuestSegmentChanged
from services.campaigns.domain.agenda import Occasion
from services.campaigns.domain.guest import Guest
from services.campaigns.domain.trigger import Answered, Fact, Joined, Moved, Stamped, Warned
from services.campaigns.usecases.collaborators import Campaigns
from services.campaigns.usecases.learn_guests import Lesson


async def occasions(shop: str, events: Sequence[Event], service: Campaigns) -> list[Lesson]:
    """One for each trigger that an event is an occasion for."""
    facts = [(guest_id, fact) for event in events for guest_id, fact in _facts(event)]
    triggers = await service.triggers.active(shop) if facts else ()
    now = service.clock.now()
    found = (
        (guest_id, trigger, trigger.hears(trigger.timing.occasion(fact), now))
        for guest_id, fact in facts
        for trigger in triggers
    )
    return [
        lesson(guest_id, trigger.id, occasion, trigger.timing.period)
        for guest_id, trigger, occasion in found
        if occasion
    ]


def lesson(guest_id: str, trigger_id: str, occasion: Occasion, period: timedelta) -> Lesson:
    """Known once, it is known: the same again changes nothing."""

    def learn(guest: Guest) -> Guest:
        return guest.plan(guest.agenda.note(trigger_id, occasion, period))

    return Lesson(guest_id, learn)


def _facts(event: Event) -> list[tuple[str, Fact]]:
    """Those taken over from an older system did not register, move or buy just now."""
    match event:
        case GuestSegmentChanged() if event.cause != "import":
            return [(event.guest_id, Moved(event.next, event.at))]
        case GuestChanged() if event.version == 1 and event.source != "import":
            return [(event.guest_id, Joined(event.registered_at))]
        case PurchaseRecorded():
            before, after = event.before, event.account
            earned = after.gifts > before.gifts
            return [(event.guest_id, Stamped(event.purchase.at, _left(before), _left(after), earned))]
        case PointsExpiring():
            return [(event.guest_id, Warned(event.at, event.expires_at))]
        case ThreadAnswered() if event.rating_id is not None:
            return [(event.guest_id, Answered(event.at))]
    return []


def _left(account: AccountState) -> int:
    return account.card_size - account.stamps
