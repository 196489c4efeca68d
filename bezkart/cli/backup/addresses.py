"""Where the stores are: from the environment, else the stack of this machine."""

import os
from dataclasses import dataclass
from typing import Any

from bezkart.cli.failures import Unreachable


@dataclass(frozen=True, slots=True)
class Stores:
    """`management` is RabbitMQ's HTTP address with its login, `vhost` the one of ours in it."""

    mongo: str
    management: str
    vhost: str
    namespace: str


def from_environment() -> Stores | None:
    """BEZKART_MONGO_URL and BEZKART_RABBITMQ_MANAGEMENT_URL; None where neither is set. Raises Unreachable for half of it."""
    mongo, management = (os.environ.get(f"BEZKART_{name}", "") for name in ("MONGO_URL", "RABBITMQ_MANAGEMENT_URL"))
    if not mongo and not management:
        return None
    if not mongo or not management:
        raise Unreachable("Both BEZKART_MONGO_URL and BEZKART_RABBITMQ_MANAGEMENT_URL must be set, or none of them.")
    vhost = os.environ.get("BEZKART_RABBITMQ_VHOST", "bezkart")
    return Stores(mongo, management.rstrip("/"), vhost, os.environ.get("BEZKART_NAMESPACE", ""))


def of_stack(document: dict[str, Any]) -> Stores:
    """Those of a stack on this machine, from its `stack.json`. Raises Unreachable."""
    try:
        return Stores(document["mongo_url"], document["rabbitmq_management"], "bezkart", "")
    except KeyError:
        raise Unreachable(
            "No system found: set BEZKART_MONGO_URL and BEZKART_RABBITMQ_MANAGEMENT_URL, or start one with `make up`."
        ) from None
