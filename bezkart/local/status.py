"""What each process of a stack is doing now, asked of the processes themselves."""

import asyncio
from typing import Any

from bezkart.local import health, procfs, replicaset
from bezkart.local.health import Check

Entry = dict[str, Any]


def look(processes: list[Entry], *, redis_password: str) -> list[Entry]:
    """The entries of `stack.json` with `healthy`, `memory_mb` and, where a process is gone, the state `down`."""
    alive = [entry for entry in processes if procfs.is_same(entry["pid"] or 0, entry["started"] or 0)]
    memory = procfs.memory_kb({entry["pid"] for entry in alive})
    answers = asyncio.run(_ask(alive, redis_password))
    return [
        {**entry, "healthy": answers[entry["name"]], "memory_mb": round(memory[entry["pid"]] / 1024)}
        if entry in alive
        else {**entry, "healthy": False, "memory_mb": 0, "state": _gone(entry["state"])}
        for entry in processes
    ]


async def _ask(entries: list[Entry], redis_password: str) -> dict[str, bool]:
    checks = [_check(entry["name"], entry["port"], redis_password) for entry in entries]
    answers = await asyncio.gather(*(health.is_ready(check) for check in checks))
    return {entry["name"]: answer for entry, answer in zip(entries, answers, strict=True)}


def _check(name: str, port: int | None, redis_password: str) -> Check:
    if port is None:
        return health.alive
    match name:
        case "mongo":
            return replicaset.is_primary(port)
        case "redis":
            return health.redis_answers(port, redis_password)
        case "rabbitmq":
            return health.amqp_greets(port)
        case "gateway":
            return health.http_ok(port, "/health")
        case _:
            return health.http_ok(port, "/health/ready")


def _gone(state: str) -> str:
    return state if state in {"stopped", "waiting"} else "down"
