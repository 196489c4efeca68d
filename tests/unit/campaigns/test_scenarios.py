"""Ready scenarios: every one of them can be used as it is."""

from typing import get_args

import pytest

from bezkart.kernel.promotion import check_rule
from bezkart.kernel.wording import parse
from services.campaigns.domain.scenarios import SCENARIOS, Language, ScenarioName

PLACEHOLDERS = {"name", "stamps_left", "points", "gift"}
EVERY = sorted(SCENARIOS)


def test_all_of_the_issues_scenarios_are_there() -> None:
    assert set(SCENARIOS) == set(get_args(ScenarioName))


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("language", get_args(Language))
def test_the_words_use_what_there_is(name: str, language: Language) -> None:
    scenario = SCENARIOS[name]
    used = [piece for piece in parse(scenario.text.say(language)) if piece.value]
    assert {piece.value for piece in used} <= PLACEHOLDERS
    assert all(piece.optional is not None for piece in used if piece.value != "name"), "a guest may lack a value"
    assert scenario.title.say(language)
    assert scenario.about.say(language)


@pytest.mark.parametrize("name", EVERY)
def test_a_scenario_gives_one_thing(name: str) -> None:
    scenario = SCENARIOS[name]
    if scenario.promotion:
        check_rule(scenario.promotion)
    assert not (scenario.points and scenario.promotion)
    assert 1 <= scenario.valid_days <= 365


def test_the_promised_ones() -> None:
    leaving, sleeping = SCENARIOS["win-back-leaving"], SCENARIOS["wake-sleeping"]
    assert (leaving.points, leaving.valid_days, leaving.cancel_on_purchase) == (5000, 14, True)
    assert (sleeping.gives_coupon, sleeping.valid_days) == (True, 30)
    assert not SCENARIOS["happy-hours"].gives_coupon
