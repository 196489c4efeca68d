"""Where the system is: from the environment, else from the files of the stack that runs on this machine."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from bezkart.cli.failures import BadUsage, Unreachable


@dataclass(frozen=True, slots=True)
class Address:
    """The gateway's base address and the key of the people who run the platform."""

    gateway: str
    ops_key: str


def find_address(environment: dict[str, str] | None = None) -> Address:
    """BEZKART_URL and BEZKART_OPS_KEY; behind them `stack.json` and `secrets.json` in BEZKART_RUN_DIR (`.run`)."""
    env = os.environ if environment is None else environment
    run_dir = Path(env.get("BEZKART_RUN_DIR") or ".run")
    gateway = env.get("BEZKART_URL") or _noted(run_dir / "stack.json", "gateway", instead="BEZKART_URL")
    ops_key = env.get("BEZKART_OPS_KEY") or _noted(run_dir / "secrets.json", "ops_key", instead="BEZKART_OPS_KEY")
    if not gateway.startswith(("http://", "https://")):
        raise BadUsage(f"The gateway's address must begin with http:// or https://, not {gateway!r}.")
    return Address(gateway=gateway.rstrip("/"), ops_key=ops_key)


def _noted(path: Path, name: str, *, instead: str) -> str:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))[name]
    except FileNotFoundError:
        raise Unreachable(f"No system found: {instead} is not set, and no {path}; start one with `make up`.") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Unreachable(f"{path} does not tell {name!r} ({error}); set {instead} or start the stack anew.") from None
    return str(value)
