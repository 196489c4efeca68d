"""`python -m services.<name>.app indexes`: what the chart's hook runs before an upgrade."""

import json
import os
import subprocess
import sys

import pytest
from pymongo import MongoClient

from tests.fixtures.house import House

SERVICES = ("campaigns", "feedback", "identity", "notifications", "purchases", "reports", "segments")


def indexes(house: House) -> dict[str, set[str]]:
    """Of every collection of this test's, by `database.collection`."""
    with MongoClient[dict[str, object]](house.stores.mongo_url) as client:
        return {
            f"{name.removeprefix(house.namespace)}.{collection}": set(client[name][collection].index_information())
            for name in client.list_database_names()
            if name.startswith(house.namespace)
            for collection in client[name].list_collection_names()
        }


@pytest.mark.parametrize("service", SERVICES)
async def test_every_shop_gets_the_indexes_that_are_missing(house: House, service: str) -> None:
    await house.start(service, *(() if service == "identity" else ("identity",)))
    await house.open_shop("demo")
    guest = await house.register("+79001234567")
    if service == "purchases":
        assert (await house.record(guest)).status_code == 201
    await house.stop_all()
    with MongoClient[dict[str, object]](house.stores.mongo_url) as client:
        for shop in ("demo", "other"):
            database = client[f"{house.namespace}{service}__{shop}"]
            database["met"].insert_one({"_id": 1})
            for collection in database.list_collection_names():
                database[collection].drop_indexes()
    await house.make_indexes(service)
    found = indexes(house)
    of_demo = {name.split(".")[1]: names for name, names in found.items() if name.startswith(f"{service}__demo.")}
    of_other = {name.split(".")[1]: names for name, names in found.items() if name.startswith(f"{service}__other.")}
    assert any(names - {"_id_"} for names in of_other.values()), "something is indexed there"
    for collection, names in of_other.items():
        assert of_demo[collection] == names, "and in each shop alike"
    await house.make_indexes(service)
    assert indexes(house) == found, "a second time changes nothing"


def test_the_errand_is_a_process_that_ends(house: House) -> None:
    environment = {f"BEZKART_{name.upper()}": str(value) for name, value in house.environment().items()}
    command = [sys.executable, "-m", "services.segments.app", "indexes"]
    environment = {**os.environ, **environment, "BEZKART_GUEST_ID_KEY": "g" * 40}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["event"] == "indexes_made"
