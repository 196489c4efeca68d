"""Send a message another way because somebody asks: the barista's "send by SMS" (F12)."""

from services.notifications.domain.errors import ChannelNotPossible, MessageNotFound, MessageSettled
from services.notifications.domain.message import Message, State, allowed_steps
from services.notifications.domain.routes import Routes
from services.notifications.usecases.collaborators import Notifications
from services.notifications.usecases.record import write


async def load_message(shop: str, message_id: str, service: Notifications) -> Message:
    """Raises MessageNotFound."""
    message = await service.messages.load(shop, message_id)
    if message is None:
        raise MessageNotFound
    return message


async def escalate(shop: str, message_id: str, channel: str, service: Notifications) -> Message:
    """Raises MessageNotFound, MessageSettled, ChannelNotPossible."""
    message = await load_message(shop, message_id, service)
    now = service.clock.now()
    by = message.delivered_by
    if message.text is None or now >= message.expires_at or message.state is State.CANCELLED:
        raise MessageSettled
    if by and by.channel == channel:
        raise MessageSettled(f"it was delivered by {channel}")
    if channel not in allowed_steps(message.urgency, (channel,)):
        raise ChannelNotPossible("only an urgent message goes by SMS", pointer="/channel")
    if message.staff or message.sealed_phone:
        raise ChannelNotPossible("this message goes one way only", pointer="/channel")
    routes = await service.guests.load_many(shop, {message.guest_id})
    obstacle = routes.get(message.guest_id, Routes(message.guest_id)).obstacle(channel)
    if obstacle:
        raise ChannelNotPossible(obstacle, pointer="/channel")
    if message.channel == channel and message.pending:
        return message
    await write(shop, [(message, message.escalated(channel, now))], service)
    return await load_message(shop, message_id, service)
