"""A gift's code on its way to the guest's phone, as the demo's page shows it: Telegram, else SMS, else the guest's own page."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from playwright.sync_api import Page, expect

from bezkart.local.stack import Stack
from tests.e2e.browser import PHONE
from tests.e2e.cafe import Cafe, new_number
from tests.e2e.conftest import Visit

FAILOVER = 25_000  # milliseconds: at most 20 s without delivery, then the next channel


@dataclass
class Gift:
    """A guest who may have a free drink, and the barista's side of it."""

    client: httpx.Client
    guest_id: str
    id: str = ""

    def ask(self) -> None:
        """Ask for the code, or for a new one."""
        path, body = (f"/gifts/{self.id}/resend" if self.id else "/gifts/request"), {"guest_id": self.guest_id}
        headers = {"Idempotency-Key": secrets.token_hex(8)}
        answer = self.client.post(path, json=body, headers=headers)
        assert answer.status_code < 300, answer.text
        self.id = self.id or answer.json()["gift_id"]

    def issue(self, code: str) -> httpx.Response:
        body = {"guest_id": self.guest_id, "code": code}
        headers = {"Idempotency-Key": secrets.token_hex(8)}
        return self.client.post(f"/gifts/{self.id}/issue", json=body, headers=headers)


@pytest.fixture
def phones(stack: Stack) -> Iterator[str]:
    """The page's address; afterwards everything works again."""
    page = str(stack.document["phones"])
    yield page
    httpx.post(f"{page.removesuffix('/phone')}/control/reset", trust_env=False).raise_for_status()


@pytest.fixture
def gift(stack: Stack, cafe: Cafe, phones: str) -> Iterator[Gift]:
    headers = {"Authorization": f"Bearer {cafe.sign_in()}"}
    with httpx.Client(base_url=f"{stack.gateway}/api/v1", headers=headers, timeout=20) as client:
        phone = "+7" + new_number()[1:]
        guest_id = cafe.register(phone, "Анна", telegram_id=int(phone[1:]))
        person = {"name": "Анна", "phone": phone, "telegram": phone[1:], "guest_id": guest_id}
        httpx.put(f"{phones.removesuffix('/phone')}/control/people/anna", json=person, trust_env=False)
        body = {"guest_id": guest_id, "cups": 6}
        client.post("/purchases", json=body, headers={"Idempotency-Key": secrets.token_hex(8)}).raise_for_status()
        yield Gift(client, guest_id)


def code_in(page: Page, kind: str) -> str:
    """The latest code that this part of the phone shows."""
    text = page.locator(f".phone.{kind} .note").filter(has_text="Код").last.inner_text()
    return "".join(sign for sign in text if sign.isdecimal())[:6]


def switch(page: Page, before: str, after: str) -> None:
    page.get_by_role("switch", name=before, exact=True).click()
    expect(page.get_by_role("switch", name=after, exact=True)).to_be_visible()


def test_the_code_finds_its_way(visit: Visit, phones: str, gift: Gift) -> None:
    page = visit(viewport=PHONE).page
    page.goto(f"{phones}?who=anna")
    telegram, sms, web = (
        page.locator(f".phone.{kind} .note").filter(has_text="Код") for kind in ("telegram", "sms", "web")
    )

    gift.ask()
    expect(telegram).to_have_count(1)
    expect(sms).to_have_count(0)

    switch(page, "Telegram работает", "Telegram не работает")
    gift.ask()
    expect(sms).to_have_count(1, timeout=FAILOVER)
    expect(telegram).to_have_count(1)

    switch(page, "SMS работают", "SMS не работают")
    gift.ask()
    expect(web).to_have_count(3, timeout=FAILOVER)
    expect(sms).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    wrong = gift.issue(code_in(page, "telegram"))
    assert (wrong.status_code, wrong.json()["type"].rsplit(":", 1)[-1]) == (422, "wrong-code")
    assert gift.issue(code_in(page, "web")).status_code == 200
