"""Vega-Lite: one definition is drawn by the browser and, here, as a PNG.

The engine takes 150 MB and a second: it runs in a process of its own that ends when the picture is done. `python -m bezkart.kit.vega
png` reads a definition and writes the picture, `bundle` writes the JavaScript that draws definitions in a browser.
"""

import asyncio
import struct
import sys
import zlib
from asyncio.subprocess import PIPE
from collections.abc import Iterator
from typing import Any, Final

import orjson

SECONDS: Final = 30
SCALE: Final = 2
_SNIPPET: Final = "window.vegaEmbed = vegaEmbed; window.vega = vega; window.vegaLite = vegaLite;"
_VERSION: Final = "6.4"
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_one_at_a_time = asyncio.Semaphore(1)


class NotDrawn(Exception):
    """The engine failed or took too long."""


async def draw_png(definition: dict[str, Any]) -> bytes:
    """Raises NotDrawn."""
    return await _run("png", orjson.dumps(definition))


async def make_bundle() -> bytes:
    """Vega, Vega-Lite and vega-embed as one script, that puts `vegaEmbed` into `window`. Raises NotDrawn."""
    return await _run("bundle", b"")


async def _run(task: str, given: bytes) -> bytes:
    """In a child process, one at a time: drawing never takes more than one core."""
    async with _one_at_a_time:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bezkart.kit.vega", task, stdin=PIPE, stdout=PIPE, stderr=PIPE
        )
        try:
            made, complaint = await asyncio.wait_for(child.communicate(given), SECONDS)
        except TimeoutError:
            raise NotDrawn(f"{task} took more than {SECONDS} s") from None
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
    if child.returncode or not made:
        raise NotDrawn(complaint.decode(errors="replace")[-500:])
    return made


def _child(task: str) -> bytes:
    import vl_convert

    if task == "bundle":
        return str(vl_convert.javascript_bundle(_SNIPPET, vl_version=_VERSION)).encode()
    definition = orjson.loads(sys.stdin.buffer.read())
    drawn = vl_convert.vegalite_to_png(definition, vl_version=_VERSION, scale=SCALE, allowed_base_urls=[])
    return _packed(bytes(drawn))


def _packed(png: bytes) -> bytes:
    """The same picture in a third of the bytes: the engine hardly compresses."""
    chunks = list(_chunks(png))
    pixels = zlib.compress(zlib.decompress(b"".join(body for kind, body in chunks if kind == b"IDAT")), 9)
    before = [each for each in chunks if each[0] not in {b"IDAT", b"IEND"}]
    return _SIGNATURE + b"".join(_chunk(*each) for each in (*before, (b"IDAT", pixels), (b"IEND", b"")))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """https://www.w3.org/TR/png-3/#5Chunk-layout: length, kind, body, checksum."""
    at = len(_SIGNATURE)
    while at < len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        yield kind, png[at + 8 : at + 8 + length]
        at += 12 + length


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


if __name__ == "__main__":
    sys.stdout.buffer.write(_child(sys.argv[1]))
