"""`surveys` of all shops in the service's own database (no guest is named in them), `survey_answers` in each shop's."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel

from bezkart.contracts.event import Message
from bezkart.kernel.errors import VersionConflict
from bezkart.kit.documents import OUTBOX_INDEX, Change, Documents
from bezkart.kit.mongo import Databases, Document
from services.feedback.domain.survey import Survey, SurveyAnswer

SURVEYS: Final = "surveys"
ANSWERS: Final = "survey_answers"
SURVEY_INDEXES: Final = (
    IndexModel([("shop", ASCENDING), ("number", DESCENDING)], name="shop"),
    IndexModel("due", name="due", partialFilterExpression={"due": {"$type": "date"}}),
)
ANSWER_INDEXES: Final = (
    OUTBOX_INDEX,
    IndexModel([("survey_id", ASCENDING), ("score", ASCENDING)], name="survey"),
)
_OF_SURVEY: Final = tuple(name for name in Survey.__dataclass_fields__ if name not in {"id", "version"})
_OF_ANSWER: Final = tuple(name for name in SurveyAnswer.__dataclass_fields__ if name not in {"id", "version"})


class Surveys:
    """Surveys of every shop. They announce nothing: their outboxes stay empty."""

    def __init__(self, databases: Databases, documents: Documents) -> None:
        self._databases = databases
        self._documents = documents

    async def load(self, shop: str, survey_id: str) -> Survey | None:
        """None for another shop's as well."""
        document = await self._documents.load(await self._databases.own(), survey_id)
        return _survey(document) if document and document["shop"] == shop else None

    async def save(self, survey: Survey, at: datetime) -> None:
        """One write. Raises VersionConflict."""
        state: Document = {name: getattr(survey, name) for name in _OF_SURVEY}
        await self._documents.save(
            await self._databases.own(), Change(survey.id, expected=survey.version, state=state, at=at)
        )

    async def of_shop(self, shop: str, limit: int) -> list[Survey]:
        """The latest first."""
        surveys = (await self._databases.own())[SURVEYS]
        found = surveys.find({"shop": shop}, {"outbox": 0}).sort("number", DESCENDING).limit(limit)
        return [_survey(document) async for document in found]

    async def ids(self, shop: str) -> list[str]:
        """Of all the shop ever had, the latest first."""
        surveys = (await self._databases.own())[SURVEYS]
        found = surveys.find({"shop": shop}, {"_id": 1}).sort("number", DESCENDING)
        return [document["_id"] async for document in found]

    async def due(self, now: datetime, limit: int) -> list[Survey]:
        """Surveys, of any shop, that have not asked everybody yet."""
        surveys = (await self._databases.own())[SURVEYS]
        found = surveys.find({"due": {"$lte": now}}, {"outbox": 0}).sort("due", ASCENDING).limit(limit)
        return [_survey(document) async for document in found]


class SurveyAnswers:
    """Whom the surveys of every shop asked, and what they said."""

    def __init__(self, databases: Databases, documents: Documents) -> None:
        self._databases = databases
        self._documents = documents

    async def load(self, shop: str, answer_id: str) -> SurveyAnswer | None:
        document = await self._documents.load(await self._databases.shop(shop), answer_id)
        return _answer(document) if document else None

    async def ask(self, shop: str, asked: Sequence[tuple[SurveyAnswer, Message]], at: datetime) -> None:
        """A place for each answer together with its question; who was asked before is not asked again."""
        changes = [_change(answer, (message,), at) for answer, message in asked]
        try:
            await self._documents.save_many(await self._databases.shop(shop), changes)
        except VersionConflict:
            return  # those that were there before stayed as they are, the others were written

    async def save(self, shop: str, answer: SurveyAnswer, messages: Sequence[Message], at: datetime) -> None:
        """One write. Raises VersionConflict."""
        await self._documents.save(await self._databases.shop(shop), _change(answer, messages, at))

    async def scores(self, shop: str, survey_id: str) -> dict[int, int]:
        """How often each score was given."""
        answers = (await self._databases.shop(shop))[ANSWERS]
        counting: list[Document] = [
            {"$match": {"survey_id": survey_id, "score": {"$gte": 0}}},
            {"$group": {"_id": "$score", "count": {"$sum": 1}}},
        ]
        return {each["_id"]: each["count"] async for each in await answers.aggregate(counting)}

    async def load_many(self, shop: str, ids: Sequence[str]) -> list[SurveyAnswer]:
        """Those that exist, in the order of `ids`."""
        found = await self._documents.load_many(await self._databases.shop(shop), ids)
        return [_answer(found[each]) for each in ids if each in found]

    async def erase(self, shop: str, ids: Sequence[str]) -> None:
        await (await self._databases.shop(shop))[ANSWERS].delete_many({"_id": {"$in": list(ids)}})


def _change(answer: SurveyAnswer, messages: Sequence[Message], at: datetime) -> Change:
    state: Document = {name: getattr(answer, name) for name in _OF_ANSWER}
    return Change(answer.id, expected=answer.version, state=state, at=at, events=messages)


def _survey(document: Document) -> Survey:
    fields: dict[str, Any] = {name: document[name] for name in _OF_SURVEY}
    return Survey(id=document["_id"], version=document["version"], **fields)


def _answer(document: Document) -> SurveyAnswer:
    fields: dict[str, Any] = {name: document[name] for name in _OF_ANSWER}
    return SurveyAnswer(id=document["_id"], version=document["version"], **fields)
