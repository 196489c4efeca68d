"""The demo shop's campaigns: started once, with the number of guests that the estimate told; left alone ever after."""

from typing import Any

import httpx
import pytest

from bezkart.cli import demo_campaigns
from bezkart.cli.demo_campaigns import AT_WORK, start_campaigns
from bezkart.cli.failures import Unreachable
from tests.unit.cli.stand_in import StandIn, shop

Body = dict[str, Any]


class Campaigns:
    """Answers as campaigns does. It has heard of `heard` guests who leave, one more at each estimate, until there are 40."""

    def __init__(self, *, heard: int = 38, learns: bool = True) -> None:
        self.heard, self.learns = heard, learns
        self.done: list[tuple[str, Body]] = []
        self.mailings: list[Body] = []

    def __call__(self, path: str, body: Body) -> httpx.Response | None:
        if path.startswith(("shops", "staff")):
            return None
        return httpx.Response(200, json=self._answer(path, body))

    def _answer(self, path: str, body: Body) -> Body:
        if path == "segments":
            return {"segments": {"leaving": 40}}
        if path == "mailings/estimate":
            self.heard = min(40, self.heard + self.learns)
            return {"audience": self.heard, "will_get": self.heard // 2}
        if path == "mailings" and not body:
            return {"mailings": self.mailings}
        self.done.append((path, body))
        if path == "mailings":
            self.mailings.append(body)
        name = path.rpartition("/")[2]
        return {"id": "c_1", "trigger_id": f"t_{name}", "promotion_id": "promo_1" if name == "wake-sleeping" else None}


def start(campaigns: Campaigns) -> bool:
    system = StandIn(shops={"demo": shop("demo")}, before=campaigns)
    with system.gateway() as gateway:
        return start_campaigns(gateway.open_shop("demo"))


def test_triggers_at_work_and_a_mailing_on_its_way_once() -> None:
    campaigns = Campaigns()
    assert start(campaigns)
    assert {("promotions/promo_1/resume"), *(f"triggers/t_{name}" for name in AT_WORK)} < {
        path for path, _ in campaigns.done
    }
    assert campaigns.done[-1] == ("mailings/c_1/launch", {"expected": 20})
    before = list(campaigns.done)
    assert not start(campaigns)
    assert campaigns.done == before


def test_it_says_so_when_campaigns_never_hears(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo_campaigns, "PATIENCE", 0.0)
    campaigns = Campaigns(learns=False)
    with pytest.raises(Unreachable):
        start(campaigns)
    assert campaigns.mailings == []
