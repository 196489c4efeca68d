"""Figures as they are answered."""

from services.reports.api.views import FiguresView
from services.reports.domain.figures import Figures


def figures_view(figures: Figures, guests: int) -> FiguresView:
    return FiguresView(**_shown(figures), guests=guests)


def _shown(figures: Figures) -> dict[str, int | float | None]:
    return {
        "purchases": figures.purchases,
        "cups": figures.cups,
        "revenue": figures.revenue,
        "average_ticket": figures.average_ticket,
        "discount": figures.discount,
        "points_spent": figures.points,
        "new_guests": figures.new_guests,
        "gifts": figures.gifts,
        "undos": figures.undos,
        "ratings": figures.ratings,
        "rating_average": figures.rating_average,
        "messages": figures.delivered,
    }
