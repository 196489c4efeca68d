"""The name server for Erlang nodes speaks epmd's protocol as the Erlang documentation has it."""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bezkart.local import ports
from bezkart.local.epmd import Epmd

NODE = struct.pack(">BHBBHHH", 120, 25_672, 77, 0, 6, 5, 6) + b"rabbit" + struct.pack(">H", 0)


@asynccontextmanager
async def served() -> AsyncIterator[int]:
    port = ports.choose(["names"], remembered={})["names"]
    async with await Epmd().listen(port):
        yield port


async def send(port: int, request: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection(ports.HOST, port)
    writer.write(struct.pack(">H", len(request)) + request)
    return reader, writer


async def ask(port: int, request: bytes) -> bytes:
    reader, writer = await send(port, request)
    answer = await reader.read()
    writer.close()
    return answer


async def test_a_node_is_listed_as_long_as_it_is_connected() -> None:
    async with served() as port:
        reader, writer = await send(port, NODE)
        answer = await reader.readexactly(6)
        assert answer[:2] == bytes([118, 0])

        assert await ask(port, b"n") == struct.pack(">I", port) + b"name rabbit at port 25672\n"
        found = await ask(port, b"zrabbit")
        assert found[:2] == bytes([119, 0])
        assert struct.unpack_from(">H", found, 2) == (25_672,)
        assert found[10:] == struct.pack(">H", 6) + b"rabbit" + bytes(2)

        writer.close()
        await writer.wait_closed()
        for _ in range(100):
            if await ask(port, b"zrabbit") == bytes([119, 1]):
                break
        assert await ask(port, b"n") == struct.pack(">I", port)


async def test_two_nodes_cannot_have_one_name() -> None:
    async with served() as port:
        first, first_writer = await send(port, NODE)
        assert (await first.readexactly(6))[1] == 0

        second, second_writer = await send(port, NODE)
        assert (await second.readexactly(6))[1] == 1

        first_writer.close()
        second_writer.close()


async def test_nonsense_gets_no_answer_and_does_no_harm() -> None:
    async with served() as port:
        for request in (b"", b"x", bytes([120]), bytes([120]) * 9):
            assert await ask(port, request) == b""
        assert await ask(port, b"n") == struct.pack(">I", port)
