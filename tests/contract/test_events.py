"""The language between services: schemas are up to date, and what was ever published stays readable."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from bezkart.contracts.__main__ import FOLDER, documents, main
from bezkart.contracts.event import Message
from bezkart.contracts.subscriptions import COMMANDS, EVENTS, MESSAGES, SUBSCRIPTIONS

GOLDEN = Path(__file__).parent / "golden"


def test_generated_documents_are_up_to_date() -> None:
    assert main(["--check"]) == 0
    assert {path.name for path in FOLDER.iterdir()} == set(documents())


@pytest.mark.parametrize("kind", sorted(MESSAGES))
def test_golden_messages_stay_parseable(kind: str) -> None:
    """A golden file is never edited: it is what an older publisher may still have in a queue."""
    files = sorted(GOLDEN.glob(f"{kind}*.json"))
    assert files, f"add tests/contract/golden/{kind}.json"
    for file in files:
        data = json.loads(file.read_text())
        Draft202012Validator(MESSAGES[kind].model_json_schema()).validate(data)
        assert MESSAGES[kind].model_validate(data).model_dump(mode="json").keys() >= data.keys()


@pytest.mark.parametrize("message", [MESSAGES[kind] for kind in sorted(MESSAGES)])
def test_names(message: type[Message]) -> None:
    """An event is named for who publishes it, a command for who carries it out."""
    system, service, name, version = message.type.split(".")
    assert (system, version) == ("bezkart", "v1")
    assert message.__module__ == f"bezkart.contracts.{service}"
    assert name == name.lower()
    assert message.__doc__


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


def test_a_command_has_one_receiver() -> None:
    for kind, command in COMMANDS.items():
        receivers = [queue for queue, messages in SUBSCRIPTIONS.items() if command in messages]
        assert [queue.partition(".")[0] for queue in receivers] == [kind.split(".")[1]]
