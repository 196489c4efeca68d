"""The language between services: schemas are up to date, and what was ever published stays readable."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from bezkart.contracts.__main__ import FOLDER, documents, main
from bezkart.contracts.event import Event
from bezkart.contracts.subscriptions import EVENTS, SUBSCRIPTIONS

GOLDEN = Path(__file__).parent / "golden"


def test_generated_documents_are_up_to_date() -> None:
    assert main(["--check"]) == 0
    assert {path.name for path in FOLDER.iterdir()} == set(documents())


@pytest.mark.parametrize("kind", sorted(EVENTS))
def test_golden_events_stay_parseable(kind: str) -> None:
    """A golden file is never edited: it is what an older publisher may still have in a queue."""
    files = sorted(GOLDEN.glob(f"{kind}*.json"))
    assert files, f"add tests/contract/golden/{kind}.json"
    for file in files:
        data = json.loads(file.read_text())
        Draft202012Validator(EVENTS[kind].model_json_schema()).validate(data)
        assert EVENTS[kind].model_validate(data).model_dump(mode="json").keys() >= data.keys()


@pytest.mark.parametrize("event", [EVENTS[kind] for kind in sorted(EVENTS)])
def test_names(event: type[Event]) -> None:
    system, publisher, name, version = event.type.split(".")
    assert (system, version) == ("bezkart", "v1")
    assert event.__module__ == f"bezkart.contracts.{publisher}"
    assert name == name.lower()
    assert event.__doc__


def test_no_event_carries_personal_data() -> None:
    personal = {"phone", "name", "card", "telegram_id", "text"}
    for event in EVENTS.values():
        if event.type != "bezkart.identity.shop-changed.v1":  # a shop's name is on its door
            assert not personal & set(event.model_fields), event.type


def test_queues_are_named_consumer_dot_reaction() -> None:
    for queue, events in SUBSCRIPTIONS.items():
        consumer, _, reaction = queue.partition(".")
        assert consumer.isidentifier()
        assert reaction.isidentifier()
        assert events
