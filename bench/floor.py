"""The floor: a bare FastAPI route doing one majority `find_one_and_update`. `uvicorn bench.floor:app` with FLOOR_MONGO_URL."""

import os
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from pymongo import AsyncMongoClient, ReturnDocument

app = FastAPI()
client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(os.environ["FLOOR_MONGO_URL"], w="majority")


class Order(BaseModel):
    guest_id: str
    cups: int


@app.post("/floor", status_code=201)
async def floor(order: Order) -> dict[str, int]:
    """Count the cups of one document."""
    counted: dict[str, Any] = (
        await client.floor.accounts.find_one_and_update(
            {"_id": order.guest_id},
            {"$inc": {"cups": order.cups, "version": 1}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        or {}
    )
    return {"cups": counted["cups"], "version": counted["version"]}
