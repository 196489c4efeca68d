"""What was bought after a campaign, whatever the order of the news (F34)."""

from datetime import timedelta
from itertools import permutations

from services.campaigns.domain.effect import Reached, Side, measure
from services.campaigns.store.responses import Addressed, BoughtBy, End, Responses
from services.campaigns.usecases.collaborators import Campaigns
from services.campaigns.usecases.show_effect import effect_of_mailing, effects
from tests.integration.campaigns.conftest import SHOP, Mill

HOUR = timedelta(hours=1)


async def test_any_order_and_any_number_of_the_news_is_the_same(mill: Mill) -> None:
    """A delivery told twice, one purchase that was undone and one that stands; and another guest's."""
    sent = mill.clock.now()
    delivered = sent + HOUR
    outcomes = set()
    for place, order in enumerate(permutations(range(5))):
        campaign, guest, key = f"mailing:c_{place}", f"g_{place}", f"mailing:c_{place}:1:g_{place}"
        responses = mill.service.responses
        await responses.open(SHOP, [Addressed(key, campaign, guest, "a", "leaving", sent)])
        undone = BoughtBy(guest, "p_1", delivered + HOUR, 100, undone=True)
        stands = BoughtBy(guest, "p_2", delivered + HOUR, 200, {"promo_1": 50, "promo_2": 7})
        for step in (*order, *order[:2]):
            match step:
                case 0:
                    await responses.settle(SHOP, [End(key, "failed", None), End(key, "delivered", delivered)])
                case 1:
                    await responses.settle(SHOP, [End(key, "delivered", delivered + HOUR * 3)])
                case 2:
                    await responses.learn_purchases(SHOP, [BoughtBy(guest, "p_1", delivered + HOUR, 100)])
                case 3:
                    await responses.learn_purchases(SHOP, [undone])
                case 4:
                    await responses.learn_purchases(SHOP, [stands, BoughtBy("g_else", "p_3", delivered + HOUR, 900)])
        await responses.open(SHOP, [Addressed(key, campaign, guest, "b", "new", sent + HOUR)])
        outcomes.add(await the_side(mill.service, campaign))
    assert outcomes == {Side("a", 1, 1, came_back=1, bought=1, revenue=200, gift_cost=50)}


async def the_side(service: Campaigns, campaign: str) -> Side:
    counted = await service.responses.count(SHOP, campaign)
    bought = await service.responses.who_bought(SHOP, campaign, promotion_id="promo_1")
    assert counted.sides == {"a": Reached(1, 1)}
    return measure(counted.sides, bought).sides[0]


async def test_who_is_erased_is_counted_no_more(mill: Mill) -> None:
    responses: Responses = mill.service.responses
    sent = mill.clock.now()
    lines = [Addressed(f"mailing:c_1:1:{each}", "mailing:c_1", each, "a", None, sent) for each in ("g_1", "g_2")]
    await responses.open(SHOP, lines)
    await responses.erase(SHOP, "g_1")
    assert (await responses.count(SHOP, "mailing:c_1")).sides == {"a": Reached(1, 0)}


async def test_once_it_is_long_over_the_figures_stay(mill: Mill) -> None:
    """A year of mailings is read at once: nobody's line is looked at again."""
    await mill.guests(12)
    mailing = await mill.launched(holdout_percent=30)
    await mill.run()
    assert (await mill.mailing(mailing)).state == "done"
    counting = await effect_of_mailing(SHOP, mailing.id, mill.service)
    sent = {each.variant: each.guests for each in counting.effect.sides}
    assert sum(sent.values()) == 12
    assert await mill.service.effects.kept(SHOP, [mailing.id]) == {}
    mill.clock.offset += timedelta(days=6)
    over = await effect_of_mailing(SHOP, mailing.id, mill.service)
    for number in range(12):
        await mill.service.responses.erase(SHOP, f"g_{number:05d}")
    assert (await effects(SHOP, None, 20, mill.service)) == [over]
    assert {each.variant: each.guests for each in over.effect.sides} == sent
