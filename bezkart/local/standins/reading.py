"""Request fields as these providers take them: query, form or JSON; and quick JSON answers."""

from typing import Any
from urllib.parse import parse_qsl

import orjson
from aiohttp import web


class NotUtf8(Exception):
    """The body is no UTF-8."""


class Unreadable(Exception):
    """The body says it is JSON and is none."""


async def read_fields(request: web.Request) -> dict[str, Any]:
    """Raises NotUtf8, Unreadable."""
    fields: dict[str, Any] = dict(request.query)
    if request.content_type == "multipart/form-data":
        return fields | dict(await request.post())
    body = await request.read()
    if not body:
        return fields
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise NotUtf8 from None
    if request.content_type == "application/json":
        try:
            parsed = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise Unreadable from None
        return fields | (parsed if isinstance(parsed, dict) else {})
    try:
        return fields | dict(parse_qsl(text, keep_blank_values=True, errors="strict"))
    except UnicodeDecodeError:
        raise NotUtf8 from None


def json_answer(content: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(
        body=orjson.dumps(content), status=status, headers=headers, content_type="application/json", charset="utf-8"
    )
