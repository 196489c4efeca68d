"""What notifications does when it is asked to, and when something has happened."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeVar

from bezkart.contracts.event import Message
from bezkart.contracts.identity import GuestContactsChanged, GuestErased, StaffContactsChanged
from bezkart.contracts.notifications import CancelCampaign, MessageDelivered, MessageFailed, NotifyStaff, SendMessage
from bezkart.contracts.purchases import ProgramChanged, PurchaseRecorded
from bezkart.contracts.segments import GuestSegmentChanged
from bezkart.kit.bus.reactions import Reactions
from services.notifications.domain.buttons import Button
from services.notifications.usecases.accept import Request, accept
from services.notifications.usecases.announce import announce_settled
from services.notifications.usecases.collaborators import Notifications
from services.notifications.usecases.learn_guests import erase_guests, learn_contacts, learn_segments
from services.notifications.usecases.send_receipts import send_receipts
from services.notifications.usecases.tell_staff import learn_staff, tell_staff

M = TypeVar("M", bound=Message)

reactions = Reactions[Notifications]()


@reactions.on(SendMessage, queue="notifications.commands")
async def send_message(commands: Sequence[SendMessage], service: Notifications) -> None:
    for shop, asked in _by_shop(commands).items():
        await accept(shop, [_request(command, service) for command in asked], service)


@reactions.on(NotifyStaff, queue="notifications.commands")
async def notify_staff(commands: Sequence[NotifyStaff], service: Notifications) -> None:
    for shop, asked in _by_shop(commands).items():
        await tell_staff(shop, asked, service)


@reactions.on(CancelCampaign, queue="notifications.commands")
async def cancel_campaign(commands: Sequence[CancelCampaign], service: Notifications) -> None:
    """Asked for again it changes nothing; what waits is kept back by whoever would send it."""
    for command in commands:
        await service.stopped.stop(command.shop, command.campaign, service.clock.now())


@reactions.on(StaffContactsChanged, queue="notifications.staff")
async def staff_contacts_changed(events: Sequence[StaffContactsChanged], service: Notifications) -> None:
    for shop, changes in _by_shop(events).items():
        await learn_staff(shop, changes, service)


@reactions.on(GuestContactsChanged, queue="notifications.guests")
async def contacts_changed(events: Sequence[GuestContactsChanged], service: Notifications) -> None:
    for shop, changes in _by_shop(events).items():
        await learn_contacts(shop, changes, service)


@reactions.on(GuestErased, queue="notifications.guests")
async def guest_erased(events: Sequence[GuestErased], service: Notifications) -> None:
    for shop, erasures in _by_shop(events).items():
        await erase_guests(shop, [event.guest_id for event in erasures], service)


@reactions.on(GuestSegmentChanged, queue="notifications.segments")
async def segment_changed(events: Sequence[GuestSegmentChanged], service: Notifications) -> None:
    for shop, moves in _by_shop(events).items():
        await learn_segments(shop, moves, service)


@reactions.on(PurchaseRecorded, queue="notifications.purchases")
async def purchase_recorded(events: Sequence[PurchaseRecorded], service: Notifications) -> None:
    for shop, purchases in _by_shop(events).items():
        await send_receipts(shop, purchases, service)


@reactions.on(ProgramChanged, queue="notifications.programs")
async def program_changed(events: Sequence[ProgramChanged], service: Notifications) -> None:
    for event in events:
        await service.shops.learn_program(
            event.shop, version=event.version, mode=event.mode, gift=event.gift, conditions=event.conditions
        )


@reactions.on(MessageDelivered, MessageFailed, queue="notifications.live")
async def message_settled(events: Sequence[MessageDelivered | MessageFailed], service: Notifications) -> None:
    for event in events:
        await announce_settled(event, service.live)


def _request(command: SendMessage, service: Notifications) -> Request:
    return Request(
        guest_id=command.guest_id,
        key=command.key,
        template=command.template,
        values=command.values,
        urgency=command.urgency,
        channels=command.channels,
        asked_at=service.clock.now(),
        expires_at=command.expires_at,
        sealed_phone=command.sealed_phone,
        buttons=tuple(Button(each.text, each.action, each.row) for each in command.buttons),
        campaign=command.campaign,
    )


def _by_shop(messages: Iterable[M]) -> dict[str, list[M]]:
    grouped: dict[str, list[M]] = defaultdict(list)
    for message in messages:
        grouped[message.shop].append(message)
    return grouped
