"""Celery for scheduled and mass work, with the settings that keep tasks on quorum queues safe.

A beat needs nothing else: what a worker needs beside it (`kit.job_worker`) would be most of a beat's memory.
"""

from collections.abc import Sequence
from typing import Any, Literal

from celery import Celery
from kombu import Exchange, Queue

Pool = Literal["prefork", "threads", "solo"]

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

    In a pool of threads, or in none, nothing can be cancelled: a task that lost its connection ends, and what came twice changes nothing.
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
        # Without a pool nobody answers the broker while a task runs: a long one would lose its connection, and run again.
        broker_heartbeat=0 if pool == "solo" else app.conf.broker_heartbeat,
        beat_scheduler="bezkart.kit.beat:VisibleScheduler",
        beat_max_loop_interval=5,
        redbeat_redis_url=redis_url,
        redbeat_key_prefix=f"{namespace}{service}:beat:",
        redbeat_lock_timeout=30,
    )
    return app


def run_beat(app: Celery) -> None:
    """Until SIGTERM."""
    app.start(["beat", "--loglevel=WARNING"])
