"""SMS.RU: `/smsru/sms/send`, `/smsru/my/balance` with `json=1`: one code for the request, one per number."""

from time import monotonic
from typing import Any, Final

from aiohttp import web

from bezkart.local.standins.logins import SMS_PASSWORD
from bezkart.local.standins.modes import Mode
from bezkart.local.standins.reading import NotUtf8, Unreadable, json_answer, read_fields
from bezkart.local.standins.sms import FORBIDDEN, Account, digits, parts, roubles

_SAME_AGAIN_SECONDS: Final = 60.0
_MOST_PARTS: Final = 8
_NAMES: Final = {
    200: "Неправильный api_id",
    201: "Не хватает средств на лицевом счету",
    202: "Неправильно указан номер телефона получателя, либо на него нет маршрута",
    203: "Нет текста сообщения",
    205: "Сообщение слишком длинное (превышает 8 СМС)",
    207: "На этот номер нет маршрута для доставки сообщений",
    212: "Текст сообщения необходимо передать в кодировке UTF-8",
    216: "В тексте сообщения содержится запрещённое слово",
    220: "Сервис временно недоступен, попробуйте чуть позже",
    231: "Превышен лимит одинаковых сообщений на этот номер в минуту",
}


class _Refused(Exception):
    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class SmsRu:
    def __init__(self) -> None:
        self.mode = Mode()
        self.account = Account(self.mode)
        self._lately: dict[tuple[str, str], float] = {}

    def reset(self) -> None:
        self.account.reset()
        self._lately.clear()

    async def answer(self, request: web.Request) -> web.Response:
        """Errors are answers like any other: the status is always 200."""
        try:
            fields = await read_fields(request)
            self._refuse_caller(fields)
        except (NotUtf8, Unreadable):
            return json_answer(_told(212))
        except _Refused as refused:
            return json_answer(_told(refused.code))
        balance = {"balance": self.account.balance / 100}
        if request.match_info["method"] == "my/balance":
            return json_answer({**_fine(), **balance})
        number = str(fields.get("to") or "")
        try:
            entry = self._send(number, str(fields.get("msg") or ""))
        except _Refused as refused:
            entry = _told(refused.code)
        return json_answer({**_fine(), "sms": {number: entry}, "balance": self.account.balance / 100})

    def _refuse_caller(self, fields: dict[str, Any]) -> None:
        if fields.get("api_id") != SMS_PASSWORD:
            raise _Refused(200)
        if self.mode.ip_blocked:
            raise _Refused(220)
        if "to" in fields and not fields.get("msg"):
            raise _Refused(203)

    def _send(self, asked: str, text: str) -> dict[str, Any]:
        number = digits(asked)
        if number is None:
            raise _Refused(202)
        self._refuse(number, text)
        self._lately[number, text] = monotonic()
        identity = f"202600-{self.account.next_id()}"
        price = self.account.take(number, text, identity)
        return {**_fine(), "sms_id": identity, "cost": roubles(price), "sms": parts(text)}

    def _refuse(self, number: str, text: str) -> None:
        if len(self._lately) > 10_000:
            self._lately.clear()
        same_again = monotonic() - self._lately.get((number, text), -_SAME_AGAIN_SECONDS) < _SAME_AGAIN_SECONDS
        for code, wrong in (
            (207, self.account.undeliverable(number)),
            (205, parts(text) > _MOST_PARTS),
            (216, FORBIDDEN in text.lower()),
            (231, same_again),
            (201, self.account.balance <= 0),
        ):
            if wrong:
                raise _Refused(code)


def _fine() -> dict[str, Any]:
    return {"status": "OK", "status_code": 100}


def _told(code: int) -> dict[str, Any]:
    return {"status": "ERROR", "status_code": code, "status_text": _NAMES[code]}
