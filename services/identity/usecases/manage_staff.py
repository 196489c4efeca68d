"""Hire and dismiss (F5)."""

from dataclasses import dataclass

from bezkart.kernel.ids import new_id
from services.identity.domain.errors import StaffNotFound
from services.identity.domain.staff import StaffMember, StaffRole, check_password
from services.identity.usecases.collaborators import Identity


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
    """End the person's access on every device at once. Raises StaffNotFound, OwnerStays."""
    member = await service.staff.load(shop, staff_id)
    if member is None:
        raise StaffNotFound
    await service.staff.save(member.dismiss(service.clock.now()))
    await service.sessions.end_all(staff_id)
