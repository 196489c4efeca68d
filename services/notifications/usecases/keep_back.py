"""Messages of campaigns that must not leave any more: the campaign was stopped, or the guest has taken his consent back."""

from collections.abc import Iterable

from services.notifications.domain.message import NO_CONSENT, STOPPED, Message
from services.notifications.domain.routes import Routes
from services.notifications.usecases.collaborators import Notifications


async def stopped_among(shop: str, campaigns: Iterable[str | None], service: Notifications) -> frozenset[str]:
    """Those of `campaigns` that were stopped; nothing is asked where no message is of a campaign."""
    wanted = {each for each in campaigns if each}
    if not wanted:
        return frozenset()
    stopped = await service.stopped.of(shop)
    return frozenset(each for each in wanted if stopped and f"{each}:".startswith(stopped))


def bar(message: Message, routes: Routes, stopped: frozenset[str]) -> str | None:
    """Why the message must not leave; None if it may."""
    if message.campaign is None:
        return None
    if message.campaign in stopped:
        return STOPPED
    return NO_CONSENT if routes.advertising is False else None
