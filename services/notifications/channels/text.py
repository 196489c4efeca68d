"""How long a text may be. Messengers and gateways count alike: in UTF-16 units, so an emoji is two."""

from services.notifications.channels.port import TextRefused


def units(text: str) -> int:
    """How long it is. Raises TextRefused for what is no Unicode."""
    try:
        return len(text.encode("utf-16-le")) // 2
    except UnicodeEncodeError:
        raise TextRefused("not-utf8") from None


def refuse_text(text: str, *, longest: int) -> None:
    """Raises TextRefused for a text that the provider would refuse anyway, or that is no Unicode."""
    length = units(text)
    if not text.strip():
        raise TextRefused("no-text")
    if length > longest:
        raise TextRefused("too-long", detail=f"{length} of {longest}")
