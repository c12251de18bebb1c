"""The steward's cases in MongoDB: `match_cases`, put there by identity (adapters/identities.py), decided here."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pymongo import DESCENDING

from chassis.mongo.session import Database, Document
from services.profile.domain.matching import MatchCase, MatchState

HUMAN = "kept-apart"
"""A key that would join whom a human keeps apart: decided before it was found, so it is in no queue."""


class MongoMatchCases:
    """The port MatchCases."""

    def __init__(self, database: Database) -> None:
        self._cases = database["match_cases"]

    async def page(self, state: MatchState, after: tuple[datetime, str] | None, limit: int) -> list[MatchCase]:
        """Give the newest cases in a state, those behind `after`."""
        query = _in(state)
        if after is not None:
            moment, last = after
            query["$or"] = [{"found_at": {"$lt": moment}}, {"found_at": moment, "_id": {"$lt": last}}]
        found = self._cases.find(query).sort([("found_at", DESCENDING), ("_id", DESCENDING)]).limit(limit)
        return [_case(document) for document in await found.to_list()]

    async def count(self, state: MatchState) -> int:
        """Count the cases in a state."""
        return int(await self._cases.count_documents(_in(state)))

    async def get(self, case: str) -> MatchCase | None:
        """Give one, None when there is none."""
        document = await self._cases.find_one({"_id": case, "reason": {"$ne": HUMAN}})
        return _case(document) if document else None

    async def save(self, case: MatchCase) -> None:
        """Keep a decision; the first one stays."""
        await self._cases.update_one(
            {"_id": case.id, "state": MatchState.OPEN.value},
            {"$set": {"state": case.state.value, "decided_at": case.decided_at, "decided_by": case.decided_by}},
        )


def _in(state: MatchState) -> Document:
    return {"state": state.value, "reason": {"$ne": HUMAN}}


def _case(document: Mapping[str, Any]) -> MatchCase:
    return MatchCase(
        id=document["_id"],
        reason=document["reason"],
        key_kind=document["key"].rpartition("|")[0],
        records=frozenset(document["records"]),
        state=MatchState(document["state"]),
        found_at=document["found_at"],
        decided_at=document.get("decided_at"),
        decided_by=document.get("decided_by", ""),
    )
