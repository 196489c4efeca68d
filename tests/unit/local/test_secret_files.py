"""Secrets as files: all that the services and the broker need, written once."""

import base64
import hashlib
import json
from pathlib import Path

import pytest

from bezkart.local.secret_files import write_missing
from services.identity.settings import IdentitySettings


def test_all_of_it_and_never_twice(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    written = write_missing(folder, demo=False)
    before = {path.name: path.read_text() for path in folder.iterdir()}
    assert sorted(before) == written
    assert "BEZKART_TELEGRAM_TOKEN" not in written
    assert write_missing(folder, demo=True) == ["BEZKART_SMS_PASSWORD", "BEZKART_TELEGRAM_TOKEN"]
    assert before == {name: (folder / name).read_text() for name in before}
    assert folder.stat().st_mode & 0o777 == 0o700


def test_the_broker_knows_the_password_of_the_address(tmp_path: Path) -> None:
    write_missing(tmp_path, demo=False)
    password = (tmp_path / "amqp-password").read_text()
    assert f":{password}@rabbitmq" in (tmp_path / "BEZKART_AMQP_URL").read_text()
    (user, watcher) = json.loads((tmp_path / "rabbitmq-definitions.json").read_text())["users"]
    stored = base64.b64decode(user["password_hash"])
    assert stored[4:] == hashlib.sha256(stored[:4] + password.encode()).digest()
    assert watcher["tags"] == ["monitoring"]


def test_a_service_reads_its_secrets_from_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_missing(tmp_path, demo=False)
    monkeypatch.setenv("BEZKART_SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("BEZKART_MONGO_URL", "mongodb://mongo:27017")
    monkeypatch.setenv("BEZKART_REDIS_URL", "redis://elsewhere")
    settings = IdentitySettings()
    assert settings.env == "prod"
    assert settings.ops_key.get_secret_value() == (tmp_path / "BEZKART_OPS_KEY").read_text()
    assert settings.redis_url == "redis://elsewhere", "the environment goes before the files"
