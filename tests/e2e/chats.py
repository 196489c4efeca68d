"""Somebody's chat with the bot, in our Telegram: what stands there, and what the person does."""

import random
import time
from typing import Any, Final

import httpx

PATIENCE: Final = 30.0


class Chat:
    """`standins` is the address of the stand-ins; the account is a new one."""

    def __init__(self, standins: str, name: str, *, phone: str = "") -> None:
        self.id = str(random.randrange(10**9, 10**10))
        self.phone = phone
        self._client = httpx.Client(base_url=standins, timeout=20, trust_env=False)
        person = {"name": name, "phone": phone, "telegram": self.id, "guest_id": ""}
        self._client.put(f"/control/people/{self.id}", json=person).raise_for_status()

    def close(self) -> None:
        self._client.close()

    def say(self, text: str, *, shows: str) -> str:
        """Write; the message that then has `shows` in it."""
        self._do("say", text=text)
        return self.sees(shows)

    def press(self, button: str, *, shows: str) -> str:
        """Press the latest button with these words, as soon as there is one."""
        self.sees(button, in_buttons=True)
        self._do("press", button=button)
        return self.sees(shows)

    def share_contact(self, *, shows: str) -> str:
        self._do("contact", phone=self.phone)
        return self.sees(shows)

    def sees(self, words: str, *, in_buttons: bool = False, seconds: float = PATIENCE) -> str:
        """The latest message with `words`, as soon as there is one."""
        until = time.monotonic() + seconds
        while True:
            for note in reversed(self._notes()):
                text = " ".join(_buttons(note)) if in_buttons else note["text"]
                if note["kind"] == "message" and words in text:
                    return str(note["text"])
            assert time.monotonic() < until, f"«{words}» did not come; the chat: {[n['text'] for n in self._notes()]}"
            time.sleep(0.05)

    def _do(self, what: str, **told: str) -> None:
        self._client.post(f"/control/telegram/{what}", json={"chat": self.id, **told}).raise_for_status()

    def _notes(self) -> list[dict[str, Any]]:
        answer = self._client.get("/control/telegram/received", params={"to": self.id}).raise_for_status()
        notes: list[dict[str, Any]] = answer.json()["notes"]
        return notes


def _buttons(note: dict[str, Any]) -> list[str]:
    rows = note["extra"].get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]
