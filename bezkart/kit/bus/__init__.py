"""The event backbone: outbox → publisher → RabbitMQ → idempotent consumers, with delayed retry and dead letters.

At least once, always: an event leaves the outbox only after the broker confirmed it, and leaves its queue only after its handler
ended. What can happen twice is therefore the delivery, never the effect (`docs/reliability.md`).
"""
