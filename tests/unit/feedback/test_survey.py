"""The standard formula: promoters 9 and 10, detractors 0 to 6, never from stars."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.feedback.domain.errors import SurveyClosed
from services.feedback.domain.survey import OPEN, Survey, SurveyAnswer, nps

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SURVEY = Survey("v", "demo", 1, "", started_at=NOON, started_by="s_1")
ASKED = SurveyAnswer("a", "v", "g", "new")


@given(st.lists(st.integers(0, 10), min_size=1, max_size=300))
def test_nps_is_the_share_of_promoters_less_that_of_detractors(scores: list[int]) -> None:
    result = nps({score: scores.count(score) for score in set(scores)})
    promoters, detractors = sum(each in {9, 10} for each in scores), sum(each in range(7) for each in scores)
    assert (result.promoters, result.detractors) == (promoters, detractors)
    assert result.promoters + result.passives + result.detractors == result.answers == len(scores)
    assert result.nps == pytest.approx(100 * promoters / len(scores) - 100 * detractors / len(scores), abs=0.051)
    assert -100 <= (result.nps or 0) <= 100


def test_known_figures() -> None:
    assert nps({10: 5, 9: 2, 8: 1, 6: 2}).nps == 50.0
    assert nps({7: 3, 8: 4}).nps == 0.0
    assert nps({}).nps is None


def test_the_last_answer_while_the_survey_is_open_wins() -> None:
    first = ASKED.give(3, SURVEY, NOON)
    assert first.give(3, SURVEY, NOON + OPEN) is first
    assert first.give(9, SURVEY, NOON).score == 9
    with pytest.raises(SurveyClosed):
        first.give(9, SURVEY, NOON + OPEN)
