"""Turns a template and a visit into a page in the visitor's language."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

from babel.numbers import get_currency_symbol
from fastapi import Cookie, Depends, Header, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bezkart.kit.auth import Caller, Role, TokenVerifier, Unauthenticated
from bezkart.kit.glossary import LANGUAGES, Glossary, Language, language_of
from services.web.api.assets import Assets
from services.web.api.navigation import GROUPS, place_of

TEMPLATES: Final = Path(__file__).parent.parent / "templates"
LANGUAGE_COOKIE: Final = "bezkart_language"
OWNERS: Final = frozenset({Role.OWNER, Role.OPS})
_PLANS: Final = ("start", "growth", "pro")
"""Each holds what the ones before it hold."""
_SHARED_SECTIONS: Final = ("change", "count", "error", "problem", "session", "sign_in", "role")


@dataclass(frozen=True, slots=True)
class PageVisit:
    """Who looks at which address in which language; `caller` is None before sign-in."""

    address: str
    language: Language
    caller: Caller | None

    @property
    def is_owner(self) -> bool:
        return self.caller is not None and self.caller.role in OWNERS

    def lacks(self, needed: str) -> bool:
        """Whether the shop's plan is smaller than `needed`; support, who has no plan, lacks nothing."""
        plan = self.caller.plan if self.caller else ""
        return plan in _PLANS and _PLANS.index(plan) < _PLANS.index(needed)


async def page_visit(
    request: Request,
    authorization: Annotated[str, Header()] = "",
    bezkart_language: Annotated[str | None, Cookie()] = None,
) -> PageVisit:
    """FastAPI dependency. A page is for everybody; what it shows depends on the caller, if there is one."""
    verifier: TokenVerifier = request.app.state.tokens
    try:
        caller = verifier.caller(authorization)
    except Unauthenticated:
        caller = None
    query = f"?{request.url.query}" if request.url.query else ""
    return PageVisit(f"{request.url.path}{query}", language_of(bezkart_language), caller)


Visit = Annotated[PageVisit, Depends(page_visit)]


class Renderer:
    """Renders templates with the words, the assets and the visit at hand."""

    def __init__(self, glossary: Glossary, assets: Assets, *, demo: bool) -> None:
        self._glossary = glossary
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
        self._templates.globals.update(asset=assets, languages=LANGUAGES, demo=demo, groups=GROUPS, place_of=place_of)

    def __call__(
        self, template: str, visit: PageVisit, *, words: tuple[str, ...] = (), status: int = 200, **values: Any
    ) -> HTMLResponse:
        """`words` are what the page's modules need of the glossary beside the shared sections: sections, or single keys."""
        t = self._glossary.words(visit.language)
        phrases = t.starting(*_SHARED_SECTIONS, *words) | {key: t.phrases[key] for key in words if "." in key}
        sign = get_currency_symbol(visit.caller.currency, t.language) if visit.caller else ""
        page = self._templates.get_template(template).render(t=t, visit=visit, phrases=phrases, sign=sign, **values)
        return HTMLResponse(page, status, headers={"Cache-Control": "no-store"})
