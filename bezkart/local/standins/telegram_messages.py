"""A message as the Bot API takes it and shows it: text, caption, keyboards, files."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Final

import orjson
from aiohttp.web import FileField

from bezkart.local.standins.received import Note
from bezkart.local.standins.refusals import Refusal

MAX_TEXT: Final = 4096  # characters in UTF-16 units
MAX_CAPTION: Final = 1024
_MOST_DATA: Final = 64  # bytes behind a button
_FILES_KEPT: Final = 200
Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StoredFile:
    name: str
    kind: str
    content: bytes


class Files:
    """The latest photos and documents, for whoever wants to look at them."""

    def __init__(self) -> None:
        self._files: OrderedDict[str, StoredFile] = OrderedDict()

    def keep(self, identity: str, stored: StoredFile) -> None:
        self._files[identity] = stored
        while len(self._files) > _FILES_KEPT:
            self._files.popitem(last=False)

    def of(self, identity: str) -> StoredFile | None:
        return self._files.get(identity)


def text_of(fields: Fields) -> str:
    text = fields.get("text")
    if not isinstance(text, str) or not text.strip():
        raise Refusal(400, "Bad Request: message text is empty")
    if _length(text) > MAX_TEXT:
        raise Refusal(400, "Bad Request: message is too long")
    return text


def caption_of(fields: Fields) -> str:
    caption = str(fields.get("caption") or "")
    if _length(caption) > MAX_CAPTION:
        raise Refusal(400, "Bad Request: message caption is too long")
    return caption


def file_of(fields: Fields, name: str) -> StoredFile:
    """An uploaded file, in the field itself or behind `attach://`."""
    given = fields.get(name)
    if isinstance(given, str) and given.startswith("attach://"):
        given = fields.get(given.removeprefix("attach://"))
    if not isinstance(given, FileField):
        raise Refusal(400, f"Bad Request: there is no {name} in the request")
    content = given.file.read()
    if not content:
        raise Refusal(400, "Bad Request: file must be non-empty")
    return StoredFile(given.filename or "file", given.content_type, content)


def markup_of(fields: Fields) -> dict[str, Any] | None:
    given = fields.get("reply_markup")
    if isinstance(given, str):
        try:
            given = orjson.loads(given) if given else None
        except orjson.JSONDecodeError:
            raise Refusal(400, "Bad Request: can't parse reply keyboard markup JSON object") from None
    if given is None:
        return None
    if not isinstance(given, dict):
        raise Refusal(400, "Bad Request: object expected as reply markup")
    for button in (button for row in given.get("inline_keyboard", ()) for button in row):
        _refuse_button(button)
    return given


def inline(markup: dict[str, Any] | None) -> dict[str, Any]:
    """What of a keyboard stays with the message: the inline one."""
    return {"reply_markup": markup} if markup and markup.get("inline_keyboard") else {}


def chat(identity: str, name: str) -> dict[str, Any]:
    return {"id": int(identity), "type": "private", "first_name": name}


def as_message(note: Note, *, bot: dict[str, Any], talk: dict[str, Any]) -> dict[str, Any]:
    """A bot's message again, as it is now."""
    kept = {
        key: value for key, value in note.extra.items() if key in {"reply_markup", "edit_date", "photo", "document"}
    }
    words = {"caption" if "photo" in kept or "document" in kept else "text": note.text} if note.text else {}
    return {"message_id": int(note.id), "from": bot, "chat": talk, "date": int(note.at), **words, **kept}


def media(kind: str, identity: str, stored: StoredFile) -> dict[str, Any]:
    """`photo` or `document` of a message."""
    told = {"file_id": f"file-{identity}", "file_unique_id": f"unique-{identity}", "file_size": len(stored.content)}
    if kind == "photo":
        return {"photo": [{**told, "width": 320, "height": 320}]}
    return {"document": {**told, "file_name": stored.name, "mime_type": stored.kind}}


def _refuse_button(button: dict[str, Any]) -> None:
    if not str(button.get("text") or "").strip():
        raise Refusal(400, "Bad Request: text buttons are unallowed in the inline keyboard")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(str(data).encode()) <= _MOST_DATA:
        raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
    if data is None and not {"url", "web_app", "switch_inline_query", "login_url"} & set(button):
        raise Refusal(400, "Bad Request: inline keyboard button is invalid: the button must have exactly one action")


def _length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
