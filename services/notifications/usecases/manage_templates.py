"""The shop's own words (F44): looked at, changed, tried out. What could go wrong at sending is refused at saving."""

from collections.abc import Mapping
from dataclasses import dataclass

from bezkart.kernel.wording import LANGUAGES, TemplateInvalid, Values, render
from services.notifications.domain.catalogue import CATALOGUE, OWN_WORDS
from services.notifications.domain.errors import TemplateNotFound
from services.notifications.domain.templates import Template, check
from services.notifications.usecases.collaborators import Notifications


@dataclass(frozen=True, slots=True)
class ShopTemplate:
    """A template with the texts in force; `own` are the languages in which the shop has its own."""

    template: Template
    texts: Mapping[str, str]
    own: tuple[str, ...]


async def load_template(shop: str, name: str, service: Notifications) -> ShopTemplate:
    """Raises TemplateNotFound."""
    if name not in OWN_WORDS:
        raise TemplateNotFound
    own = (await service.shops.words(shop)).texts.get(name, {})
    return ShopTemplate(CATALOGUE[name], {**CATALOGUE[name].texts, **own}, tuple(own))


async def change_template(
    shop: str, name: str, texts: Mapping[str, str], service: Notifications, *, by: str
) -> ShopTemplate:
    """Replace the shop's own texts; a language left out has the standard text. Raises TemplateNotFound, TemplateInvalid."""
    known = await load_template(shop, name, service)
    _check(known.template, texts)
    await service.shops.set_texts(shop, name, texts, service.clock.now(), by)
    return await load_template(shop, name, service)


async def preview(
    shop: str, name: str, texts: Mapping[str, str], values: Values, service: Notifications
) -> Mapping[str, str]:
    """What a guest would read, by language; with examples for values not given. Raises TemplateNotFound, TemplateInvalid."""
    known = await load_template(shop, name, service)
    _check(known.template, texts)
    words = await service.shops.words(shop)
    said = {}
    for language, text in {**known.texts, **texts}.items():
        shops = {"gift": words.of(words.gift, language), "conditions": words.of(words.conditions, language)}
        real = {name: word for name, word in shops.items() if word and name in known.template.samples}
        said[language] = render(text, {**known.template.samples, **real, **values}, language)
    return said


def _check(template: Template, texts: Mapping[str, str]) -> None:
    for language, text in texts.items():
        if language not in LANGUAGES:
            raise TemplateInvalid(f"there are texts in {', '.join(LANGUAGES)} only", pointer=f"/texts/{language}")
        try:
            check(template, language, text)
        except TemplateInvalid as invalid:
            raise TemplateInvalid(invalid.detail, pointer=f"/texts/{language}") from None
