"""The nginx of this machine: the template of services/gateway filled in with local addresses."""

import os
from collections.abc import Mapping
from pathlib import Path
from string import Template

from bezkart.local import health
from bezkart.local.ports import HOST
from bezkart.local.rundir import PROJECT_ROOT, RunDir, write_private
from bezkart.local.spec import Spec, Stage

TEMPLATE = PROJECT_ROOT / "services" / "gateway" / "nginx.conf.template"
BEHIND = ("bot", "campaigns", "feedback", "identity", "notifications", "purchases", "reports", "segments", "web")


def render(folder: Path, *, listen: int, upstreams: Mapping[str, int], **settings: str) -> str:
    """The configuration text; `settings` replaces defaults by name, e.g. `rate="100r/s"`."""
    values = {
        "GATEWAY_LISTEN": f"{HOST}:{listen}",
        "GATEWAY_DIR": str(folder),
        # The machine is one client to itself: the benchmarks and the import come from one address.
        "GATEWAY_RATE": "2000r/s",
        "GATEWAY_BURST": "4000",
        "GATEWAY_ADDRESS_RATE": "5000r/s",
        "GATEWAY_ADDRESS_BURST": "10000",
        "GATEWAY_SIGN_IN_RATE": "5r/s",
        "GATEWAY_SIGN_IN_BURST": "20",
        "GATEWAY_WORKERS": "1",
        "GATEWAY_TRUSTED": "",
    }
    values |= {f"GATEWAY_{name.upper()}": f"{HOST}:{upstreams[name]}" for name in BEHIND}
    values |= {f"GATEWAY_{name.upper()}": value for name, value in settings.items()}
    # Only our own names are replaced: the template is full of nginx's variables.
    return Template(TEMPLATE.read_text(encoding="utf-8")).safe_substitute(values)


def command(program: Path, *, folder: Path, config: Path) -> tuple[str, ...]:
    # Started by root, nginx would give its workers to an account that may not enter the private run directory.
    user = " user root;" if os.geteuid() == 0 else ""
    return (str(program), "-p", str(folder), "-e", "stderr", "-c", str(config), "-g", f"daemon off;{user}")


def spec(run_dir: RunDir, *, ports: Mapping[str, int], program: Path, base: Mapping[str, str]) -> Spec:
    folder = run_dir.folder("gateway")
    config = run_dir.conf / "nginx.conf"
    write_private(config, render(folder, listen=ports["gateway"], upstreams=ports))
    # Started by root, nginx would hand its workers to nobody, who may not enter a private run folder.
    user = " user root;" if os.geteuid() == 0 else ""
    return Spec(
        name="gateway",
        stage=Stage.GATEWAY,
        argv=(str(program), "-p", str(folder), "-e", "stderr", "-c", str(config), "-g", f"daemon off;{user}"),
        environment=base,
        folder=folder,
        port=ports["gateway"],
        healthy=health.http_ok(ports["gateway"], "/health"),
    )
