"""What can be wrong with a request about messages and templates."""

from bezkart.kernel.errors import DomainError, Kind


class MessageNotFound(DomainError):
    kind = Kind.NOT_FOUND
    slug = "message-not-found"
    title = "There is no such message"


class MessageSettled(DomainError):
    """Delivered by the wanted channel, expired or cancelled: it is too late to send it another way."""

    kind = Kind.CONFLICT
    slug = "message-settled"
    title = "The message cannot be sent another way any more"


class ChannelNotPossible(DomainError):
    """The guest has no address there, the address is dead, or the message must not go that way."""

    kind = Kind.INVALID
    slug = "channel-not-possible"
    title = "The message cannot go by this channel"


class PushOff(DomainError):
    """This installation has no key for Web Push."""

    kind = Kind.CONFLICT
    slug = "push-off"
    title = "Notes to browsers are not switched on here"


class PushRefused(DomainError):
    """What was sent is no subscription of a known browser's push service."""

    kind = Kind.INVALID
    slug = "push-refused"
    title = "This browser's notes cannot be used"


class TemplateNotFound(DomainError):
    kind = Kind.NOT_FOUND
    slug = "template-not-found"
    title = "There is no such template"
