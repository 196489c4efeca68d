"""The `bezkart` command as people run it: a process of its own, in a directory of its own."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from bezkart.local import Stack


@dataclass(frozen=True)
class CommandLine:
    """Speaks to `stack` from the directory `home`."""

    stack: Stack
    home: Path

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """A running command."""
        environment = {**os.environ, "BEZKART_URL": self.stack.gateway, "BEZKART_OPS_KEY": self.stack.ops_key}
        return subprocess.Popen(
            [sys.executable, "-m", "bezkart.cli", *arguments],
            cwd=self.home,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def __call__(self, *arguments: str, exit_code: int = 0) -> str:
        """What the command says: stdout, or stderr if it is to fail."""
        command = self.start(*arguments)
        out, error = command.communicate(timeout=110)
        assert command.returncode == exit_code, f"exit code {command.returncode}\n{out}\n{error}"
        assert "Traceback" not in error
        return error if exit_code else out

    def new_shop(self, timezone: str) -> str:
        """A shop of the test's own."""
        slug = f"import-{uuid4().hex[:10]}"
        self("shop", "create", slug, "--name", "Импорт", "--tz", timezone, "--plan", "start")
        return slug

    def imported(self, shop: str, file: Path, mapping: str, *options: str, kind: str = "purchases") -> dict[str, Any]:
        """The summary of an import."""
        summary: dict[str, Any] = json.loads(
            self("import", kind, shop, str(file), "--map", mapping, "--json", *options)
        )
        return summary

    def segments(self, shop: str, as_of: str) -> dict[str, int]:
        """`total` and the five segments."""
        told = json.loads(self("segments", shop, "--as-of", as_of, "--json"))
        assert (told["shop"], told["as_of"]) == (shop, as_of)
        return {"total": told["total"], **told["segments"]}
