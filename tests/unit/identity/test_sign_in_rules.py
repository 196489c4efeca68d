"""Rules of codes: what is drawn, what is read, what is counted."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity.domain.guest import Consent, Contacts, Guest
from services.identity.domain.short_code import ALPHABET, LENGTH, draw_code, read_code
from services.identity.domain.sign_in import Asking, code_limits
from services.identity.domain.staff import SealedTelegram, StaffMember
from tests.unit.identity.test_people import NOW


def test_a_short_code_has_no_letters_that_are_taken_for_one_another() -> None:
    assert not set("ILO01") & set(ALPHABET)
    code = draw_code(secrets.choice)
    assert len(code) == LENGTH
    assert set(code) <= set(ALPHABET)


@pytest.mark.parametrize("typed", ["AB2CD3", "ab2cd3", " ab2-cd3 ", "AB2 CD3"])
def test_a_short_code_however_typed_is_one_code(typed: str) -> None:
    assert read_code(typed) == "AB2CD3"


def test_a_guest_is_found_by_the_short_code_and_keeps_it() -> None:
    guest = Guest("g_1", NOW, "web", Contacts(card="C-1")).with_code("AB2CD3").register()
    assert guest.contacts.identifiers == ("card:C-1", "code:AB2CD3")
    assert guest.version == 1
    other = Guest("g_2", NOW, "import", Contacts(card="C-1", code="ZZZZZZ"))
    assert guest.merge_import(other).contacts.code == "AB2CD3"
    assert guest.erase(NOW).contacts.identifiers == ()


def test_a_short_code_alone_is_no_contact() -> None:
    assert not Contacts(code="AB2CD3").any


def test_both_consents_are_one_change() -> None:
    guest = Guest("g_1", NOW, "bot", Contacts(card="C-1")).register()
    said = guest.say(*(Consent(purpose, True, "v", NOW, "bot") for purpose in ("processing", "advertising")))
    assert (said.version, len(said.consents)) == (2, 2)


@given(number=st.text(min_size=1), shop=st.text(min_size=1))
def test_a_number_is_limited_over_all_shops_and_addresses(number: str, shop: str) -> None:
    here = code_limits(Asking(number, "a", shop), per_address=20, per_shop=200)
    there = code_limits(Asking(number, "b", shop + "x"), per_address=20, per_shop=200)
    assert {limit.subject for limit in here} & {limit.subject for limit in there} == {f"number:{number}"}
    assert [(limit.seconds, limit.most) for limit in here] == [
        (60, 1),
        (600, 3),
        (86_400, 10),
        (3600, 20),
        (3600, 200),
    ]


def test_who_is_dismissed_lets_go_of_telegram() -> None:
    hired = StaffMember("s_1", "demo", "anya", "Аня", "barista", NOW)
    linked = hired.link(SealedTelegram("sealed", "index"))
    assert (linked.version, linked.link(None).telegram) == (2, None)
    dismissed = linked.dismiss(NOW)
    assert (dismissed.telegram, dismissed.version, dismissed.dismissed_at) == (None, 3, NOW)
