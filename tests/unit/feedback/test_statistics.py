"""Ratings in figures."""

from datetime import date

from services.feedback.domain.statistics import Cell, Figures, figures, figures_by

MONDAY, TUESDAY = date(2026, 11, 16), date(2026, 11, 17)
CELLS = [
    Cell(MONDAY, "s_1", "new", 5, 3),
    Cell(MONDAY, "s_2", None, 2, 1),
    Cell(TUESDAY, "s_1", "active", 4, 1),
]


def test_average_and_csat() -> None:
    assert figures(CELLS) == Figures(5, 4.2, 80.0, (0, 1, 0, 1, 3))
    assert figures([]) == Figures(0, None, None, (0, 0, 0, 0, 0))


def test_by_day_barista_and_segment() -> None:
    assert list(figures_by(lambda cell: cell.day, CELLS)) == [MONDAY, TUESDAY]
    assert figures_by(lambda cell: cell.staff_id, CELLS)["s_2"] == Figures(1, 2.0, 0.0, (0, 1, 0, 0, 0))
    assert figures_by(lambda cell: cell.segment, CELLS).keys() == {"new", None, "active"}
