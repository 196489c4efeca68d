"""promtool on the rules: they are read without a word, and each alert fires when it should and keeps quiet when not."""

import subprocess

from tests.deploy.reading import DEPLOY
from tests.deploy.rendered.conftest import tool

PROMETHEUS = DEPLOY / "prometheus"


def promtool(*words: str) -> None:
    said = subprocess.run([tool("promtool"), *words], cwd=PROMETHEUS, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr


def test_rules_and_configuration_can_be_read() -> None:
    promtool("check", "rules", *(str(path) for path in sorted((PROMETHEUS / "rules").glob("*.yml"))))
    promtool("check", "config", "--syntax-only", "prometheus.yml")


def test_alerts_fire_and_keep_quiet() -> None:
    promtool("test", "rules", *(str(path) for path in sorted((PROMETHEUS / "tests").glob("*.yml"))))
