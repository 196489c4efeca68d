"""Documents of purchases: `accounts` and `ledger` in each shop's database, `programs` in the service's own."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from time import monotonic
from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel, InsertOne
from pymongo.errors import BulkWriteError, DuplicateKeyError

from bezkart.contracts.event import Event
from bezkart.kernel.errors import VersionConflict
from bezkart.kit.documents import OUTBOX_INDEX, Change, Documents
from bezkart.kit.mongo import Databases, Document, raise_unless_duplicates, without
from services.purchases.domain.account import Account, Operation, Purchase
from services.purchases.domain.answers import REMEMBERED, Answer
from services.purchases.domain.errors import IdempotencyKeyReused
from services.purchases.domain.ledger import Balance, Entry
from services.purchases.domain.program import Program

ACCOUNTS: Final = "accounts"
LEDGER: Final = "ledger"
PROGRAMS: Final = "programs"
PROGRAM_SECONDS: Final = 5.0

INDEXES: Final = {
    ACCOUNTS: (
        OUTBOX_INDEX,
        IndexModel(
            "answers.key", name="answers", unique=True, partialFilterExpression={"answers.key": {"$exists": True}}
        ),
    ),
    LEDGER: (IndexModel([("guest_id", ASCENDING), ("version", DESCENDING), ("place", DESCENDING)], name="history"),),
}
_ACCOUNT_FIELDS: Final = tuple(field for field in Account.__dataclass_fields__ if field not in {"guest_id", "version"})
_ENTRY_FIELDS: Final = tuple(field for field in Entry.__dataclass_fields__ if field != "id")


@dataclass(frozen=True, slots=True)
class Remembering:
    """An account together with the answers it remembers."""

    account: Account
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Sums:
    """What accounts hold, or ledger entries add up to, in a shop."""

    purchases: int = 0
    cups: int = 0
    spent: int = 0
    entries: int = 0

    def plus(self, other: "Sums") -> "Sums":
        return Sums(
            self.purchases + other.purchases,
            self.cups + other.cups,
            self.spent + other.spent,
            self.entries + other.entries,
        )


class Accounts:
    """Accounts of every shop."""

    def __init__(self, databases: Databases, documents: Documents) -> None:
        self._databases = databases
        self._documents = documents

    async def load(self, shop: str, guest_id: str) -> Remembering | None:
        """The account, None if the guest has none yet."""
        document = await self._documents.load(await self._databases.shop(shop), guest_id)
        return _remembering(document) if document else None

    async def load_many(self, shop: str, guest_ids: Collection[str]) -> dict[str, Remembering]:
        """Those of the accounts that exist, by guest id."""
        found = await self._documents.load_many(await self._databases.shop(shop), guest_ids)
        return {guest_id: _remembering(document) for guest_id, document in found.items()}

    async def erased(self, shop: str, guest_ids: Collection[str]) -> set[str]:
        """Which of the guests were erased."""
        accounts = (await self._databases.shop(shop))[ACCOUNTS]
        marked = accounts.find({"_id": {"$in": list(guest_ids)}, "erased": True}, {"_id": 1})
        return {document["_id"] async for document in marked}

    async def save(
        self, shop: str, changed: Account, events: Sequence[Event], *, answers: Sequence[Answer], at: datetime
    ) -> None:
        """One write. Raises VersionConflict, IdempotencyKeyReused (by another guest's account)."""
        database = await self._databases.shop(shop)
        try:
            await self._documents.save(database, _change(changed, events, answers, at))
        except DuplicateKeyError:
            stale = {"key": {"$in": [each.key for each in answers]}, "at": {"$lte": at - REMEMBERED}}
            dropped = await database[ACCOUNTS].update_many(
                {"answers": {"$elemMatch": stale}}, {"$pull": {"answers": stale}}
            )
            if dropped.modified_count:
                raise VersionConflict from None
            raise IdempotencyKeyReused from None

    async def save_many(self, shop: str, changed: Sequence[tuple[Remembering, Event]], *, at: datetime) -> None:
        """All in one round trip. Raises VersionConflict."""
        changes = [_change(each.account, [event], each.answers, at) for each, event in changed]
        await self._documents.save_many(await self._databases.shop(shop), changes)

    async def shops(self) -> list[str]:
        """The shops that have accounts."""
        return await self._databases.shops()

    async def sums(self, shop: str) -> Sums:
        """Over all accounts."""
        accounts = (await self._databases.shop(shop))[ACCOUNTS]
        fields = {name: {"$sum": f"${name}"} for name in Sums.__dataclass_fields__}
        async for found in await accounts.aggregate([{"$group": {"_id": None, **fields}}]):
            return Sums(**without(found, "_id"))
        return Sums()

    async def totals(self, shop: str) -> tuple[int, int]:
        """How many accounts are open and how many purchases they count together."""
        accounts = (await self._databases.shop(shop))[ACCOUNTS]
        summing: list[Document] = [
            {"$match": {"erased": False}},
            {"$group": {"_id": None, "accounts": {"$sum": 1}, "purchases": {"$sum": "$purchases"}}},
        ]
        async for total in await accounts.aggregate(summing):
            return total["accounts"], total["purchases"]
        return 0, 0


class Ledger:
    """The ledgers of every shop: entries are only ever added."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases

    async def add(self, shop: str, entries: Sequence[Entry]) -> None:
        """Insert what is not there yet."""
        ledger = (await self._databases.shop(shop))[LEDGER]
        inserts = [InsertOne(_entry_document(entry)) for entry in entries]
        try:
            await ledger.bulk_write(inserts, ordered=False)
        except BulkWriteError as error:
            raise_unless_duplicates(error)

    async def known(self, shop: str, ids: Collection[str]) -> set[str]:
        """Which of the entry ids are there."""
        ledger = (await self._databases.shop(shop))[LEDGER]
        return {found["_id"] async for found in ledger.find({"_id": {"$in": list(ids)}}, {"_id": 1})}

    async def counts(self, shop: str, guest_ids: Collection[str]) -> dict[str, int]:
        """Entries per guest; guests without any are missing."""
        ledger = (await self._databases.shop(shop))[LEDGER]
        counting: list[Document] = [
            {"$match": {"guest_id": {"$in": list(guest_ids)}}},
            {"$group": {"_id": "$guest_id", "entries": {"$sum": 1}}},
        ]
        return {found["_id"]: found["entries"] async for found in await ledger.aggregate(counting)}

    async def sums(self, shop: str) -> Sums:
        """Over all entries."""
        ledger = (await self._databases.shop(shop))[LEDGER]
        sign = {"$cond": [{"$eq": ["$kind", "earn"]}, 1, -1]}
        fields = {
            "purchases": {"$sum": sign},
            "cups": {"$sum": "$cups"},
            "spent": {"$sum": "$amount"},
            "entries": {"$sum": 1},
        }
        async for found in await ledger.aggregate([{"$group": {"_id": None, **fields}}]):
            return Sums(**without(found, "_id"))
        return Sums()

    async def page(self, shop: str, guest_id: str, *, after: tuple[int, int] | None, limit: int) -> list[Entry]:
        """A guest's entries, newest first, those after the position (version, place)."""
        ledger = (await self._databases.shop(shop))[LEDGER]
        wanted: Document = {"guest_id": guest_id}
        if after:
            version, place = after
            wanted["$or"] = [{"version": {"$lt": version}}, {"version": version, "place": {"$lt": place}}]
        found = ledger.find(wanted).sort([("version", DESCENDING), ("place", DESCENDING)]).limit(limit)
        return [_entry(document) async for document in found]

    async def erase(self, shop: str, guest_ids: Collection[str]) -> None:
        """Remove everything about the guests."""
        await (await self._databases.shop(shop))[LEDGER].delete_many({"guest_id": {"$in": list(guest_ids)}})


class Programs:
    """The programs of the shops; one read is good for a few seconds."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._read: dict[str, tuple[float, Program]] = {}

    async def current(self, shop: str) -> Program:
        """The shop's program; the default one until the owner sets another."""
        now = monotonic()
        at, program = self._read.get(shop, (float("-inf"), Program()))
        if now - at >= PROGRAM_SECONDS:
            document = await (await self._databases.own())[PROGRAMS].find_one({"_id": shop})
            program = Program(**without(document, "_id")) if document else Program()
            self._read[shop] = (now, program)
        return program

    async def set(self, shop: str, program: Program) -> None:
        await (await self._databases.own())[PROGRAMS].replace_one({"_id": shop}, asdict(program), upsert=True)
        self._read[shop] = (monotonic(), program)


def _change(account: Account, events: Sequence[Event], answers: Sequence[Answer], at: datetime) -> Change:
    state: Document = {name: getattr(account, name) for name in _ACCOUNT_FIELDS}
    state["operations"] = [_operation_document(line) for line in account.operations]
    state["answers"] = [{"key": each.key, "digest": each.digest, "at": each.at, "body": each.body} for each in answers]
    return Change(account.guest_id, expected=account.version - 1, state=state, at=at, events=events)


def _remembering(document: Document) -> Remembering:
    fields = {name: document[name] for name in _ACCOUNT_FIELDS}
    fields["closed"] = tuple(fields["closed"])
    fields["operations"] = tuple(_operation(line) for line in fields["operations"])
    account = Account(guest_id=document["_id"], version=document["version"], **fields)
    return Remembering(account, tuple(Answer(**answer) for answer in document["answers"]))


def _operation_document(line: Operation) -> Document:
    purchase = line.purchase
    return {
        "kind": line.kind,
        "at": line.at,
        "purchase_id": purchase.id,
        "purchase_at": purchase.at,
        "cups": purchase.cups,
        "amount": purchase.amount,
        "items": purchase.items,
        "terminal": purchase.terminal,
        "actor_id": line.actor_id,
        "actor_role": line.actor_role,
        "undone": line.undone,
    }


def _operation(line: Document) -> Operation:
    purchase = Purchase(
        id=line["purchase_id"],
        at=line["purchase_at"],
        cups=line["cups"],
        amount=line["amount"],
        items=tuple(line["items"]),
        terminal=line["terminal"],
    )
    return Operation(line["kind"], line["at"], purchase, line["actor_id"], line["actor_role"], line["undone"])


def _entry_document(entry: Entry) -> Document:
    state: Document = {name: getattr(entry, name) for name in _ENTRY_FIELDS}
    return state | {"_id": entry.id, "before": _balance(entry.before), "after": _balance(entry.after)}


def _balance(balance: Balance) -> Document:
    return {name: getattr(balance, name) for name in Balance.__dataclass_fields__}


def _entry(document: Document) -> Entry:
    fields: dict[str, Any] = without(document, "_id")
    fields |= {
        "before": Balance(**fields["before"]),
        "after": Balance(**fields["after"]),
        "items": tuple(fields["items"]),
    }
    return Entry(id=document["_id"], **fields)
