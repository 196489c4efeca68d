"""Free TCP ports on the loopback address."""

import random
import socket
from collections.abc import Iterable, Mapping

HOST = "127.0.0.1"
# Below the range from which Linux takes ports for outgoing connections, so that none is taken between choice and use.
_LOWEST, _HIGHEST = 20_000, 32_000


def is_free(port: int) -> bool:
    """Whether a server could listen on 127.0.0.1:port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def choose(names: Iterable[str], *, remembered: Mapping[str, int]) -> dict[str, int]:
    """One free port per name, the remembered one where it is still free."""
    chosen: dict[str, int] = {}
    for name in names:
        before = remembered.get(name)
        taken = set(chosen.values())
        chosen[name] = before if before and before not in taken and is_free(before) else _another(taken)
    return chosen


def _another(taken: set[int]) -> int:
    candidates = range(_LOWEST, _HIGHEST)
    for port in random.sample(candidates, len(candidates)):
        if port not in taken and is_free(port):
            return port
    raise OSError(f"no free TCP port between {_LOWEST} and {_HIGHEST}")
