"""`python -m bezkart.local.supply sbom | licences | audit`: what we are made of, under which terms, and what is known against it."""

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from bezkart.local.lock import read_lock
from bezkart.local.rundir import PROJECT_ROOT

LOCK: Final = PROJECT_ROOT / "requirements.lock"
UNKNOWN: Final = "unknown"
_OFFLINE: Final = ("ConnectionError", "ServiceError", "Max retries", "timed out", "Temporary failure", "ProxyError")
_FREE_TEXT: Final = 60  # a whole licence in place of its name


def sbom(target: Path) -> None:
    """CycloneDX (JSON) of the lock, hashes included."""
    arguments = [
        "requirements",
        str(LOCK),
        "--pyproject",
        str(PROJECT_ROOT / "pyproject.toml"),
        "--output-reproducible",
    ]
    target.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, "-m", "cyclonedx_py", *arguments, "--output-file", str(target)], check=True)


def licences(names: Iterable[str]) -> list[tuple[str, str, str]]:
    """Name, version and licence of each installed package, as the package itself says."""
    found = []
    for name in sorted(names):
        try:
            about: dict[str, Any] = metadata.metadata(name).json
        except metadata.PackageNotFoundError:
            continue  # of another platform
        said = licence_of(about.get("license_expression"), about.get("license"), about.get("classifier", ()))
        found.append((name, about["version"], said))
    return found


def licence_of(expression: str | None, text: str | None, classifiers: Sequence[str]) -> str:
    """The expression; else what the classifiers say; else the old field, where it is a name and no text."""
    if expression:
        return expression
    said = [line.rpartition(" :: ")[2] for line in classifiers if line.startswith("License ::")]
    if said:
        return " / ".join(said)
    first = (text or "").strip().splitlines()[:1]
    return first[0] if first and len(first[0]) <= _FREE_TEXT else UNKNOWN


def audit() -> int:
    """Known vulnerabilities of the lock: 1 when there are some; what nobody could be asked about is said."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(LOCK), "--require-hashes", "--disable-pip"]
    done = subprocess.run(
        [*command, "--format", "json", "--progress-spinner", "off"], capture_output=True, text=True, check=False
    )
    if not done.stdout.strip():
        if not any(word in done.stderr for word in _OFFLINE):
            sys.stderr.write(done.stderr)
            return done.returncode
        sys.stdout.write("The service of advisories does not answer from here: nothing was audited.\n")
        return 0
    told = json.loads(done.stdout)["dependencies"]
    asked = [each for each in told if "vulns" in each]
    found = [(each, vulnerability) for each in asked for vulnerability in each["vulns"]]
    for each, vulnerability in found:
        mended = ", ".join(vulnerability["fix_versions"]) or "no version"
        sys.stdout.write(f"{each['name']} {each['version']}: {vulnerability['id']}, mended in {mended}\n")
    sys.stdout.write(f"{len(asked)} of {len(told)} packages audited, {len(found)} known vulnerabilities.\n")
    return 1 if found else 0


def main(what: str, target: Path) -> int:
    if what == "audit":
        return audit()
    if what == "sbom":
        sbom(target / "sbom.json")
        parts = len(json.loads((target / "sbom.json").read_text(encoding="utf-8"))["components"])
        sys.stdout.write(f"{parts} components in {target / 'sbom.json'}.\n")
        return 0
    if what == "licences":
        rows = licences(read_lock(LOCK.read_text(encoding="utf-8")))
        target.mkdir(parents=True, exist_ok=True)
        lines = ["| Package | Version | Licence |", "|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows)]
        (target / "licences.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
        sys.stdout.write(f"{len(rows)} packages in {target / 'licences.md'}.\n")
        return 0
    raise SystemExit(f"no {what!r}; there are: sbom, licences, audit")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], PROJECT_ROOT / ".supply" / "made"))
