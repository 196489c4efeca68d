"""A beat that shows that it beats: it has no door to knock at, so a probe looks at the age of a file.

`BEZKART_BEAT_FILE` names the file; without it nothing is written.
"""

import os
from pathlib import Path
from typing import Any, Final

from redbeat import RedBeatScheduler

BEAT_FILE: Final = "BEZKART_BEAT_FILE"


class VisibleScheduler(RedBeatScheduler):  # type: ignore[misc]  # Celery and RedBeat carry no types
    """RedBeat that touches its file with every tick (every five seconds at the latest)."""

    def tick(self, *arguments: Any, **options: Any) -> Any:
        until_next = super().tick(*arguments, **options)
        if path := os.environ.get(BEAT_FILE):
            Path(path).touch()
        return until_next
