"""The commands that feedback gives to notifications. A key tells the occasion and is unique in the shop, so repeating one sends nothing."""

from typing import Final

from bezkart.contracts.notifications import Button, NotifyStaff, SendMessage
from services.feedback.domain.rating import OPEN, Rating
from services.feedback.domain.survey import Survey
from services.feedback.domain.thread import REMIND_AFTER, Message, Thread
from services.feedback.store.shops import Shop

OWNERS: Final = "owner"
FREE_CHANNELS: Final = ("telegram", "web")
_SCORES_IN_A_ROW: Final = 6
_HOURS: Final = 3600


def rating_request(shop: Shop, rating: Rating) -> SendMessage:
    """How was it? One tap on one to five stars."""
    return SendMessage(
        shop=shop.slug,
        guest_id=rating.guest_id,
        key=rating.id,
        template="rating-request",
        values={"hours": int(OPEN.total_seconds()) // _HOURS} | _name(shop),
        channels=FREE_CHANNELS,
        expires_at=rating.due,
        buttons=tuple(Button(text=f"{stars} ★", action=f"rate:{rating.id}:{stars}") for stars in range(1, 6)),
    )


def low_rating(shop: str, rating: Rating, thread: Thread) -> NotifyStaff:
    """Once for the stars, and once more for words that came later."""
    return NotifyStaff(
        shop=shop,
        key=f"low-{rating.id}-{rating.version}",
        role=OWNERS,
        template="low-rating",
        values={"stars": rating.stars or 0} | ({"comment": rating.comment} if rating.comment else {}),
        buttons=_answer_button(thread),
        about=rating.guest_id,
    )


def reminder(shop: str, thread: Thread) -> NotifyStaff:
    """A low rating has waited a day for an answer."""
    return NotifyStaff(
        shop=shop,
        key=f"reminder-{thread.id}",
        role=OWNERS,
        template="low-rating-reminder",
        values={
            "stars": thread.rating.stars if thread.rating else 0,
            "hours": int(REMIND_AFTER.total_seconds()) // _HOURS,
        },
        buttons=_answer_button(thread),
        about=thread.guest_id,
    )


def guest_message(shop: str, thread: Thread, message: Message) -> NotifyStaff:
    """A guest wrote."""
    return NotifyStaff(
        shop=shop,
        key=f"message-{message.id}",
        role=OWNERS,
        template="guest-message",
        values={"text": message.text, "contact_me": int(thread.contact_me)},
        buttons=_answer_button(thread),
        about=thread.guest_id,
    )


def owner_reply(shop: Shop, thread: Thread, message: Message) -> SendMessage:
    """The owner answered; never by SMS, which would cost as much as it is long."""
    return SendMessage(
        shop=shop.slug,
        guest_id=thread.guest_id,
        key=f"reply-{message.id}",
        template="owner-reply",
        values={"text": message.text} | _name(shop),
        channels=FREE_CHANNELS,
    )


def survey_request(shop: Shop, guest_id: str, survey: Survey) -> SendMessage:
    """Would you recommend us? 0 to 10."""
    return SendMessage(
        shop=shop.slug,
        guest_id=guest_id,
        key=f"nps-{survey.id}-{guest_id}",
        template="nps-request",
        values=({"question": survey.question} if survey.question else {}) | _name(shop),
        urgency="bulk",
        channels=FREE_CHANNELS,
        expires_at=survey.closes_at,
        buttons=tuple(
            Button(text=str(score), action=f"nps:{survey.id}:{score}", row=score // _SCORES_IN_A_ROW)
            for score in range(11)
        ),
    )


def _answer_button(thread: Thread) -> tuple[Button, ...]:
    return (Button(text="Ответить", action=f"thread:{thread.id}"),)


def _name(shop: Shop) -> dict[str, str | int]:
    return {"shop_name": shop.name} if shop.name else {}
