"""The HTTP side of reports: figures for the owner, nobody's name or number."""

from fastapi import APIRouter

from services.reports.api import charts, daily, period, settings, today

routers: tuple[APIRouter, ...] = (today.router, period.router, daily.router, charts.router, settings.router)
