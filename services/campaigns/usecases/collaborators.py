"""Everything the use cases of campaigns work with; built in `app.py`."""

from dataclasses import dataclass

from bezkart.kit.clock import Clock
from bezkart.kit.live import LiveUpdates
from services.campaigns.store.agenda import CampaignsAgenda
from services.campaigns.store.audiences import Audiences
from services.campaigns.store.batches import Batches
from services.campaigns.store.effects import Effects
from services.campaigns.store.guests import Guests
from services.campaigns.store.mailings import Mailings
from services.campaigns.store.marks import Marks
from services.campaigns.store.promotions import Promotions
from services.campaigns.store.responses import Responses
from services.campaigns.store.saved_audiences import SavedAudiences
from services.campaigns.store.shops import Shops
from services.campaigns.store.triggers import Triggers
from services.campaigns.store.uses import Uses


@dataclass(frozen=True, slots=True)
class Campaigns:
    """`per_second`: at that pace messages are handed over."""

    guests: Guests
    marks: Marks
    audiences: Audiences
    saved: SavedAudiences
    mailings: Mailings
    triggers: Triggers
    batches: Batches
    responses: Responses
    effects: Effects
    promotions: Promotions
    uses: Uses
    shops: Shops
    agenda: CampaignsAgenda
    live: LiveUpdates
    per_second: float
    clock: Clock
