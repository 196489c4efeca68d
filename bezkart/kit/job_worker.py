"""The process that runs Celery's tasks: asynchronous code on one loop, with the ops routes beside it."""

import asyncio
import os
import threading
from collections.abc import Callable, Coroutine
from secrets import token_hex
from typing import Any, Generic, TypeVar

import uvicorn
import uvloop
from celery import Celery, current_task
from celery.signals import worker_init, worker_process_init, worker_process_shutdown, worker_shutdown
from fastapi import FastAPI
from opentelemetry.trace import SpanKind

from bezkart.kit import metrics
from bezkart.kit.jobs import Pool
from bezkart.kit.tracing import Spans

Service = TypeVar("Service")
Result = TypeVar("Result")


class AsyncWorker(Generic[Service]):
    """Gives the tasks of one worker process an event loop of its own, the service's objects, and `/health` and `/metrics`.

    Everything is built in the child, after the fork. With a pool of threads there is no child, and one process runs many tasks
    at a time on the one loop; with `solo` there is neither, and it runs one task after the other.
    """

    def __init__(
        self, build: Callable[[], tuple[Service, FastAPI]], *, host: str, port: int, pool: Pool = "prefork"
    ) -> None:
        self._build = build
        self._host, self._port = host, port
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: uvicorn.Server | None = None
        self._service: Service | None = None
        self._spans = Spans()
        self._thread: threading.Thread | None = None
        begins, ends = worker_init, worker_shutdown
        if pool == "prefork":
            begins, ends = worker_process_init, worker_process_shutdown
        begins.connect(self._start, weak=False)
        ends.connect(self._stop, weak=False)

    def run(self, name: str, work: Callable[[Service], Coroutine[Any, Any, Result]]) -> Result:
        """Run `work` of task `name` on the loop and wait for its end."""
        if self._loop is None or self._service is None:
            raise RuntimeError("the worker process was not initialised")
        parent = current_task.request.get("traceparent") if current_task else None

        async def within_its_trace(service: Service) -> Result:
            with self._spans.within(parent, name, kind=SpanKind.CONSUMER):
                return await work(service)

        try:
            result = asyncio.run_coroutine_threadsafe(within_its_trace(self._service), self._loop).result()
        except BaseException:
            metrics.jobs.labels(name, "failed").inc()
            raise
        metrics.jobs.labels(name, "done").inc()
        return result

    def _start(self, **_signal: Any) -> None:
        ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(ready,), daemon=True)
        self._thread.start()
        ready.wait(timeout=30)

    def _serve(self, ready: threading.Event) -> None:
        async def main() -> None:
            self._service, app = self._build()
            self._spans = app.state.spans
            self._loop = asyncio.get_running_loop()
            config = uvicorn.Config(app, host=self._host, port=self._port, log_config=None, access_log=False)
            self._server = uvicorn.Server(config)
            ready.set()
            await self._server.serve()

        try:
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(main())
        finally:
            if not (self._server and self._server.should_exit):
                os._exit(1)  # without its loop the child is of no use: the pool replaces it, its task goes to another

    def _stop(self, **_signal: Any) -> None:
        if self._server and self._thread:
            self._server.should_exit = True
            self._thread.join(timeout=15)


def run_worker(app: Celery, *, name: str, tasks: int = 1) -> None:
    """Run `tasks` at a time, until SIGTERM.

    Under a name of its own: a worker that comes back must not wait until the broker has forgotten the one that died.
    """
    hostname = f"--hostname={name}-{token_hex(4)}@%h"
    app.worker_main(
        ["worker", hostname, f"--concurrency={tasks}", "--loglevel=WARNING", "--without-gossip", "--without-mingle"]
    )
