"""A shop of a test's own, made and filled through the public API."""

import random
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx

PASSWORD: Final = "coffee-please"
API: Final = "/api/v1"


@dataclass(frozen=True, slots=True)
class Login:
    login: str
    password: str


_ENDINGS = iter(random.sample(range(10_000), 10_000))


def new_number() -> str:
    """A Russian mobile number as a barista would type it: 8 900 …; no two of a run end alike."""
    return f"8900{random.randrange(1000):03d}{next(_ENDINGS):04d}"


class Cafe:
    """Signed in for support, so it may do what the owner may."""

    def __init__(self, gateway: str, ops_key: str, *, timezone: str = "Europe/Moscow") -> None:
        self.gateway = gateway
        self.slug = f"e2e-{secrets.token_hex(4)}"
        self.name = "Кофейня «Проба»"
        self.owner = Login(f"{self.slug}-owner", PASSWORD)
        self.barista = Login(f"{self.slug}-barista", PASSWORD)
        self._timezone = timezone
        self._client = httpx.Client(base_url=f"{gateway}{API}", timeout=20)
        self._open(ops_key)

    def _open(self, ops_key: str) -> None:
        ops = {"Authorization": f"Bearer {ops_key}"}
        owner = {"login": self.owner.login, "name": "Ольга", "password": self.owner.password}
        shop = {"slug": self.slug, "name": self.name, "timezone": self._timezone, "plan": "pro", "owner": owner}
        self._client.post("/shops", json=shop, headers=ops).raise_for_status()
        self.come_back(self.gateway, ops_key)
        barista = {"login": self.barista.login, "name": "Катя", "password": self.barista.password}
        self._client.post("/staff", json=barista).raise_for_status()

    def come_back(self, gateway: str, ops_key: str) -> None:
        """Signed in anew, wherever the system is by now."""
        self.gateway = gateway
        self._client.base_url = httpx.URL(f"{gateway}{API}")
        ops = {"Authorization": f"Bearer {ops_key}"}
        support = self._client.post(f"/shops/{self.slug}/sessions", headers=ops).raise_for_status().json()
        self._client.headers["Authorization"] = f"Bearer {support['token']}"

    def close(self) -> None:
        self._client.close()

    def sign_in(self) -> str:
        """The barista's session, as a token for the API."""
        body = {"login": self.barista.login, "password": self.barista.password}
        return str(self._client.post("/sessions", json=body).raise_for_status().json()["token"])

    def get(self, path: str) -> Any:
        return self._client.get(path).raise_for_status().json()

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self._client.post(path, json=body).raise_for_status().json()

    def register(self, phone: str, name: str, *, telegram_id: int | None = None, advertising: bool = False) -> str:
        """The new guest's id."""
        consents = {"processing": True, "advertising": advertising}
        body: dict[str, Any] = {"phone": phone, "name": name, "consents": consents}
        if telegram_id:
            body["telegram_id"] = telegram_id
        return str(self._client.post("/guests", json=body).raise_for_status().json()["id"])

    def guests_with(self, number: str) -> list[Any]:
        """As staff sees them: one, or none."""
        found: list[Any] = (
            self._client.post("/guests/search", json={"phone": number}).raise_for_status().json()["guests"]
        )
        return found

    def telegram_invitation(self, role: str) -> str:
        """A code by which the owner or the barista links a Telegram account."""
        staff = next(each for each in self.get("/staff")["staff"] if each["role"] == role)
        return str(self._client.post(f"/staff/{staff['id']}/telegram-invitation").raise_for_status().json()["code"])

    def answer(self, thread_id: str, text: str) -> None:
        """The owner writes to a guest."""
        self._client.post(f"/feedback/threads/{thread_id}/messages", json={"text": text}).raise_for_status()

    def old_guest(self, *, phone: str, name: str, registered_days_ago: int, purchases_days_ago: list[int]) -> str:
        """A guest with a history, as an import brings it; the guest's id."""
        registered = _days_ago(registered_days_ago)
        guests = {"guests": [{"phone": phone, "name": name, "registered_at": registered}]}
        answer = self._client.post("/guests/import", json=guests).raise_for_status().json()
        guest_id = str(answer["results"][0]["guest_id"])
        if purchases_days_ago:
            self.bought_before(guest_id, purchases_days_ago)
        return guest_id

    def bought_before(self, guest_id: str, days_ago: list[int]) -> None:
        """Purchases of the past, as an import brings them."""
        rows = [
            {"guest_id": guest_id, "key": f"{guest_id}-{days}-{place}", "at": _days_ago(days)}
            for place, days in enumerate(days_ago)
        ]
        self._client.post("/imports/purchases", json={"rows": rows}).raise_for_status()

    def buy(self, guest_id: str, *, cups: int, amount: int | None = None) -> None:
        body = {"guest_id": guest_id, "cups": cups, "amount": amount}
        self._client.post("/purchases", json=body, headers={"Idempotency-Key": secrets.token_hex(8)}).raise_for_status()

    def set_program(self, **changes: Any) -> None:
        """Beside `changes` as usual: six cups earn a cappuccino."""
        body = {"cups_per_gift": 6, "gift": "капучино 0,2 л", "gift_en": "cappuccino 0.2 l", **changes}
        self._client.put("/program", json=body).raise_for_status()

    def account(self, guest_id: str) -> Any:
        return self.get(f"/accounts/{guest_id}")

    def segments(self) -> dict[str, int]:
        found: dict[str, int] = self.get("/segments")["segments"]
        return found


def _days_ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds")
