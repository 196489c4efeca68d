"""A beat touches its file with every tick, and writes nothing where none is named."""

from pathlib import Path

import pytest
from redbeat import RedBeatScheduler

from bezkart.kit.beat import BEAT_FILE, VisibleScheduler
from bezkart.kit.jobs import celery_app


@pytest.fixture
def scheduler(monkeypatch: pytest.MonkeyPatch) -> VisibleScheduler:
    monkeypatch.setattr(RedBeatScheduler, "tick", lambda *_, **__: 3.5)
    return VisibleScheduler.__new__(VisibleScheduler)


def test_a_tick_is_seen(scheduler: VisibleScheduler, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert scheduler.tick() == 3.5
    file = tmp_path / "beat"
    monkeypatch.setenv(BEAT_FILE, str(file))
    assert scheduler.tick() == 3.5
    assert file.exists()


def test_every_beat_is_such_a_one() -> None:
    app = celery_app(service="x", queues=("x.y",), amqp_url="amqp://unused", redis_url="redis://unused")
    assert app.conf.beat_scheduler == "bezkart.kit.beat:VisibleScheduler"
