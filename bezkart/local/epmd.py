"""A name server for Erlang nodes that listens on 127.0.0.1 alone.

Erlang's own `epmd` always listens on ::1 as well and outlives the node that started it. RabbitMQ needs three of its
requests only; their form is in the Erlang documentation, "Distribution Protocol", section "EPMD Protocol".
"""

import asyncio
import secrets
import struct
from dataclasses import dataclass

from bezkart.local.ports import HOST

_ALIVE2, _ALIVE2_ANSWER, _ALIVE2_X_ANSWER = 120, 121, 118
_PORT_PLEASE2, _PORT_ANSWER = 122, 119
_NAMES = 110
_FIRST_CREATION = 4  # smaller ones belong to the old 2-bit scheme
_SIX = 6  # the distribution version from which creation numbers have 32 bits


@dataclass(frozen=True, slots=True)
class _Node:
    port: int
    rest: bytes  # node type, protocol, highest and lowest version: handed back as they came
    extra: bytes

    @property
    def highest(self) -> int:
        return int(struct.unpack_from(">H", self.rest, 2)[0])


class Epmd:
    """Nodes stay listed as long as the connection over which they came."""

    def __init__(self) -> None:
        self._nodes: dict[bytes, _Node] = {}
        self._port = 0

    async def listen(self, port: int) -> asyncio.Server:
        self._port = port
        return await asyncio.start_server(self._serve, HOST, port)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        registered: bytes | None = None
        try:
            (length,) = struct.unpack(">H", await reader.readexactly(2))
            request = await reader.readexactly(length)
            if request[0] == _ALIVE2:
                registered = self._register(request, writer)
                await reader.read()  # until the node is gone
            elif request[0] == _PORT_PLEASE2:
                writer.write(self._port_answer(request[1:]))
            elif request[0] == _NAMES:
                writer.write(self._names_answer())
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, IndexError, struct.error):
            pass  # a broken or foreign request gets no answer
        finally:
            if registered is not None:
                self._nodes.pop(registered, None)
            writer.close()

    def _register(self, request: bytes, writer: asyncio.StreamWriter) -> bytes | None:
        port, rest, name_length = struct.unpack_from(">H6sH", request, 1)
        name = request[11 : 11 + name_length]
        (extra_length,) = struct.unpack_from(">H", request, 11 + name_length)
        extra = request[13 + name_length : 13 + name_length + extra_length]
        node = _Node(port, rest, extra)
        refused = int(name in self._nodes)
        # Tells this life of a node from its earlier ones. Repeated after a restart, a process id that a quorum queue kept from
        # then would look alive, and the queue would die at every start (RabbitMQ 3.10, dead letters at least once).
        creation = _FIRST_CREATION + secrets.randbelow(2**32 - _FIRST_CREATION)
        if node.highest >= _SIX:
            writer.write(struct.pack(">BBI", _ALIVE2_X_ANSWER, refused, creation))
        else:
            writer.write(struct.pack(">BBH", _ALIVE2_ANSWER, refused, creation % 3 + 1))
        if refused:
            return None
        self._nodes[name] = node
        return name

    def _port_answer(self, name: bytes) -> bytes:
        node = self._nodes.get(name)
        if node is None:
            return bytes([_PORT_ANSWER, 1])
        head = struct.pack(">BBH6sH", _PORT_ANSWER, 0, node.port, node.rest, len(name))
        return head + name + struct.pack(">H", len(node.extra)) + node.extra

    def _names_answer(self) -> bytes:
        lines = (b"name %s at port %d\n" % (name, node.port) for name, node in self._nodes.items())
        return struct.pack(">I", self._port) + b"".join(lines)
