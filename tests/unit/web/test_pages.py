"""Who is led where, in which language, and what a page may never contain."""

import re

import pytest

from bezkart.kit.auth import Role
from services.web.api.pages import local_address
from services.web.api.qr import qr_code
from tests.unit.web.conftest import OWNER_PAGES, TokenFor, Web

CODE = "a2" * 10


@pytest.mark.parametrize(("role", "first"), [(Role.BARISTA, "/terminal"), (Role.OWNER, "/owner"), (Role.OPS, "/owner")])
def test_the_first_page_depends_on_the_role(web: Web, signed_in: TokenFor, role: Role, first: str) -> None:
    answer = web.get("/", headers=signed_in(role))
    assert (answer.status_code, answer.headers["location"]) == (303, first)


def test_a_stranger_is_led_to_sign_in_and_back(web: Web) -> None:
    assert web.get("/").headers["location"] == "/sign-in"
    led = web.get("/owner/segments?to=2026-11-01").headers["location"]
    assert led == "/sign-in?next=%2Fowner%2Fsegments%3Fto%3D2026-11-01"
    assert 'data-next="/owner/segments?to=2026-11-01"' in web.get(led).text


@pytest.mark.parametrize("token", ["Bearer nonsense", "Bearer ", "Basic abc", ""])
def test_a_bad_token_is_a_stranger(web: Web, token: str) -> None:
    assert web.get("/terminal", headers={"Authorization": token}).status_code == 303


@pytest.mark.parametrize("address", OWNER_PAGES)
def test_the_owners_pages_are_not_for_baristas(web: Web, signed_in: TokenFor, address: str) -> None:
    assert web.get(address).headers["location"].startswith("/sign-in?next=")
    answer = web.get(address, headers=signed_in(Role.BARISTA))
    assert answer.status_code == 403
    assert "Эта страница для владельца" in answer.text


@pytest.mark.parametrize(
    ("wish", "address"),
    [
        ("/terminal", "/terminal"),
        ("/owner/segments?to=2026-11-01", "/owner/segments?to=2026-11-01"),
        ("//elsewhere.example", "/"),
        ("/\\elsewhere.example", "/"),
        ("https://elsewhere.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nSet-Cookie: x=1", "/"),
        ("/\t/elsewhere.example", "/"),
    ],
)
def test_sign_in_never_leads_away_from_this_site(wish: str, address: str) -> None:
    assert local_address(wish) == address


def test_russian_first_english_on_wish(web: Web, signed_in: TokenFor) -> None:
    headers = signed_in(Role.BARISTA)
    assert '<html lang="ru"' in web.get("/terminal", headers=headers).text
    assert '<html lang="ru"' in web.get("/terminal", headers={**headers, "Cookie": "bezkart_language=xx"}).text
    english = web.get("/terminal", headers={**headers, "Cookie": "bezkart_language=en"}).text
    assert '<html lang="en"' in english
    assert "Записать" not in english


def test_the_language_is_remembered_and_one_stays_on_the_page(web: Web) -> None:
    answer = web.get("/language?to=en&next=/terminal")
    assert answer.headers["location"] == "/terminal"
    assert "bezkart_language=en" in answer.headers["set-cookie"]
    assert web.get("/language?to=xx").status_code == 422


@pytest.mark.parametrize(
    "address",
    [
        "/sign-in",
        "/terminal",
        *OWNER_PAGES,
        f"/r/demo/{CODE}",
        "/g/demo",
        "/nowhere",
        "/api/docs",
    ],
)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_pages_obey_the_security_policy(web: Web, signed_in: TokenFor, address: str, language: str) -> None:
    """No inline style, script or handler, nothing from elsewhere; the one link that leads away leads to the bot."""
    page = web.get(address, headers={**signed_in(Role.OWNER), "Cookie": f"bezkart_language={language}"}).text
    assert not re.search(r"<[^>]+\s(style|on\w+)=", page)
    assert "<style" not in page
    assert re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", page) == []
    assert re.findall(r"(?:src|href)=\"(?!/|#|\?|https://t\.me/demo_bot\?)[^\"]*", page) == []


@pytest.mark.parametrize("address", ["/sign-in", "/terminal", *OWNER_PAGES, "/g/demo"])
def test_every_field_has_a_label(web: Web, signed_in: TokenFor, address: str) -> None:
    page = web.get(address, headers=signed_in(Role.OWNER)).text
    for field in re.findall(r"<(?:input|textarea|select)[^>]*>", page):
        name = re.search(r'id="([^"]+)"', field)
        assert name, field
        enclosed = re.search(rf"<label[^>]*>\s*<input [^>]*id=\"{name[1]}\"", page)
        assert enclosed or f'for="{name[1]}"' in page, field


def test_every_page_of_the_owner_is_in_the_menu_and_knows_its_place(web: Web, signed_in: TokenFor) -> None:
    for address in OWNER_PAGES:
        page = web.get(f"{address}?from=2026-11-01", headers=signed_in(Role.OWNER)).text
        menu = page.partition('class="menu"')[2].partition("</details>")[0]
        assert set(OWNER_PAGES) <= set(re.findall(r'href="([^"]+)"', menu))
        assert re.findall(r'href="([^"]+)" aria-current="page"', menu) == [address]
    assert 'class="menu"' not in web.get("/terminal", headers=signed_in(Role.BARISTA)).text


def test_pages_of_one_group_stand_beside_each_other(web: Web, signed_in: TokenFor) -> None:
    page = web.get("/owner/effect", headers=signed_in(Role.OWNER)).text
    beside = page.partition('class="beside-nav"')[2].partition("</nav>")[0]
    assert re.findall(r'href="/owner/(\w+)"', beside) == ["mailings", "promotions", "triggers", "effect"]
    assert 'class="beside-nav"' not in web.get("/owner/reports", headers=signed_in(Role.OWNER)).text


@pytest.mark.parametrize(
    ("plan", "address", "needed"),
    [
        ("start", "/owner/mailings", "growth"),
        ("start", "/owner/effect", "growth"),
        ("start", "/owner/triggers", "pro"),
        ("growth", "/owner/triggers", "pro"),
        ("growth", "/owner/mailings", None),
        ("pro", "/owner/triggers", None),
        ("start", "/owner/reports", None),
        ("start", "/owner", None),
    ],
)
def test_what_the_plan_lacks_says_what_the_next_one_would_add(
    web: Web, signed_in: TokenFor, plan: str, address: str, needed: str | None
) -> None:
    page = web.get(address, headers=signed_in(Role.OWNER, plan)).text
    found = re.search(r'id="gate"[^>]*data-needed="(\w+)"', page)
    assert (found[1] if found else None) == needed
    if needed and address != "/owner/effect":
        assert re.search(r'id="new"[^>]* hidden', page)


def test_a_second_text_and_coupons_are_of_the_largest_plan(web: Web, signed_in: TokenFor) -> None:
    def locked(plan: str) -> list[str]:
        page = web.get("/owner/mailings", headers=signed_in(Role.OWNER, plan)).text
        return re.findall(r'id="(second-text|offer-coupon)"[^>]* disabled', page)

    assert sorted(locked("growth")) == ["offer-coupon", "second-text"]
    assert locked("pro") == []


def test_only_the_owner_is_offered_to_hand_over_without_a_code(web: Web, signed_in: TokenFor) -> None:
    assert 'id="override"' in web.get("/terminal", headers=signed_in(Role.OWNER)).text
    assert 'id="override"' not in web.get("/terminal", headers=signed_in(Role.BARISTA)).text


def test_an_invitation_is_for_everybody_and_its_picture_holds_its_link(web: Web) -> None:
    assert "a2a2 a2a2 a2a2 a2a2 a2a2" in web.get(f"/r/demo/{CODE}").text
    picture = web.get(f"/r/demo/{CODE}.svg")
    assert picture.headers["content-type"] == "image/svg+xml"
    assert picture.content == qr_code(f"http://web/r/demo/{CODE}")
    assert picture.content != qr_code(f"http://web/r/other/{CODE}")


@pytest.mark.parametrize(
    "address", ["/r/demo/short", f"/r/demo/{'A' * 20}", "/r/De mo/" + "a2" * 10, "/r/demo/nonsense.svg"]
)
def test_what_is_no_invitation_is_refused(web: Web, address: str) -> None:
    assert web.get(address).status_code == 422


def test_unknown_addresses_have_a_page_for_people_and_a_problem_for_programs(web: Web) -> None:
    assert "Такой страницы нет" in web.get("/nowhere").text
    problem = web.get("/nowhere", headers={"Accept": "application/json"})
    assert problem.status_code == 404
    assert problem.json()["type"] == "urn:bezkart:problem:not-found"


def test_demo_logins_are_shown_in_the_demo(web: Web) -> None:
    assert "barista / 111" in web.get("/sign-in").text


def test_it_can_be_installed(web: Web) -> None:
    manifest = web.get("/manifest.webmanifest").json()
    assert web.get(manifest["icons"][0]["src"]).headers["content-type"] == "image/svg+xml"
