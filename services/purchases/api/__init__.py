"""The HTTP side of purchases, by resource."""

from fastapi import APIRouter

from services.purchases.api import accounts, gifts, imports, ledger, mine, program, purchases, trying

routers: tuple[APIRouter, ...] = (
    mine.router,  # before accounts: `me` is no guest's id
    accounts.router,
    ledger.router,
    trying.router,
    purchases.router,
    gifts.router,
    program.router,
    imports.router,
)
