"""Keys are rotated on a system that runs: by the command, as the runbook says."""

import json
from pathlib import Path

from cryptography.fernet import Fernet

from bezkart.local import Stack
from tests.drills.conftest import healthy, until
from tests.e2e.cafe import Cafe, new_number
from tests.e2e.command_line import CommandLine


def new_first(stack: Stack, *names: str) -> None:
    """New keys before the old ones, and all processes anew."""
    secrets = Path(stack.logs.parent / "secrets.json")
    known = json.loads(secrets.read_text(encoding="utf-8"))
    known |= {name: f"{Fernet.generate_key().decode()},{known[name]}" for name in names}
    stack.down()
    secrets.write_text(json.dumps(known), encoding="utf-8")
    stack.up()


def old_dropped(stack: Stack, *names: str) -> None:
    secrets = Path(stack.logs.parent / "secrets.json")
    known = json.loads(secrets.read_text(encoding="utf-8"))
    stack.down()
    secrets.write_text(json.dumps({**known, **{name: known[name].split(",")[0] for name in names}}), encoding="utf-8")
    stack.up()


def test_guests_are_found_and_reached_after_their_keys_were_changed(
    stack: Stack, cafe: Cafe, bezkart: CommandLine
) -> None:
    phone = new_number()
    guest = cafe.register(phone, "Анна")
    until(lambda: cafe.segments()["new"] == 1, "the guest is known")
    new_first(stack, "phone_keys", "contact_keys")
    for kind in ("phones", "contacts"):
        said = bezkart("rotate-keys", kind)
        assert "Nothing is under an older key" in said
        assert " 0 sealed anew" in bezkart("rotate-keys", kind).splitlines()[0]
    old_dropped(stack, "phone_keys", "contact_keys")
    cafe.come_back(stack.gateway, stack.ops_key)
    assert [each["id"] for each in cafe.guests_with(phone)] == [guest]
    until(lambda: healthy(bezkart), "the doctor finds everything as it must be", 90)
