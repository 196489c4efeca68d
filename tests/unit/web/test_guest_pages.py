"""The guest's page as a document: the same for every guest, installable, kept whole by its service worker, nothing of a person in it."""

import asyncio
import json
import re

import httpx
import pytest

from bezkart.kernel.errors import Unavailable
from bezkart.kit.auth import Role
from services.web.api.assets import STATIC, Assets, swagger_files
from services.web.api.guest_pages import shell
from services.web.api.qr import qr_code
from services.web.usecases.shop_cards import ShopCard, ShopCards
from tests.unit.web.conftest import TokenFor, Web
from tests.unit.web.test_assets import imported

CODE = "a2" * 10


def test_the_page_carries_the_shops_name_and_its_bot(web: Web) -> None:
    page = web.get("/g/demo").text
    assert "<title>Кофейня «Проба» · BezKart</title>" in page
    assert 'href="https://t.me/demo_bot?start=r_demo"' in page
    assert web.get("/g/demo").headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("shop", "role", "standing"),
    [
        ("demo", None, "nobody"),
        ("demo", Role.GUEST, "guest"),
        ("demo", Role.BARISTA, "staff"),
        ("demo", Role.OWNER, "staff"),
        ("away", Role.GUEST, "elsewhere"),
    ],
)
def test_the_page_knows_who_looks(web: Web, signed_in: TokenFor, shop: str, role: Role | None, standing: str) -> None:
    page = web.get(f"/g/{shop}", headers=signed_in(role) if role else {}).text
    assert f'data-standing="{standing}"' in page


def test_staff_is_never_asked_for_a_password_on_it(web: Web, signed_in: TokenFor) -> None:
    assert "password" not in web.get("/g/demo", headers=signed_in(Role.OWNER)).text.partition('id="words"')[0]


def test_an_unknown_shop_has_no_page_and_one_that_nobody_can_tell_has(web: Web) -> None:
    assert web.get("/g/nowhere").status_code == 404
    assert web.get("/g/nowhere/manifest.webmanifest").status_code == 404
    assert web.get("/g/away").status_code == 200
    assert web.get("/g/No%20shop").status_code == 422


def test_it_can_be_installed_for_each_shop(web: Web) -> None:
    manifest = web.get("/g/demo/manifest.webmanifest").json()
    assert (manifest["name"], manifest["start_url"], manifest["scope"]) == ("Кофейня «Проба»", "/g/demo", "/g/")
    for icon in manifest["icons"]:
        assert web.get(icon["src"]).headers["content-type"] == icon["type"]


def test_the_worker_keeps_all_that_the_page_is_made_of(web: Web) -> None:
    script = web.get("/g/sw.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.headers["cache-control"] == "no-cache"
    kept = json.loads(script.text.splitlines()[0].removeprefix("const SHELL = ").removesuffix(";"))
    page = web.get("/g/demo").text
    needed = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page))
    assert needed <= set(kept["files"])
    assert all(web.get(each).status_code == 200 for each in kept["files"])


def test_the_shell_holds_every_module_and_what_it_imports() -> None:
    assets = Assets(extra=swagger_files())
    kept = {address.split("/", 3)[3] for address in shell(assets)}
    for module in (STATIC / "js" / "guest").glob("*.js"):
        if module.name != "worker.js":
            assert imported(f"js/guest/{module.name}") <= kept


def test_guests_are_led_to_their_page_from_wherever_staff_works(web: Web, signed_in: TokenFor) -> None:
    for address in ("/", "/terminal", f"/terminal?guest={CODE}"):
        assert web.get(address, headers=signed_in(Role.GUEST)).headers["location"] == "/g/demo"
    assert web.get("/owner/staff", headers=signed_in(Role.GUEST)).status_code == 403


def test_an_invitation_leads_to_the_page_with_its_code(web: Web) -> None:
    assert f'href="/g/demo?friend={CODE}"' in web.get(f"/r/demo/{CODE}").text


def test_a_picture_of_a_code_is_for_whoever_is_signed_in_and_its_text_is_in_no_address(
    web: Web, signed_in: TokenFor
) -> None:
    wanted = {"text": "https://t.me/demo_bot?start=staff_secret"}
    assert web.post("/qr", wanted).status_code == 401
    picture = web.post("/qr", wanted, headers=signed_in(Role.GUEST))
    assert picture.headers["cache-control"] == "no-store"
    assert picture.content == qr_code(wanted["text"])
    assert picture.headers["content-type"] == "image/svg+xml"
    for wrong in ({"text": ""}, {"text": "x" * 301}, {}):
        assert web.post("/qr", wrong, headers=signed_in(Role.GUEST)).status_code == 422


def test_a_shops_card_is_asked_once_a_minute_and_outlives_its_source() -> None:
    asked: list[str] = []
    answers = iter([httpx.Response(200, json={"slug": "demo", "name": "Проба"}), httpx.Response(500)])

    def identity(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return next(answers)

    async def look() -> tuple[ShopCard | None, ShopCard | None]:
        async with httpx.AsyncClient(transport=httpx.MockTransport(identity)) as client:
            cards = ShopCards("http://identity/", client)
            return await cards.of("demo"), await cards.of("demo")

    assert asyncio.run(look()) == (ShopCard("demo", "Проба", None),) * 2
    assert asked == ["/api/v1/shops/demo/card"]


@pytest.mark.parametrize("answer", [httpx.Response(500), httpx.Response(200, text="{"), httpx.Response(200, json={})])
def test_what_is_no_card_is_none(answer: httpx.Response) -> None:
    async def look() -> ShopCard | None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: answer)) as client:
            return await ShopCards("http://identity", client).of("demo")

    with pytest.raises(Unavailable):
        asyncio.run(look())
