"""Becoming a guest: the number, both consents one by one, the proof of a number that is somebody's."""

from services.bot.screens.screen import Screen
from services.bot.screens.voice import Voice


def ask_contact(voice: Voice) -> Screen:
    text = voice("join.welcome", shop=voice.shop_name) + "\n\n" + voice("join.contact")
    return Screen(text, contact_button=voice("join.share"))


def ask_processing(voice: Voice) -> Screen:
    yes, no = voice.button("join.agree", "g.processing", "yes"), voice.button("join.refuse", "g.processing", "no")
    return Screen(voice("join.processing", shop=voice.shop_name), ((yes, no),))


def ask_advertising(voice: Voice) -> Screen:
    yes, no = voice.button("join.want", "g.advertising", "yes"), voice.button("join.spare", "g.advertising", "no")
    return Screen(voice("join.advertising", shop=voice.shop_name), ((yes, no),))


def without_consent(voice: Voice) -> Screen:
    return Screen(voice("join.without_consent"), ((voice.button("join.begin_again", "g.join"),),))


def ask_proof(voice: Voice, problem: str = "") -> Screen:
    text = "\n\n".join(filter(None, (problem, voice("join.prove"))))
    return Screen(text, ((voice.button("cancel", "g.join"),),))
