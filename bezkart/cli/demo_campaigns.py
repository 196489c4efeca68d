"""Campaigns of the demo shop: two triggers at work with a coupon's promotion, and a mailing to the guests who are leaving.

The mailing really goes out, to the simulated guests; what it brought is for the effect page to say, and with so few guests it says
that there is not enough data.
"""

import time
from typing import Any, Final

from bezkart.cli.client import ShopSession
from bezkart.cli.failures import Unreachable

AT_WORK: Final = ("win-back-leaving", "wake-sleeping")
PATIENCE: Final = 60.0
_POLL_SECONDS: Final = 0.3
_AUDIENCE: Final = {"segments": ["leaving"]}
MAILING: Final = {
    "name": "Скучаем по вам",
    "audience": _AUDIENCE,
    "texts": [{"variant": "a", "text": "{name}, мы по вам скучаем! Дарим 30 баллов на две недели: заходите на кофе."}],
    "offer": {"kind": "points", "points": 3_000, "valid_days": 14},
    "holdout_percent": 10,
}


def start_campaigns(session: ShopSession) -> bool:
    """False if the shop has a mailing already: nothing is changed. Raises Unreachable, Refused."""
    if session.get("mailings")["mailings"]:
        return False
    for name in AT_WORK:
        made = session.send("POST", f"triggers/scenarios/{name}", body={"language": "ru"})
        if made["promotion_id"]:
            session.send("POST", f"promotions/{made['promotion_id']}/resume")
        session.send("PATCH", f"triggers/{made['trigger_id']}", body={"active": True})
    estimate = _estimate(session)
    mailing = session.send("POST", "mailings", body=MAILING, key="demo-mailing")
    if estimate["will_get"]:
        body = {"expected": estimate["will_get"]}
        session.send("POST", f"mailings/{mailing['id']}/launch", body=body, key="demo-mailing-launch")
    return True


def _estimate(session: ShopSession) -> dict[str, Any]:
    """Once campaigns has heard of everybody who is leaving."""
    body = {"audience": _AUDIENCE, "offer": MAILING["offer"], "holdout_percent": MAILING["holdout_percent"]}
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        estimate: dict[str, Any] = session.send("POST", "mailings/estimate", body=body)
        if estimate["audience"] == session.get("segments")["segments"]["leaving"]:
            return estimate
        time.sleep(_POLL_SECONDS)
    raise Unreachable("Campaigns has not heard of all guests; is its consumer running?")
