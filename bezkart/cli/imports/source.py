"""A file's text as physical lines, numbered from 1 as an editor shows them."""

from pathlib import Path
from typing import Final

from bezkart.cli.failures import BadUsage

_UTF8_MARK: Final = b"\xef\xbb\xbf"
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


def read_lines(path: Path) -> list[str]:
    """The lines without their ends; line ends of all systems are known. Raises BadUsage with the reason."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise BadUsage(f"There is no file {path}.") from None
    except IsADirectoryError:
        raise BadUsage(f"{path} is a directory, not a CSV file.") from None
    except OSError as error:
        raise BadUsage(f"{path} cannot be read: {error.strerror or error}.") from None
    lines = _decoded(raw, path).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not any(line.strip() for line in lines):
        raise BadUsage(f"{path} is empty.")
    return lines


def _decoded(raw: bytes, path: Path) -> str:
    if raw.startswith(_UTF16_MARKS):
        raise BadUsage(f"{path} is UTF-16, not UTF-8 (line 1); save it as UTF-8.")
    body = raw.removeprefix(_UTF8_MARK)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        line = body[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n").count(b"\n") + 1
        raise BadUsage(
            f"{path}, line {line}: byte 0x{body[error.start]:02x} is not UTF-8; save it as UTF-8 (is it Windows-1251?)."
        ) from None
