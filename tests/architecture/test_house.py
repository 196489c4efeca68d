"""The layout of the house: every service has the same rooms and no others; files and functions stay small."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = sorted(path for path in (ROOT / "services").iterdir() if (path / "app.py").exists())
ROOMS = {
    "README.md", "__init__.py", "domain", "usecases", "store.py", "store", "api", "handlers.py", "jobs.py",
    "schedule.py", "beat.py", "worker.py",
    "settings.py", "app.py",
}  # fmt: skip
OWN_ROOMS = {
    "bot": {"counting.py", "dialogues", "gateway_client.py", "screens", "telegram", "words"},
    "notifications": {"channels", "queues.py"},
    "reports": {"words"},
    "web": {"templates", "static", "words"},
}
SOURCES = sorted(path for top in ("bezkart", "services") for path in (ROOT / top).rglob("*.py"))
LONGEST_FILE = 300
LONGEST_FUNCTION = 60


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.name)
def test_rooms(service: Path) -> None:
    allowed = ROOMS | OWN_ROOMS.get(service.name, set())
    rooms = {path.name for path in service.iterdir() if path.name != "__pycache__"}
    assert rooms <= allowed
    assert {"README.md", "settings.py", "app.py", "api"} <= rooms


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_sizes_and_docstrings(source: Path) -> None:
    text = source.read_text()
    tree = ast.parse(text)
    assert text.count("\n") <= LONGEST_FILE
    assert not text.strip() or ast.get_docstring(tree), "a file says what its room is for"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"


def test_no_room_for_leftovers() -> None:
    names = {path.stem for path in SOURCES}
    assert not names & {"utils", "helpers", "common", "misc"}


def test_readme_names_every_service() -> None:
    readme = (ROOT / "README.md").read_text()
    for service in SERVICES:
        assert f"services/{service.name}" in readme
