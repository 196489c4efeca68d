"""Keep up with the guests: their addresses, their segments, their erasure, and a welcome for new ones."""

from collections.abc import Sequence

from bezkart.contracts.identity import GuestContactsChanged
from bezkart.contracts.segments import GuestSegmentChanged
from services.notifications.domain.routes import TELEGRAM, WEB, Routes
from services.notifications.usecases.accept import Request, accept
from services.notifications.usecases.collaborators import Notifications


async def learn_contacts(shop: str, events: Sequence[GuestContactsChanged], service: Notifications) -> None:
    """Newer addresses replace older ones. Whoever has registered, not imported, is told the conditions.

    One who has just read them on the bot's screen finds them in the inbox, not in the chat once more.
    """
    await service.guests.learn(shop, [_routes(event) for event in events])
    now = service.clock.now()
    welcomes = [
        Request(
            guest_id=event.guest_id,
            key=f"welcome-{event.guest_id}",
            template="welcome",
            values={},
            urgency="normal",
            channels=(WEB,) if _registered_in_the_bot(event) else (TELEGRAM, WEB),
            asked_at=now,
        )
        for event in events
        if event.version == 1 and event.source != "import"
    ]
    if welcomes:
        await accept(shop, welcomes, service)


async def learn_segments(shop: str, events: Sequence[GuestSegmentChanged], service: Notifications) -> None:
    """For reachability by segment."""
    await service.guests.move(shop, [(event.guest_id, event.version, event.next) for event in events])


async def erase_guests(shop: str, guest_ids: Sequence[str], service: Notifications) -> None:
    """The mark first: nothing is accepted for them from then on."""
    await service.guests.erase(shop, guest_ids)
    staff = await service.guests.staff(shop)
    await service.messages.erase(shop, guest_ids, staff=[each.guest_id for each, _ in staff])


def _registered_in_the_bot(event: GuestContactsChanged) -> bool:
    """A friend's link leads into the bot or to the web page, and only in the bot a newcomer has Telegram from the start."""
    return event.source == "bot" or (event.source == "referral" and event.sealed_telegram is not None)


def _routes(event: GuestContactsChanged) -> Routes:
    return Routes(
        guest_id=event.guest_id,
        version=event.version,
        telegram=event.sealed_telegram,
        phone=event.sealed_phone,
        masked_phone=event.masked_phone,
        language=event.language,
        name=event.sealed_name,
        advertising=event.advertising_consent,
    )
