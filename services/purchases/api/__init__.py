"""The HTTP side of purchases, by resource."""

from fastapi import APIRouter

from services.purchases.api import accounts, imports, program, purchases

routers: tuple[APIRouter, ...] = (accounts.router, purchases.router, program.router, imports.router)
