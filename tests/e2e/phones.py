"""The guests' phones as the stand-ins keep them, and the switches for what works there."""

import re
import time
from collections.abc import Callable
from typing import Any, Final

import httpx

_CODE: Final = re.compile(r"\b\d{6}\b")


class Phones:
    """`address` is that of the page of phones."""

    def __init__(self, address: str) -> None:
        self.page = address
        self._client = httpx.Client(base_url=address.removesuffix("/phone"), timeout=10, trust_env=False)

    def close(self) -> None:
        self.switch("all", on=True)
        self._client.close()

    def switch(self, provider: str, *, on: bool) -> None:
        """`provider`: telegram, sms, all."""
        self._client.patch(f"/control/{provider}", json={"on": on}).raise_for_status()

    def introduce(self, person: str, *, name: str, phone: str, telegram: str, guest_id: str) -> None:
        """So that the page shows one phone with all that comes to these addresses."""
        known = {"name": name, "phone": phone, "telegram": telegram, "guest_id": guest_id}
        self._client.put(f"/control/people/{person}", json=known).raise_for_status()

    def codes(self, provider: str, address: str) -> list[str]:
        """The codes that came, the oldest first."""
        answer = self._client.get(f"/control/{provider}/received", params={"to": address}).raise_for_status()
        notes: list[dict[str, Any]] = answer.json()["notes"]
        ordered = sorted(notes, key=lambda note: float(note["at"]))
        return [found[0] for note in ordered if (found := _CODE.search(note["text"]))]


def eventually(what: Callable[[], list[str]], *, seconds: float = 30.0) -> list[str]:
    """What `what` gives as soon as it is not empty."""
    until = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < until, "nothing came"
        time.sleep(0.1)
    return found
