"""Fault points: silent unless armed, deadly where they are, impossible in production."""

import signal
import subprocess
import sys

import pytest
from pydantic import ValidationError

from bezkart.kit import faults
from bezkart.kit.settings import Settings

LIVES_THROUGH = """
import asyncio, sys
from bezkart.kit import faults

async def main():
    faults.arm(sys.argv[1])
    faults.strike("before-ack")
    faults.strike_soon("after-publish")
    await asyncio.sleep(0.1)

asyncio.run(main())
"""


def life(armed: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run([sys.executable, "-c", LIVES_THROUGH, armed], capture_output=True, check=False)


@pytest.mark.parametrize("point", ["before-ack", "after-publish"])
def test_an_armed_point_kills_and_says_so(point: str) -> None:
    died = life(f"{point}:1")
    assert died.returncode == -signal.SIGKILL
    assert f'"point": "{point}"'.encode() in died.stderr


@pytest.mark.parametrize("armed", ["", "before-ack:0", "before-write:1"])
def test_others_live(armed: str) -> None:
    assert life(armed).returncode == 0


def test_production_refuses_and_so_do_misspelt_points() -> None:
    assert Settings(env="dev", faults="before-ack:0.5").faults
    with pytest.raises(ValidationError, match="refused in production"):
        Settings(env="prod", faults="before-ack:0.5")
    with pytest.raises(ValidationError, match="no such fault point"):
        Settings(env="dev", faults="before-lunch:0.5")


def test_points_are_named_in_the_order_of_a_purchase() -> None:
    assert faults.parse(",".join(f"{point}:0.1" for point in faults.POINTS)) == dict.fromkeys(faults.POINTS, 0.1)
