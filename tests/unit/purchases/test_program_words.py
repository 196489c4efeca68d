"""What a guest reads of the conditions, in both languages, and what the owner may not promise."""

from dataclasses import replace

import pytest

from services.purchases.domain.errors import ProgramInvalid
from services.purchases.domain.program import Points, Program, Tier, check_program
from services.purchases.usecases.describe_program import describe_program


def conditions(program: Program, language: str) -> str:
    return describe_program(program, "RUB")[language].conditions


def test_stamps_alone_say_nothing_of_points() -> None:
    assert conditions(Program(), "ru") == "Каждая 6-я чашка приносит подарок: капучино 0,2 л."
    assert conditions(Program(), "en") == "Every 6th cup brings a gift: cappuccino 0.2 l."
    assert describe_program(Program(), "RUB")["ru"].receipt == "4 из 6 чашек до подарка: капучино 0,2 л."


@pytest.mark.parametrize(("days", "words"), [(21, "21 день"), (22, "22 дня"), (25, "25 дней"), (365, "365 дней")])
def test_days_are_counted_in_russian(days: int, words: str) -> None:
    program = Program(mode="points", points=Points(valid_days=days))
    assert f"Баллы действуют {words}." in conditions(program, "ru")


@pytest.mark.parametrize(
    ("minor", "words"), [(1_00, "1 балл"), (2_00, "2 балла"), (5_00, "5 баллов"), (21_00, "21 балл"), (50, "0,5 балла")]
)
def test_points_are_counted_in_russian(minor: int, words: str) -> None:
    program = Program(mode="points", points=Points(welcome=minor))
    assert f"За регистрацию дарим {words}." in conditions(program, "ru")


def test_points_tiers_and_bonuses_are_told() -> None:
    points = Points(
        tiers=(Tier("bronze", 0, 350), Tier("silver", 10_000_00, 500)), welcome=100_00, referral_referrer=50_00
    )
    told = conditions(Program(mode="points", points=points), "ru").replace("\xa0", " ")
    assert "3,5 % (бронза), 5 % (серебро от 10 000 ₽ за год)" in told
    assert "За регистрацию дарим 100 баллов." in told
    assert "вам 50 баллов" in told
    assert "чашка" not in told


@pytest.mark.parametrize(
    ("tiers", "pointer"),
    [
        ((Tier("silver", 0, 1), Tier("bronze", 5, 2)), "/points/tiers"),
        ((Tier("bronze", 0, 1), Tier("bronze", 5, 2)), "/points/tiers"),
        ((Tier("bronze", 1, 1),), "/points/tiers/0/spend"),
        ((Tier("bronze", 0, 1), Tier("silver", 0, 2)), "/points/tiers/1/spend"),
        ((Tier("bronze", 0, 2), Tier("gold", 5, 1)), "/points/tiers/1/rate"),
    ],
)
def test_tiers_must_rise(tiers: tuple[Tier, ...], pointer: str) -> None:
    with pytest.raises(ProgramInvalid) as refused:
        check_program(replace(Program(), points=Points(tiers=tiers)))
    assert refused.value.pointer == pointer
