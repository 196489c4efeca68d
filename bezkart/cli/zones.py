"""Time zones by their IANA names."""

from zoneinfo import ZoneInfo

from bezkart.cli.failures import BadUsage


def zone_named(name: str) -> ZoneInfo:
    """Raises BadUsage."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise BadUsage(f"There is no time zone {name!r}; names are such as Europe/Moscow.") from None
