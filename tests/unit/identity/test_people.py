"""Phones, guests, consents, passwords and lock-outs: the rules without a store."""

import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from bezkart.kit.vault import Vault, VaultLocked
from services.identity.domain.errors import InvalidPhone, OwnerStays, WeakPassword
from services.identity.domain.guest import Consent, Contacts, Guest
from services.identity.domain.staff import StaffMember, check_password, lock_seconds
from services.identity.usecases.passwords import Passwords
from services.identity.usecases.read_phone import read_phone, seal_phone

NOW = datetime(2026, 11, 21, tzinfo=UTC)
NUMBERS = Path(__file__).parents[4] / "shared" / "data" / "phone" / "example_numbers.csv"
VAULT = Vault(keys=[Fernet.generate_key().decode()], index_key="i" * 40)


@pytest.mark.parametrize(
    "typed", ["+7 913 000-83-23", "8 (913) 000 83 23", "9130008323", "89130008323", "+79130008323"]
)
def test_a_number_however_typed_is_one_number(typed: str) -> None:
    assert read_phone(typed) == ("+79130008323", "7")


@pytest.mark.parametrize("typed", ["", "abc", "123", "+7 913", "8" * 40, "+0 000 000 00 00", "8323"])
def test_not_a_number(typed: str) -> None:
    with pytest.raises(InvalidPhone):
        read_phone(typed)


def test_example_numbers_of_every_region() -> None:
    with NUMBERS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for typed, region in ((row["e164"], "RU"), (row["international"], "RU"), (row["national"], row["region"])):
                if row["valid"] == "True":
                    assert read_phone(typed, region=region)[0] == row["e164"]
            if row["valid"] == "False":
                with pytest.raises(InvalidPhone):
                    read_phone(row["e164"])


def test_a_sealed_phone_shows_four_digits_and_hides_the_rest() -> None:
    sealed = seal_phone("+79130008323", "demo", VAULT)
    assert (sealed.masked, sealed.last4) == ("+7 ••• •••-83-23", "8323")
    assert "9130008323" not in repr(sealed)
    assert VAULT.open(sealed.sealed) == "+79130008323"


def test_the_same_number_in_two_shops_cannot_be_joined() -> None:
    here, there = seal_phone("+79130008323", "a", VAULT), seal_phone("+79130008323", "b", VAULT)
    assert here.index == seal_phone("8 913 000 83 23", "a", VAULT).index != there.index
    assert here.sealed != there.sealed


def test_keys_rotate() -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    sealed = Vault(keys=[old], index_key="i").seal("text")
    assert Vault(keys=[new, old], index_key="i").open(sealed) == "text"
    with pytest.raises(VaultLocked):
        Vault(keys=[new], index_key="i").open(sealed)


def guest() -> Guest:
    return Guest("g_1", NOW, "terminal", Contacts(card="C-1")).register()


def test_the_two_consents_are_separate_and_the_last_word_counts() -> None:
    said = guest().say(Consent("advertising", True, "v1", NOW, "terminal"))
    assert said.consented("advertising")
    assert not said.consented("processing")
    withdrawn = said.say(Consent("advertising", False, "v1", NOW, "bot"))
    assert not withdrawn.consented("advertising")
    assert len(withdrawn.consents) == 2
    assert withdrawn.version == 3


def test_an_import_adds_only_what_is_new() -> None:
    known = guest()
    assert known.merge_import(guest()) is known
    older = Guest("g_2", NOW - timedelta(days=9), "import", Contacts(card="C-1", telegram_id=5), "Анна")
    merged = known.merge_import(older)
    assert (merged.id, merged.registered_at, merged.name) == ("g_1", NOW - timedelta(days=9), "Анна")
    assert merged.contacts.identifiers == ("telegram:5", "card:C-1")
    assert merged.version == 2


def test_erasure_leaves_the_mark_only() -> None:
    known = replace(guest(), name="Анна", birthday="03-08", language="en")
    erased = known.say(Consent("processing", True, "v1", NOW, "terminal")).erase(NOW)
    assert erased == Guest("g_1", NOW, "terminal", version=3, erased_at=NOW)


def test_lock_out_doubles() -> None:
    assert [lock_seconds(failures, free=5) for failures in range(4, 9)] == [0, 5, 10, 20, 40]
    assert lock_seconds(10_000, free=5) == 900


def test_owners_are_not_dismissed_and_baristas_once() -> None:
    barista = StaffMember("s_1", "demo", "anya", "Аня", "barista", NOW)
    dismissed = barista.dismiss(NOW)
    assert dismissed.dismiss(NOW + timedelta(days=1)).dismissed_at == NOW
    with pytest.raises(OwnerStays):
        StaffMember("s_2", "demo", "o", "О", "owner", NOW).dismiss(NOW)


def test_short_passwords_belong_to_the_demo() -> None:
    check_password("111", lenient=True)
    with pytest.raises(WeakPassword):
        check_password("1234567", lenient=False)


async def test_passwords() -> None:
    passwords = Passwords()
    kept = await passwords.hash("correct horse")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert await passwords.matches("correct horse", kept)
    assert not await passwords.matches("wrong", kept)
    assert not await passwords.matches("correct horse", None)
