"""Hire and dismiss (F5)."""

from dataclasses import dataclass

from bezkart.kernel.ids import new_id
from bezkart.kit.documents import until_written
from services.identity.domain.errors import StaffNotFound
from services.identity.domain.staff import StaffMember, StaffRole, check_password
from services.identity.usecases.collaborators import Identity
from services.identity.usecases.events import staff_contacts_changed


@dataclass(frozen=True, slots=True)
class Hire:
    shop: str
    login: str
    name: str
    role: StaffRole
    password: str


async def hire(command: Hire, service: Identity) -> StaffMember:
    """Raises LoginTaken, WeakPassword."""
    check_password(command.password, lenient=service.lenient)
    member = StaffMember(
        id=new_id("s"),
        shop=command.shop,
        login=command.login.lower(),
        name=command.name,
        role=command.role,
        hired_at=service.clock.now(),
    )
    await service.staff.add(member, await service.passwords.hash(command.password))
    return member


async def dismiss(shop: str, staff_id: str, service: Identity) -> None:
    """End the person's access on every device at once, by Telegram as well. Raises StaffNotFound, OwnerStays."""

    async def attempt() -> None:
        member = await load_member(shop, staff_id, service)
        now = service.clock.now()
        dismissed = member.dismiss(now)
        await service.staff.save(dismissed, [staff_contacts_changed(dismissed, service)], now)

    await until_written(attempt)
    await service.sessions.end_all(staff_id)
    await service.invitations.drop(staff_id)


async def load_member(shop: str, staff_id: str, service: Identity) -> StaffMember:
    """Raises StaffNotFound."""
    member = await service.staff.load(shop, staff_id)
    if member is None:
        raise StaffNotFound
    return member
