"""`python -m bezkart.local.standins serve`: all stand-ins on one port, one path prefix each."""

import os
import sys

from aiohttp import web

from bezkart.local.standins.app import build_app


def main(entry: str) -> None:
    if entry != "serve":
        raise SystemExit(f"bezkart.local.standins has no entry {entry!r}; it has: serve")
    if os.environ.get("BEZKART_ENV") not in {"demo", "dev"}:
        raise SystemExit("stand-ins deliver nothing: BEZKART_ENV must be demo or dev")
    host, port = os.environ.get("BEZKART_HTTP_HOST", "127.0.0.1"), int(os.environ["BEZKART_HTTP_PORT"])
    web.run_app(build_app(), host=host, port=port, print=None, access_log=None, shutdown_timeout=1.0)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "serve")
