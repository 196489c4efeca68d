"""Link a person of the staff to a Telegram account: the owner invites, the person accepts once (F5, F71)."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from bezkart.kit.documents import until_written
from services.identity.domain.errors import InvitationGone, StaffNotFound, TelegramTaken
from services.identity.domain.sign_in import INVITATION_SECONDS
from services.identity.domain.staff import SealedTelegram, Shop, StaffMember
from services.identity.usecases.collaborators import Identity
from services.identity.usecases.events import staff_contacts_changed
from services.identity.usecases.manage_staff import load_member
from services.identity.usecases.telegram_accounts import seal_telegram


@dataclass(frozen=True, slots=True)
class Invitation:
    """`code` is shown here once and kept as a hash only; it fits into a deep link of Telegram."""

    code: str
    expires_at: datetime


async def invite(shop: str, staff_id: str, service: Identity) -> Invitation:
    """A new one; an earlier one of the same person is dead. Raises StaffNotFound, SignInUnavailable."""
    member = await load_member(shop, staff_id, service)
    if member.dismissed_at is not None:
        raise StaffNotFound
    code = secrets.token_urlsafe(24)
    await service.invitations.put(_digest(code), shop=shop, staff_id=staff_id)
    return Invitation(code, service.clock.now() + timedelta(seconds=INVITATION_SECONDS))


async def accept(code: str, telegram_id: int, service: Identity, *, shop: str) -> tuple[StaffMember, Shop]:
    """Works by this account from now on. `shop` is the one whose bot is asked, empty for the platform's bot.

    Raises InvitationGone, TelegramTaken (the invitation stays good), SignInUnavailable.
    """
    digest = _digest(code)
    invited = await service.invitations.find(digest)
    if invited is None or shop not in {"", invited[0]}:
        raise InvitationGone
    where, staff_id = invited
    account = seal_telegram(telegram_id, service)
    if any(each.shop == where and each.id != staff_id for each in await service.staff.by_telegram(account.index)):
        raise TelegramTaken
    directory = await service.shops.load(where)
    if directory is None or not await service.invitations.take(digest):
        raise InvitationGone
    return await _link(where, staff_id, account, service), directory


async def unlink(shop: str, staff_id: str, service: Identity) -> None:
    """By no Telegram account any more, and by no open invitation. Raises StaffNotFound, SignInUnavailable."""
    await _link(shop, staff_id, None, service)
    await service.invitations.drop(staff_id)


async def _link(shop: str, staff_id: str, account: SealedTelegram | None, service: Identity) -> StaffMember:
    async def attempt() -> StaffMember:
        member = await load_member(shop, staff_id, service)
        if account and member.dismissed_at is not None:
            raise InvitationGone
        if member.telegram is None and account is None:
            return member
        linked = member.link(account)
        await service.staff.save(linked, [staff_contacts_changed(linked, service)], service.clock.now())
        return linked

    return await until_written(attempt)


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
