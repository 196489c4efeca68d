"""How the Bot API says no: `{"ok": false, "error_code", "description", "parameters"?}`."""

import math
from typing import Any


class Refusal(Exception):
    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.answer = {"ok": False, "error_code": code, "description": description}
        if parameters:
            self.answer["parameters"] = parameters
        self.code = code


def too_many(wait: float) -> Refusal:
    seconds = max(1, math.ceil(wait))
    return Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
