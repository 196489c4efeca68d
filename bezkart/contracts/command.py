"""What one service asks of another: a command, sent to the one queue that carries it out."""

from bezkart.contracts.event import Message


class Command(Message):
    """A request to do something, in the imperative; `type` is its routing key, e.g. `bezkart.notifications.send-message.v1`.

    It travels as events do (outbox, confirms, retries, dead letters), but to one receiver: the queue that lists it in
    `subscriptions`. Carrying it out is idempotent by a key of the sender's.
    """


class GuestCommand(Command):
    """A command about one guest."""

    guest_id: str

    @property
    def subject(self) -> str:
        return self.guest_id
