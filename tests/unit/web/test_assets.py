"""Static files: found by name only, kept for good, and small enough for a cheap tablet."""

import gzip
import re

import pytest

from bezkart.kit.auth import Role
from services.web.api.assets import STATIC, Assets, swagger_files
from tests.unit.web.conftest import OWNER_PAGES, TokenFor, Web

BUDGET = 60 * 1024


def test_a_file_is_kept_for_good_under_its_version_only(web: Web) -> None:
    version = Assets(extra=swagger_files()).version
    assert "immutable" in web.get(f"/static/{version}/css/base.css").headers["cache-control"]
    assert web.get("/static/older/css/base.css").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("name", ["../app.py", "..%2Fapp.py", "css/../../app.py", "nothing.css", "", "/etc/hostname"])
def test_nothing_but_the_known_files(web: Web, name: str) -> None:
    assert web.get(f"/static/x/{name}", headers={"Accept": "*/*"}).status_code == 404


def test_a_page_never_links_into_nothing(web: Web, signed_in: TokenFor) -> None:
    for address in ("/sign-in", "/terminal", *OWNER_PAGES, "/api/docs"):
        page = web.get(address, headers=signed_in(Role.OWNER)).text
        for link in set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page)):
            assert web.get(link).status_code == 200, link


@pytest.mark.parametrize(
    ("address", "entry"),
    [
        ("/terminal", "terminal/terminal"),
        ("/owner", "today/today"),
        *(
            (address, "{0}/{0}".format(address.removeprefix("/owner/")))
            for address in OWNER_PAGES
            if address != "/owner"
        ),
    ],
)
def test_every_module_is_preloaded_so_none_waits_for_another(
    web: Web, signed_in: TokenFor, address: str, entry: str
) -> None:
    page = web.get(address, headers=signed_in(Role.OWNER)).text
    preloaded = set(re.findall(r'modulepreload" href="/static/\w+/(js/[^"]+)', page))
    assert preloaded == imported(f"js/{entry}.js")


@pytest.mark.parametrize("address", ["/terminal", *OWNER_PAGES, "/sign-in"])
def test_the_first_load_stays_within_60_kilobytes(web: Web, signed_in: TokenFor, address: str) -> None:
    page = web.get(address, headers=signed_in(Role.OWNER)).text
    links = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page))
    sizes = [len(gzip.compress(web.get(link).content, 6)) for link in links]
    assert len(gzip.compress(page.encode(), 6)) + sum(sizes) < BUDGET


def imported(name: str) -> set[str]:
    """The module and all it imports."""
    found = {name}
    folder = (STATIC / name).parent
    for target in re.findall(r'from "(\.[^"]+)"', (STATIC / name).read_text(encoding="utf-8")):
        path = (folder / target).resolve().relative_to(STATIC.resolve()).as_posix()
        found |= imported(path)
    return found
