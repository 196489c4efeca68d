"""JSON logs: one object a line, ids as fields, never a phone number."""

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import orjson
import structlog

from bezkart.kernel.masking import mask_text


def _strike_out_numbers(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    return {key: mask_text(value) if isinstance(value, str) else value for key, value in event.items()}


def _render(event: Mapping[str, Any], **_options: Any) -> bytes:
    return orjson.dumps(event, default=str)


def _render_text(event: Mapping[str, Any], **options: Any) -> str:
    return _render(event, **options).decode()


def configure_logging(*, service: str, level: str) -> None:
    """JSON lines on stdout: ours straight away, those of the libraries by the standard library's loggers."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _strike_out_numbers,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(serializer=_render)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(sys.stdout.buffer),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=_render_text),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    structlog.contextvars.bind_contextvars(service=service)
