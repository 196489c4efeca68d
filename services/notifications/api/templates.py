"""`/api/v1/templates`: the words of the shop's messages; the owner's."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from bezkart.kernel.wording import TemplateInvalid
from bezkart.kit.auth import Owner, RoleRequired, Unauthenticated
from bezkart.kit.problems import documented
from services.notifications.api.service import Service
from services.notifications.domain.catalogue import OWN_WORDS
from services.notifications.domain.errors import TemplateNotFound
from services.notifications.domain.templates import LONGEST, LONGEST_SMS
from services.notifications.usecases.manage_templates import ShopTemplate, change_template, load_template
from services.notifications.usecases.manage_templates import preview as preview_template

router = APIRouter(prefix="/api/v1/templates", tags=["templates"], responses=documented(Unauthenticated, RoleRequired))

Text = Annotated[str, Field(min_length=1, max_length=LONGEST)]
Texts = Annotated[dict[str, Text], Field(max_length=5)]
Value = Annotated[str, Field(max_length=2000)] | Annotated[int, Field(ge=0, le=10**9)]


class TextsBody(BaseModel):
    """By language (`ru`, `en`); a language left out has the standard text."""

    model_config = ConfigDict(extra="forbid")

    texts: Texts


class PreviewBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    texts: Texts = Field(default_factory=dict)
    values: Annotated[dict[str, Value], Field(max_length=30)] = Field(default_factory=dict)


class TemplateView(BaseModel):
    """`values` may stand in the text as `{name}` (with examples), `required` must; `standard` is the text BezKart brings."""

    name: str
    texts: dict[str, str]
    standard: dict[str, str]
    own: list[str]
    values: dict[str, str | int]
    required: list[str]
    by_sms: bool
    longest: int


class TemplateList(BaseModel):
    templates: list[TemplateView]


class Preview(BaseModel):
    texts: dict[str, str]


@router.get("")
async def listing(caller: Owner, service: Service) -> TemplateList:
    """The templates whose words the shop may change."""
    known = [await load_template(caller.shop, name, service) for name in OWN_WORDS]
    return TemplateList(templates=[_view(each) for each in known])


@router.put("/{name}", responses=documented(TemplateNotFound, TemplateInvalid))
async def change(name: str, body: TextsBody, caller: Owner, service: Service) -> TemplateView:
    """The shop's own texts from now on; none at all brings the standard ones back."""
    return _view(await change_template(caller.shop, name, body.texts, service, by=caller.id))


@router.post("/{name}/preview", responses=documented(TemplateNotFound, TemplateInvalid))
async def preview(name: str, body: PreviewBody, caller: Owner, service: Service) -> Preview:
    """What a guest would read; nothing is saved."""
    return Preview(texts=dict(await preview_template(caller.shop, name, body.texts, body.values, service)))


def _view(known: ShopTemplate) -> TemplateView:
    template = known.template
    return TemplateView(
        name=template.name,
        texts=dict(known.texts),
        standard=dict(template.texts),
        own=sorted(known.own),
        values=dict(template.samples),
        required=sorted(template.required),
        by_sms=template.by_sms,
        longest=LONGEST_SMS if template.by_sms else LONGEST,
    )
