"""Campaigns in MongoDB: `campaigns`, one document each, with the facts that its changes cause in its outbox."""

import re
from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from typing import Any

from pymongo import ASCENDING, DESCENDING
from pymongo.errors import DuplicateKeyError

from chassis.kernel import LANES, Clock, EtagStale, lane_of, partition_of, seen_from
from chassis.mongo import Session, asked
from chassis.mongo.schema import checked
from chassis.outbox import pushing, stamped
from services.campaign.adapters import figures, schema
from services.campaign.adapters.messages import acted, state_changed
from services.campaign.adapters.mongo.documents import (
    Document,
    before,
    created_by,
    kept,
    position_of,
    same_creation,
    to_document,
)
from services.campaign.domain.campaign import UNDER_WAY, Campaign, CampaignState, announcement
from services.campaign.domain.errors import CampaignUnknown
from services.campaign.ports import Act, CampaignQuery, Creation, Kept, Page

_NEWEST = [("updated_at", DESCENDING), ("_id", DESCENDING)]


class MongoCampaigns:
    """The port Campaigns."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._campaigns = session.database("campaign")["campaigns"]
        self._clock = clock

    async def add(self, campaign: Campaign, creation: Creation) -> Kept[Campaign]:
        """Insert; the duplicate key finds the repeat."""
        document = checked(schema.Campaign, {**_document(campaign, 1), "creation": created_by(creation)})
        with asked():
            try:
                now = self._clock.now()
                await self._campaigns.insert_one(stamped(document, [acted(creation.act, campaign.id, 1, now)], now))
            except DuplicateKeyError:
                present = await self._campaigns.find_one({"_id": campaign.id})
                assert present is not None  # noqa: S101 - campaigns are never deleted
                same_creation(present, creation)
                return kept(present, Campaign)
        return Kept(campaign, 1)

    async def get(self, campaign: str, workspace: str) -> Kept[Campaign]:
        """Find by id inside the workspace."""
        with asked():
            document = await self._campaigns.find_one({"_id": campaign, **seen_from(workspace)})
        if document is None:
            raise CampaignUnknown(campaign)
        return kept(document, Campaign)

    async def save(self, kept: Kept[Campaign], after: Campaign, act: Act | None = None) -> Kept[Campaign]:
        """Change by compare-and-set on the revision, with the facts of the change in the same write."""
        if after is kept.value:
            return kept
        now, revision = self._clock.now(), kept.revision + 1
        event = announcement(kept.value, after)
        fields = checked(schema.Campaign, _document(after, revision))
        del fields["_id"]
        change: Document = {"$set": fields}
        facts = [] if event is None else [state_changed(event, after, revision, now)]
        if act is not None:
            facts.append(acted(act, after.id, revision, now))
        if facts:
            telling = pushing(facts, revision)
            change = {"$set": {**fields, **telling["$set"]}, "$push": telling["$push"]}
        with asked():
            result = await self._campaigns.update_one({"_id": after.id, "revision": kept.revision}, change)
        if result.matched_count == 0:
            raise EtagStale
        if after.state is CampaignState.DONE and event and after.launched_at and after.ended_at:
            figures.done((after.ended_at - after.launched_at).total_seconds())
        return Kept(after, revision)

    async def page(self, query: CampaignQuery, *, size: int, after: str | None) -> Page[Kept[Campaign]]:
        """List by the index on workspace and change."""
        wanted: dict[str, Any] = {**seen_from(query.workspace), "state": _states(query.states)}
        if query.segment:
            wanted["settings.segment"] = query.segment
        if query.text:
            wanted["settings.name"] = {"$regex": re.escape(query.text.replace("\0", "")), "$options": "i"}
        with asked():
            cursor = self._campaigns.find({**wanted, **before(after)}).sort(_NEWEST).limit(size + 1)
            documents = await cursor.to_list()
            total = await self._campaigns.count_documents(wanted)
        shown = documents[:size]
        position = position_of(shown[-1]) if len(documents) > size else None
        return Page([kept(document, Campaign) for document in shown], position, total)

    async def by_segment(self, workspace: str, segments: Sequence[str]) -> Mapping[str, int]:
        """Count by segment, archived ones left out."""
        wanted = {**seen_from(workspace), "settings.segment": {"$in": list(segments)}, "state": _states(frozenset())}
        pipeline: list[Document] = [{"$match": wanted}, {"$group": {"_id": "$settings.segment", "n": {"$sum": 1}}}]
        with asked():
            return {row["_id"]: row["n"] async for row in await self._campaigns.aggregate(pipeline)}

    async def under_way(self, templates: Sequence[str]) -> Set[str]:
        """Find by the index on lane and state: few campaigns run at once."""
        running: Document = {"lane": {"$in": list(range(LANES))}, "state": _states(UNDER_WAY)}
        query = {**running, "settings.template": {"$in": list(templates)}}
        with asked():
            return set(await self._campaigns.distinct("settings.template", query))

    async def in_state(
        self, states: Sequence[CampaignState], lane: int, changed_since: datetime | None = None
    ) -> Sequence[Kept[Campaign]]:
        """List by the index on lane, state and change."""
        query: Document = {"lane": lane, "state": _states(frozenset(states))}
        if changed_since is not None:
            query["updated_at"] = {"$gte": changed_since}
        with asked():
            cursor = self._campaigns.find(query)
            documents = await cursor.sort([("launched_at", ASCENDING), ("_id", ASCENDING)]).to_list()
        return [kept(document, Campaign) for document in documents]


def _states(states: frozenset[CampaignState]) -> dict[str, Any]:
    wanted = states or frozenset(CampaignState) - {CampaignState.ARCHIVED}
    return {"$in": sorted(wanted)}


def _document(campaign: Campaign, revision: int) -> Document:
    return {**to_document(campaign), "revision": revision, "lane": lane_of(partition_of(campaign.id))}
