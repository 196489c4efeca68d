"""What we are made of: every package of the lock is named with its licence, and an unreachable service of advisories is said."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bezkart.local import supply
from bezkart.local.lock import read_lock


def test_every_package_says_its_licence() -> None:
    names = read_lock(supply.LOCK.read_text(encoding="utf-8"))
    found = {name: licence for name, _, licence in supply.licences(names)}
    assert found["pydantic"] == "MIT"
    unknown = sorted(name for name, licence in found.items() if licence == supply.UNKNOWN)
    assert len(unknown) <= 3, unknown
    assert not [name for name, licence in found.items() if "AGPL" in licence or "Affero" in licence]


@pytest.mark.parametrize(
    ("expression", "text", "classifiers", "licence"),
    [
        ("MIT", "BSD", ["License :: OSI Approved :: Apache Software License"], "MIT"),
        (None, "BSD", ["License :: OSI Approved :: Apache Software License"], "Apache Software License"),
        (None, "BSD-3-Clause", [], "BSD-3-Clause"),
        (None, "Permission is hereby granted, free of charge, to any person obtaining a copy", [], supply.UNKNOWN),
        (None, None, [], supply.UNKNOWN),
    ],
)
def test_the_clearest_word_is_taken(
    expression: str | None, text: str | None, classifiers: list[str], licence: str
) -> None:
    assert supply.licence_of(expression, text, classifiers) == licence


def audited(monkeypatch: pytest.MonkeyPatch, *, code: int, out: str, error: str) -> int:
    def run(*_: Any, **__: Any) -> "subprocess.CompletedProcess[str]":
        return subprocess.CompletedProcess([], code, out, error)

    monkeypatch.setattr(subprocess, "run", run)
    return supply.audit()


def told(*dependencies: dict[str, Any]) -> str:
    return json.dumps({"dependencies": dependencies, "fixes": []})


def test_a_finding_is_a_failure(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    bad = {"name": "x", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}
    assert audited(monkeypatch, code=1, out=told(bad), error="") == 1
    assert "x 1.0: PYSEC-1, mended in 1.1" in capsys.readouterr().out
    assert audited(monkeypatch, code=0, out=told({"name": "x", "version": "1.0", "vulns": []}), error="") == 0
    assert "1 of 1 packages audited" in capsys.readouterr().out


def test_what_nobody_could_be_asked_about_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audited(monkeypatch, code=1, out="", error="requests.exceptions.ConnectionError: Max retries") == 0
    assert "nothing was audited" in capsys.readouterr().out
    assert audited(monkeypatch, code=0, out=told({"name": "x", "skip_reason": "not found"}), error="") == 0
    assert "0 of 1 packages audited" in capsys.readouterr().out
    assert audited(monkeypatch, code=1, out="", error="no such option") == 1


def test_another_word_is_refused() -> None:
    with pytest.raises(SystemExit, match="sbom, licences, audit"):
        supply.main("bom", Path())
