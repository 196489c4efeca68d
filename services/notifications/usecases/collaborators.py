"""Everything the use cases of notifications work with; built in `app.py`."""

from dataclasses import dataclass

from bezkart.kernel.ids import GuestIds
from bezkart.kit.clock import Clock
from bezkart.kit.job_sender import JobSender
from bezkart.kit.live import LiveUpdates
from bezkart.kit.vault import Envelopes
from services.notifications.channels.breaker import Breakers
from services.notifications.channels.sendings import Sendings
from services.notifications.channels.web_push import WebPush
from services.notifications.store.agenda import Agenda
from services.notifications.store.guests import Guests
from services.notifications.store.messages import Messages
from services.notifications.store.shops import Shops
from services.notifications.store.stopped import StoppedCampaigns
from services.notifications.store.wishes import Wishes


@dataclass(frozen=True, slots=True)
class Notifications:
    """`envelopes` open the addresses that identity has sealed, and seal secret texts. `push` is None where there is no key for it."""

    messages: Messages
    guests: Guests
    wishes: Wishes
    shops: Shops
    stopped: StoppedCampaigns
    agenda: Agenda
    envelopes: Envelopes
    sendings: Sendings
    breakers: Breakers
    push: WebPush | None
    jobs: JobSender
    live: LiveUpdates
    guest_ids: GuestIds
    clock: Clock
