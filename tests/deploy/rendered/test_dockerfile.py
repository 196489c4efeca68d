"""hadolint on the Dockerfile."""

import subprocess

from tests.deploy.reading import ROOT
from tests.deploy.rendered.conftest import tool


def test_hadolint_has_nothing_to_say() -> None:
    said = subprocess.run([tool("hadolint"), "Dockerfile"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout
