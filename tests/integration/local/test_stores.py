"""The local runner with real servers: loopback only, private, restarted when killed, gone when stopped."""

import os
import re
import signal
import socketserver
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aio_pika
import pytest
from pymongo import MongoClient

from bezkart.contracts.identity import ShopChanged
from bezkart.kit.bus.topology import Topology
from bezkart.local import Stack, leftovers, procfs

SECONDS = 30.0


@pytest.fixture(scope="module")
def only_one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stack = Stack(tmp_path_factory.mktemp("run"), parts="stores", life="attached")
    yield stack
    stack.down()


@pytest.fixture
def running(only_one: Stack) -> Stack:
    """Started by the first test that needs it, and again after a test that stopped it."""
    only_one.up()
    return only_one


def processes(stack: Stack) -> dict[str, dict[str, Any]]:
    return {process["name"]: process for process in stack.document["processes"]}


def run_dir(stack: Stack) -> Path:
    return stack.logs.parent


def belonging(stack: Stack) -> set[int]:
    """Every living process of the stack, helpers of the servers included."""
    text = (run_dir(stack) / "secrets.json").read_text(encoding="utf-8")
    found = re.search(r'"stack_id": "(\w+)"', text)
    assert found
    supervisor = stack.document.get("supervisor", {}).get("pid")
    return {*leftovers.find(stack.document, found[1]), *([supervisor] if supervisor else [])}


def alive(pids: set[int]) -> set[int]:
    return {pid for pid in pids if (found := procfs.look_up(pid)) and found.alive}


class HangingUp(socketserver.TCPServer):
    allow_reuse_address = True


@contextmanager
def another_server(port: int) -> Iterator[None]:
    """Somebody else's: it hangs up on everybody."""
    with HangingUp(("127.0.0.1", port), socketserver.BaseRequestHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield
        server.shutdown()


def eventually(condition: Callable[[], bool], *, seconds: float = SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not become true in time"
        time.sleep(0.05)


def listening(pids: set[int]) -> dict[str, set[int]]:
    """{address in hexadecimal: ports} of the listening TCP sockets of these processes, IPv4 and IPv6."""
    inodes = {link.removeprefix("socket:[").removesuffix("]") for pid in pids for link in _links(pid)}
    found: dict[str, set[int]] = {}
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            address, _, port = fields[1].partition(":")
            if fields[3] == "0A" and fields[9] in inodes:
                found.setdefault(address, set()).add(int(port, 16))
    return found


def _links(pid: int) -> list[str]:
    links = []
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            links.append(str(entry.readlink()))
        except FileNotFoundError:  # closed meanwhile
            continue
    return links


def test_nothing_listens_on_anything_but_the_loopback_address(running: Stack) -> None:
    found = listening(belonging(running))

    assert list(found) == ["0100007F"]  # 127.0.0.1, the bytes in the machine's order
    ports = running.document["ports"]
    assert found["0100007F"] == set(ports.values())


def test_what_holds_secrets_is_readable_by_the_owner_only(running: Stack) -> None:
    folder = run_dir(running)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in ("stack.json", "secrets.json", "conf/redis.conf", "conf/rabbitmq.conf"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600, name


def test_starting_again_changes_nothing(running: Stack) -> None:
    before = running.document

    assert running.up() == before


def test_status_says_what_the_servers_say(running: Stack) -> None:
    status = running.status()

    assert {process["name"] for process in status["processes"]} == {"mongo", "redis", "rabbitmq"}
    assert all(process["healthy"] and process["memory_mb"] > 0 for process in status["processes"])


@pytest.mark.parametrize("name", ["mongo", "redis", "rabbitmq"])
def test_a_killed_server_is_started_again_and_reported(running: Stack, name: str) -> None:
    before = processes(running)[name]

    os.kill(before["pid"], signal.SIGKILL)

    eventually(lambda: processes(running)[name]["restarts"] == before["restarts"] + 1)
    eventually(lambda: processes(running)[name]["state"] == "ready")
    after = processes(running)[name]
    assert after["pid"] != before["pid"]
    assert after["port"] == before["port"]
    assert after["last_exit"].startswith("killed by SIGKILL at ")
    assert f"{name}: ended (killed by SIGKILL)" in (running.logs / "supervisor.log").read_text(encoding="utf-8")


async def test_queues_outlive_restarts_of_the_broker(running: Stack) -> None:
    """RabbitMQ 3.10 could not start a queue with dead letters at least once when a restart repeated a creation number."""
    topology = Topology("kept_")
    for life in range(2):
        if life:
            running.down()
            running.up()
        async with await aio_pika.connect(running.stores.amqp_url) as connection:
            channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
            await topology.declare(channel)
            exchange = await channel.get_exchange(topology.events)
            await exchange.publish(aio_pika.Message(b"{}"), ShopChanged.type, mandatory=True, timeout=10)
            queue = await channel.declare_queue(topology.queue("segments.shops"), passive=True)
            assert queue.declaration_result.message_count == life + 1


def test_data_outlives_a_stop_and_a_port_taken_by_somebody_else(running: Stack) -> None:
    with MongoClient[dict[str, Any]](running.stores.mongo_url) as client:
        client.kept.things.insert_one({"_id": 1})
    all_of_it, before = belonging(running), running.document["ports"]

    running.down()
    assert not alive(all_of_it)
    with another_server(before["mongo"]):
        running.up()

    assert running.document["ports"] == {**before, "mongo": running.document["ports"]["mongo"]}
    assert running.document["ports"]["mongo"] != before["mongo"]
    with MongoClient[dict[str, Any]](running.stores.mongo_url) as client:
        assert client.kept.things.count_documents({}) == 1


def test_a_killed_supervisor_leaves_nothing_that_down_does_not_end(running: Stack) -> None:
    all_of_it = belonging(running)
    assert len(all_of_it) >= 4

    supervisor = running.document["supervisor"]["pid"]
    os.kill(supervisor, signal.SIGKILL)
    running.down()

    assert not alive(all_of_it)
    assert procfs.look_up(supervisor) is None, "the dead supervisor was never waited for"
    assert not running.is_running
    assert running.document["state"] == "stopped"
