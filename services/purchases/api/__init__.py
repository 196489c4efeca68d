"""The HTTP side of purchases, by resource."""

from fastapi import APIRouter

from services.purchases.api import accounts, gifts, imports, ledger, program, purchases

routers: tuple[APIRouter, ...] = (
    accounts.router,
    ledger.router,
    purchases.router,
    gifts.router,
    program.router,
    imports.router,
)
