"""Writes the JSON Schema of every event and command and one AsyncAPI document, or with `--check` tells whether they are up to date."""

import json
import sys
from pathlib import Path
from typing import Any

from bezkart.contracts.subscriptions import MESSAGES, SUBSCRIPTIONS

FOLDER = Path(__file__).parent / "schemas"


def documents() -> dict[str, str]:
    """File name → content of everything that is generated."""
    files = {f"{name}.json": message.model_json_schema() for name, message in MESSAGES.items()}
    files["asyncapi.json"] = _asyncapi()
    return {name: json.dumps(document, indent=2, ensure_ascii=False) + "\n" for name, document in files.items()}


def _asyncapi() -> dict[str, Any]:
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "BezKart events and commands",
            "version": "1",
            "description": "CloudEvents 1.0, structured JSON.",
        },
        "channels": {
            name: {
                "address": name,
                "description": (message.__doc__ or "").strip(),
                "messages": {name: {"payload": {"$ref": f"./{name}.json"}}},
            }
            for name, message in MESSAGES.items()
        },
        "operations": {
            f"{queue}:{message.type}": {
                "action": "receive",
                "channel": {"$ref": f"#/channels/{message.type}"},
            }
            for queue, messages in SUBSCRIPTIONS.items()
            for message in messages
        },
    }


def main(arguments: list[str]) -> int:
    """Exit code 1 when `--check` finds a document that is missing or old."""
    stale = [name for name, text in documents().items() if _on_disk(name) != text]
    if "--check" in arguments:
        print("\n".join(f"out of date: {name}" for name in stale) or "contracts are up to date")
        return 1 if stale else 0
    FOLDER.mkdir(exist_ok=True)
    for name, text in documents().items():
        (FOLDER / name).write_text(text)
    return 0


def _on_disk(name: str) -> str | None:
    path = FOLDER / name
    return path.read_text() if path.exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
