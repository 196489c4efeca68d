"""What notifications knows of the shops, in its own database: their programs (a projection) and their own words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Final

from bezkart.kit.mongo import Databases, Document

PROGRAMS: Final = "programs"
TEMPLATES: Final = "templates"
FRESH_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class ShopWords:
    """What a shop's messages need beside their values: its gift and conditions, and its own texts by template and language."""

    gift: Mapping[str, str] = field(default_factory=dict)
    conditions: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    mode: str = "stamps"

    @property
    def stamps(self) -> bool:
        return self.mode in {"stamps", "both"}

    @property
    def points(self) -> bool:
        return self.mode in {"points", "both"}

    def of(self, words: Mapping[str, str], language: str) -> str:
        """In this language, else in Russian, else nothing."""
        return words.get(language) or words.get("ru", "")


class Shops:
    """One read of a shop is good for a few seconds."""

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._read: dict[str, tuple[float, ShopWords]] = {}

    async def words(self, shop: str) -> ShopWords:
        now = monotonic()
        at, known = self._read.get(shop, (float("-inf"), ShopWords()))
        if now - at >= FRESH_SECONDS:
            own = await self._databases.own()
            program = await own[PROGRAMS].find_one({"_id": shop}) or {}
            texts = {document["name"]: document["texts"] async for document in own[TEMPLATES].find({"shop": shop})}
            known = ShopWords(
                program.get("gift", {}), program.get("conditions", {}), texts, program.get("mode", "stamps")
            )
            self._read[shop] = (now, known)
        return known

    async def learn_program(
        self, shop: str, *, version: int, mode: str, gift: Mapping[str, str], conditions: Mapping[str, str]
    ) -> None:
        """Take it if it is newer."""
        newer = {"$gt": [version, {"$ifNull": ["$version", 0]}]}
        known: Document = {"version": version, "mode": mode, "gift": dict(gift), "conditions": dict(conditions)}
        taken = {name: {"$cond": [newer, {"$literal": value}, f"${name}"]} for name, value in known.items()}
        await (await self._databases.own())[PROGRAMS].update_one({"_id": shop}, [{"$set": taken}], upsert=True)
        self._read.pop(shop, None)

    async def set_texts(self, shop: str, name: str, texts: Mapping[str, str], at: datetime, by: str) -> None:
        """The shop's own words for a template; none at all are the catalogue's again."""
        templates = (await self._databases.own())[TEMPLATES]
        if texts:
            document = {"shop": shop, "name": name, "texts": dict(texts), "at": at, "by": by}
            await templates.replace_one({"_id": f"{shop}/{name}"}, document, upsert=True)
        else:
            await templates.delete_one({"_id": f"{shop}/{name}"})
        self._read.pop(shop, None)
