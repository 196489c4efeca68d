"""The owner's pages in groups: what stands in the bar on top, and what beside the page one is on."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Link:
    """A page by its address, named by a key of the glossary."""

    address: str
    word: str


@dataclass(frozen=True, slots=True)
class Group:
    """Pages that belong together; a group of one page has that page's name."""

    word: str
    pages: tuple[Link, ...]

    @property
    def address(self) -> str:
        return self.pages[0].address


GROUPS: Final = (
    Group("nav.today", (Link("/owner", "nav.today"),)),
    Group("nav.guests", (Link("/owner/segments", "nav.segments"),)),
    Group(
        "nav.offers",
        (
            Link("/owner/mailings", "nav.mailings"),
            Link("/owner/promotions", "nav.promotions"),
            Link("/owner/triggers", "nav.triggers"),
            Link("/owner/effect", "nav.effect"),
        ),
    ),
    Group("nav.feedback", (Link("/owner/feedback", "nav.feedback"),)),
    Group("nav.reports", (Link("/owner/reports", "nav.reports"),)),
    Group(
        "nav.settings",
        (
            Link("/owner/program", "nav.program"),
            Link("/owner/channels", "nav.channels"),
            Link("/owner/staff", "nav.staff"),
        ),
    ),
    Group("nav.terminal", (Link("/terminal", "nav.terminal"),)),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where one is: the group and the page, None on pages that stand in no group."""

    group: Group | None = None
    page: Link | None = None

    @property
    def beside(self) -> tuple[Link, ...]:
        """The pages to choose from here; nothing where there is no choice."""
        return self.group.pages if self.group and len(self.group.pages) > 1 else ()


def place_of(address: str) -> Place:
    path = address.partition("?")[0]
    for group in GROUPS:
        for page in group.pages:
            if path == page.address:
                return Place(group, page)
    return Place()
