"""The HTTP side of segments, by resource; all of it is the owner's."""

from fastapi import APIRouter

from services.segments.api import live, picture, settings

routers: tuple[APIRouter, ...] = (settings.router, live.router, picture.router)
