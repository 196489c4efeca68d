"""How many guests each segment has, all shops together: for the dashboards. A shop's own figures are its owner's page."""

from typing import Final

from prometheus_client import Gauge

from services.segments.domain.rules import Segment
from services.segments.usecases.collaborators import Segments

MEASURE_SECONDS: Final = 60.0

_guests: Final = Gauge("bezkart_segments_guests", "Guests by segment, of all shops", ("segment",))


async def measure_sizes(service: Segments) -> None:
    """Five counts of an index a shop."""
    today = service.clock.now().date()
    sizes = [await service.guests.sizes(shop, today) for shop in await service.guests.shops()]
    for segment in Segment:
        _guests.labels(segment.value).set(sum(each.segments[segment] for each in sizes))
