"""The stamp card and the gifts that full cards earned (F11, F16). Pure."""

from dataclasses import dataclass, replace

from services.purchases.domain.errors import GiftAlreadyIssued, GiftLocked, NoGift
from services.purchases.domain.program import Program, Words


@dataclass(frozen=True, slots=True)
class Promise:
    """So many gifts of these words in a row."""

    words: Words
    count: int


@dataclass(frozen=True, slots=True)
class Card:
    """`stamps` < `card_size` are on the open card, which earns `card_gift`; `closed` holds the sizes of the latest full cards.

    `promised` tells what the `gifts` are, oldest first. Where it tells of fewer, the oldest are what the present program gives.
    """

    stamps: int
    card_size: int
    closed: tuple[int, ...]
    gifts: int
    card_gift: Words | None
    promised: tuple[Promise, ...]

    def filled(self, stamps: int, program: Program) -> "Card":
        """With `stamps` more; every full card becomes a gift. The open card ends under the rules it began with."""
        card = replace(self, stamps=self.stamps + stamps)
        while card.stamps >= card.card_size:
            card = replace(
                card,
                stamps=card.stamps - card.card_size,
                gifts=card.gifts + 1,
                closed=(*card.closed, card.card_size),
                promised=_pushed(card.promised, card.card_gift),
                card_size=program.cups_per_gift,
                card_gift=program.gift_words,
            )
        return card

    def emptied(self, stamps: int, *, locked: int) -> "Card":
        """Without the last `stamps`, opening cards again. Raises GiftAlreadyIssued, GiftLocked (`locked` gifts stay)."""
        card = replace(self, stamps=self.stamps - stamps)
        while card.stamps < 0:
            if card.gifts == 0:
                raise GiftAlreadyIssued
            if card.gifts <= locked:
                raise GiftLocked
            promised, words = _popped(card.promised)
            card = replace(
                card,
                stamps=card.stamps + card.closed[-1],
                card_size=card.closed[-1],
                closed=card.closed[:-1],
                gifts=card.gifts - 1,
                promised=promised,
                card_gift=words,
            )
        return card

    def next_gift(self) -> Words | None:
        """What the oldest gift is; None: what the present program gives. Raises NoGift."""
        if self.gifts == 0:
            raise NoGift
        told = sum(promise.count for promise in self.promised)
        return self.promised[0].words if told == self.gifts else None

    def handed_over(self) -> "Card":
        """Without the oldest gift. Raises NoGift."""
        promised = self.promised
        if self.next_gift() is not None:
            first, *others = promised
            promised = (replace(first, count=first.count - 1), *others) if first.count > 1 else tuple(others)
        return replace(self, gifts=self.gifts - 1, promised=promised)

    def given_back(self, words: Words | None) -> "Card":
        """With a gift that was handed over in front of the others again."""
        promised = self.promised
        if words is not None and promised and promised[0].words == words:
            promised = (replace(promised[0], count=promised[0].count + 1), *promised[1:])
        elif words is not None:
            promised = (Promise(words, 1), *promised)
        return replace(self, gifts=self.gifts + 1, promised=promised)


def _pushed(promised: tuple[Promise, ...], words: Words | None) -> tuple[Promise, ...]:
    if words is None:
        return promised
    if promised and promised[-1].words == words:
        return (*promised[:-1], replace(promised[-1], count=promised[-1].count + 1))
    return (*promised, Promise(words, 1))


def _popped(promised: tuple[Promise, ...]) -> tuple[tuple[Promise, ...], Words | None]:
    if not promised:
        return promised, None
    *others, last = promised
    left = (replace(last, count=last.count - 1),) if last.count > 1 else ()
    return (*others, *left), last.words
