"""The library that draws charts in the browser, made once per process and kept as a file."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from bezkart.kernel.errors import Unavailable
from bezkart.kit.vega import NotDrawn, make_bundle


class ChartScript:
    """Nobody waits for it but the pages with charts: it is made when the first of them asks."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="bezkart-web-")
        self._path = Path(self._folder.name) / "vega.js"
        self._making = asyncio.Lock()

    async def file(self) -> Path:
        """Raises Unavailable: a chart then shows its table only, and the next visit tries again."""
        async with self._making:
            if not self._path.exists():
                try:
                    made = await make_bundle()
                except NotDrawn as error:
                    raise Unavailable from error
                self._path.write_bytes(made)
        return self._path

    def close(self) -> None:
        self._folder.cleanup()
