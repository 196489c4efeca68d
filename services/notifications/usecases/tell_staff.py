"""Tell those who work in a shop something, each by Telegram; who is not linked there hears nothing."""

from collections.abc import Sequence
from typing import Final

from bezkart.contracts.identity import StaffContactsChanged
from bezkart.contracts.notifications import NotifyStaff
from services.notifications.domain.buttons import Button
from services.notifications.domain.routes import TELEGRAM, Routes
from services.notifications.usecases.accept import Request, accept
from services.notifications.usecases.collaborators import Notifications

OWNER: Final = "owner"


async def learn_staff(shop: str, events: Sequence[StaffContactsChanged], service: Notifications) -> None:
    """Newer addresses replace older ones; of the dismissed there is none."""
    staff = [(_routes(event), event.role) for event in events]
    await service.guests.learn_staff(shop, staff)


async def tell_staff(shop: str, commands: Sequence[NotifyStaff], service: Notifications) -> None:
    """One message for each reader. Words about a guest who was erased are said to nobody."""
    linked = {each.guest_id: role for each, role in await service.guests.staff(shop) if each.telegram}
    erased = await service.guests.erased(shop, {each.about for each in commands if each.about})
    requests = [
        _request(command, reader, service)
        for command in commands
        if command.about not in erased
        for reader, role in linked.items()
        if command.role == reader or command.role == role == OWNER
    ]
    if requests:
        await accept(shop, requests, service)


def _request(command: NotifyStaff, reader: str, service: Notifications) -> Request:
    return Request(
        guest_id=reader,
        key=f"{command.key}/{reader}",
        template=command.template,
        values=command.values,
        urgency=command.urgency,
        channels=(TELEGRAM,),
        asked_at=service.clock.now(),
        expires_at=command.expires_at,
        buttons=tuple(Button(each.text, each.action, each.row) for each in command.buttons),
        staff=True,
        about=command.about,
        picture=command.picture,
    )


def _routes(event: StaffContactsChanged) -> Routes:
    telegram = None if event.dismissed else event.sealed_telegram
    return Routes(guest_id=event.staff_id, version=event.version, telegram=telegram, language=event.language)
