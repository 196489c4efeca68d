"""What helm makes of the chart. Run by `make helm-check`, which installs the tools."""

import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.reading import CHART, ROOT, VALUES

TOOLS = ROOT / ".tools" / "bin"
Manifest = dict[str, Any]
Render = Callable[..., "subprocess.CompletedProcess[str]"]


def tool(name: str) -> str:
    """Of this machine, else of `.tools`."""
    found = shutil.which(name) or shutil.which(name, path=str(TOOLS))
    assert found, f"{name} is not here: run `make helm-check`, it installs what is missing"
    return found


@cache
def render(values: str, *settings: str, release: str = "bezkart") -> "subprocess.CompletedProcess[str]":
    """`helm template` with one of the values files of the project and `--set`s."""
    chosen = [word for setting in settings for word in ("--set", setting)]
    file = str(VALUES[values])
    command = [tool("helm"), "template", release, str(CHART), "--namespace", "bezkart", "--values", file, *chosen]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@cache
def manifests(values: str) -> tuple[Manifest, ...]:
    rendered = render(values)
    assert rendered.returncode == 0, rendered.stderr
    return tuple(each for each in yaml.safe_load_all(rendered.stdout) if each)


@pytest.fixture(params=VALUES)
def values(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def objects(values: str) -> tuple[Manifest, ...]:
    return manifests(values)


@pytest.fixture
def helm() -> Render:
    return render


@pytest.fixture
def golden(values: str) -> Path:
    return ROOT / "tests" / "deploy" / "golden" / f"{values}.txt"
