"""What a command says on stderr when it cannot go on, and the exit code that goes with it."""

from typing import ClassVar


class CommandFailed(Exception):
    """Ends the command with one clear message."""

    exit_code: ClassVar[int] = 1


class BadUsage(CommandFailed):
    """Wrong options or an unreadable file: running the same again cannot help."""

    exit_code = 2


class Unreachable(CommandFailed):
    """The system did not answer, or said that it is busy, for longer than we are willing to wait."""


class Refused(CommandFailed):
    """The API answered with a problem document (RFC 9457); `slug` is the stable end of its type."""

    def __init__(
        self, *, status: int, slug: str, title: str, detail: str = "", faults: tuple[tuple[str, str], ...] = ()
    ) -> None:
        said = [title, *([detail] if detail and detail != title else [])]
        said += [f"{where}: {what}" for where, what in faults]
        super().__init__(f"{'; '.join(said)} ({slug}, HTTP {status})")
        self.status = status
        self.slug = slug
        self.detail = detail or title
        self.faults = faults
