"""A text as a guest would read it (F30)."""

from collections.abc import Mapping
from dataclasses import dataclass

from bezkart.kernel.errors import GuestNotFound
from bezkart.kernel.wording import TemplateInvalid, ValueMissing, render
from services.campaigns.domain.guest import Guest
from services.campaigns.domain.message import check_text, nameless, sample
from services.campaigns.store.shops import Shop
from services.campaigns.usecases.collaborators import Campaigns
from services.campaigns.usecases.commands import values_of

LANGUAGE = "ru"


@dataclass(frozen=True, slots=True)
class Preview:
    """`problems` keep the text from being saved."""

    text: str
    guest: Guest | None
    values: Mapping[str, str | int]
    problems: tuple[str, ...]


async def preview(shop: Shop, text: str, fallback_name: str, guest_id: str | None, service: Campaigns) -> Preview:
    """On a real guest of the shop, or on made-up values. Raises GuestNotFound."""
    guest = await service.guests.load(shop.slug, guest_id) if guest_id else None
    if guest_id and (guest is None or guest.erased):
        raise GuestNotFound(pointer="/guest_id")
    values: dict[str, str | int] = dict(sample())
    values |= {f"gift_{language}": words for language, words in shop.program.gift.items() if words}
    if guest:
        values = {"gift": sample()["gift"], **values_of(guest, shop)}
    values["name"] = nameless(fallback_name, LANGUAGE)
    problems = tuple(_problems(text, shop))
    return Preview(_said(text, values), guest, values, problems)


def _problems(text: str, shop: Shop) -> list[str]:
    try:
        check_text(text, mode=shop.program.mode, pointer="/text")
    except TemplateInvalid as error:
        return [error.detail]
    return []


def _said(text: str, values: Mapping[str, str | int]) -> str:
    try:
        return render(text, values, LANGUAGE)
    except (TemplateInvalid, ValueMissing):
        return text
