"""Celery for scheduled and mass work, with the settings that keep tasks on quorum queues safe."""

import asyncio
import os
import threading
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Generic, Literal, TypeVar

import uvicorn
import uvloop
from celery import Celery, current_task
from celery.signals import worker_init, worker_process_init, worker_process_shutdown, worker_shutdown
from fastapi import FastAPI
from kombu import Exchange, Queue
from opentelemetry.trace import SpanKind

from bezkart.kit import metrics
from bezkart.kit.tracing import Spans

Service = TypeVar("Service")
Result = TypeVar("Result")
Pool = Literal["prefork", "threads"]

SETTINGS: dict[str, Any] = {
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "task_default_exchange_type": "topic",
    "task_default_queue_type": "quorum",
    "task_ignore_result": True,
    "task_send_sent_event": True,
    "worker_prefetch_multiplier": 1,
    "worker_cancel_long_running_tasks_on_connection_loss": True,
    "worker_soft_shutdown_timeout": 25,
    "worker_enable_soft_shutdown_on_idle": True,
    "worker_send_task_events": True,
    "worker_hijack_root_logger": False,
    "broker_transport_options": {"confirm_publish": True},
    "broker_connection_max_retries": None,
    "broker_connection_retry_on_startup": True,
}


def celery_app(
    *,
    service: str,
    queues: Sequence[str],
    amqp_url: str,
    redis_url: str,
    namespace: str = "",
    pool: Pool = "prefork",
) -> Celery:
    """A Celery application that knows `queues`; tasks that name none go to the first. Its beat keeps schedule and lock in Redis (RedBeat).

    In a pool of threads nothing can be cancelled: a task that lost its connection ends, and what came twice changes nothing.
    """
    app = Celery(service, broker=amqp_url, set_as_current=False)
    app.conf.update(SETTINGS)
    names = [f"{namespace}{queue}" for queue in queues]
    exchange = Exchange(f"{namespace}bezkart.jobs", type="topic", durable=True)
    app.conf.update(
        task_default_queue=names[0],
        task_default_exchange=exchange.name,
        task_default_routing_key=names[0],
        task_queues=[
            Queue(name, exchange, routing_key=name, queue_arguments={"x-queue-type": "quorum"}) for name in names
        ],
        worker_pool=pool,
        worker_cancel_long_running_tasks_on_connection_loss=pool == "prefork",
        beat_scheduler="bezkart.kit.beat:VisibleScheduler",
        beat_max_loop_interval=5,
        redbeat_redis_url=redis_url,
        redbeat_key_prefix=f"{namespace}{service}:beat:",
        redbeat_lock_timeout=30,
    )
    return app


class AsyncWorker(Generic[Service]):
    """Gives the tasks of one worker process an event loop of its own, the service's objects, and `/health` and `/metrics`.

    Everything is built in the child, after the fork; with a pool of threads there is no child, and one process runs many tasks
    at a time on the one loop.
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
        begins, ends = worker_process_init, worker_process_shutdown
        if pool == "threads":
            begins, ends = worker_init, worker_shutdown
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
