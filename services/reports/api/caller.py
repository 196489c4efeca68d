"""The caller, what a request asks about, and the service's objects."""

from datetime import date
from typing import Annotated, Final, Literal

from fastapi import Depends, Header, Query, Request

from bezkart.kit.auth import Owner
from bezkart.kit.glossary import DEFAULT, Language, Words
from services.reports.domain.period import Period, period_of
from services.reports.store.shops import Shop
from services.reports.usecases.collaborators import Reports

PREFIX: Final = "/api/v1/reports"


async def _service(request: Request) -> Reports:
    service: Reports = request.app.state.service
    return service


Service = Annotated[Reports, Depends(_service)]


async def _shop(caller: Owner, service: Service) -> Shop:
    """As reports knows it: its days end where the figures' days ended."""
    return await service.shops.load(caller.shop)


OwnShop = Annotated[Shop, Depends(_shop)]


async def _period(
    shop: OwnShop,
    service: Service,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
) -> Period:
    """Whole days of the shop, both included; the last thirty, unless said. Raises PeriodInvalid."""
    return period_of(first, last, shop.calendar.day(service.clock.now()))


OfPeriod = Annotated[Period, Depends(_period)]


LANGUAGES: Final[dict[str, Language]] = {"ru": "ru", "en": "en"}


async def _words(
    service: Service,
    accept_language: Annotated[str, Header()] = "",
    language: Annotated[Literal["ru", "en"] | None, Query(description="Goes before Accept-Language")] = None,
) -> Words:
    return service.glossary.words(language or _preferred(accept_language))


def _preferred(accepted: str) -> Language:
    """The first language of ours in the header; nobody sends weights against their order."""
    for each in accepted.split(","):
        tag = each.partition(";")[0].strip().lower().partition("-")[0]
        if tag in LANGUAGES:
            return LANGUAGES[tag]
    return DEFAULT


InWords = Annotated[Words, Depends(_words)]
