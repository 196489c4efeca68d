"""A collector of traces in this process: OTLP over HTTP, read as the protocol says."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)


@dataclass(frozen=True, slots=True)
class Told:
    """One span: which process told of it, of what, and where it hangs."""

    process: str
    name: str
    trace: str
    id: str
    parent: str


@dataclass
class Collector:
    address: str
    spans: list[Told] = field(default_factory=list)

    def of(self, trace: str) -> list[Told]:
        return [span for span in self.spans if span.trace == trace]

    def take(self, body: bytes) -> None:
        request = ExportTraceServiceRequest.FromString(body)
        for process in request.resource_spans:
            facts = {each.key: each.value.string_value for each in process.resource.attributes}
            self.spans += [
                Told(
                    facts["service.name"], span.name, span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex()
                )
                for scope in process.scope_spans
                for span in scope.spans
            ]


@contextmanager
def listening() -> Iterator[Collector]:
    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            fits = self.path == "/v1/traces" and self.headers["Content-Type"] == "application/x-protobuf"
            if fits:
                collector.take(body)
            self.send_response(200 if fits else 404)
            self.send_header("Content-Type", "application/x-protobuf")
            self.end_headers()
            self.wfile.write(ExportTraceServiceResponse().SerializeToString())

        def log_message(self, *_: object) -> None:
            """Keeps quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    collector = Collector(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
