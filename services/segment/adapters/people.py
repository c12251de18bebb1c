"""The index of people, asked: counts, lists, search.

Promise: the workspace is a part of every query here and nowhere else, so count, list and search agree; numbers are
exact. An engine that does not answer is `DependencyUnavailable`.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from opensearchpy import AsyncOpenSearch

from services.segment.adapters import bitmaps
from services.segment.adapters.engine import answering
from services.segment.adapters.rule_query import (
    Query,
    any_of,
    compile_query,
    everything_of,
    granted_until,
    nested,
    numbered,
)
from services.segment.adapters.text_query import compile_text
from services.segment.adapters.value_counts import counted, counting
from services.segment.domain.catalogue import Catalogue
from services.segment.domain.errors import IndexBehind
from services.segment.domain.face import ALL, face_key, face_of
from services.segment.domain.following import TOMBSTONES
from services.segment.domain.numbers import Numbers
from services.segment.domain.rule import CHANNELS
from services.segment.ports import Audience, Found, Member, Page, Preview, Reach, Search, Standing, Terms

_BULK_PAGE = 10_000  # the engine's own limit of one answer
_KEEP = "1m"  # of a point in time, renewed by every page
_POLL = 0.05

_ORDERS: Mapping[str, list[dict[str, str]]] = {
    "": [{"no": "asc"}],
    "no": [{"no": "asc"}],
    "name": [{"name": "asc"}, {"no": "asc"}],
    "-name": [{"name": "desc"}, {"no": "asc"}],
    "updated": [{"updated": "asc"}, {"no": "asc"}],
    "-updated": [{"updated": "desc"}, {"no": "asc"}],
}
_RANKED = [{"_score": "desc"}, {"no": "asc"}]


class OpenSearchPeople:
    """Asks the index behind one alias."""

    def __init__(self, client: AsyncOpenSearch, alias: str) -> None:
        self._client = client
        self._alias = alias

    async def preview(self, audience: Audience, terms: Terms | None, sample: int, now: datetime) -> Preview:
        """Count an audience, its reach per channel and its losses by reason, in one query."""
        body = {
            "size": sample,
            "track_total_hits": True,
            "_source": ["profile"],
            "query": _audience(audience, now),
            "sort": [{"no": "asc"}],
            "aggs": {"reach": {"filters": {"filters": _reach_filters(terms, now)}}},
        }
        answer = await self._search(body)
        total = int(answer["hits"]["total"]["value"])
        counts = {name: bucket["doc_count"] for name, bucket in answer["aggregations"]["reach"]["buckets"].items()}
        reach = tuple(_reach_of(channel, total, counts) for channel in CHANNELS)
        return Preview(total, reach, tuple(hit["_source"]["profile"] for hit in answer["hits"]["hits"]))

    async def page(self, search: Search, size: int, after: Sequence[object] | None, now: datetime) -> Page:
        """List people in order, from behind `after`; `total` is exact."""
        text = compile_text(search.text) if search.text.strip() else None
        ranked = text is not None and not search.order
        among = [_audience(search.audience, now)]
        if search.standing is not None:
            among.append(_standing(search.standing, now))
        query: Query = {"bool": {"filter": among}}
        if text is not None:
            query = {"bool": {"filter": among, "must": [text]}}
        elif search.text.strip():
            query = {"match_none": {}}
        body: dict[str, object] = {
            "size": size + 1,
            "track_total_hits": True,
            "_source": ["profile", "no"],
            "query": query,
            "sort": _RANKED if ranked else _ORDERS[search.order],
        }
        if after is not None:
            body["search_after"] = list(after)
        answer = await self._search(body)
        hits = answer["hits"]["hits"]
        going_on = tuple(hits[size - 1]["sort"]) if len(hits) > size else None
        return Page(_members(hits[:size]), int(answer["hits"]["total"]["value"]), going_on)

    async def values(
        self, audience: Audience, field: str, size: int, catalogue: Catalogue, now: datetime
    ) -> Sequence[tuple[str, int]]:
        """Count people by the values of a field, most frequent first."""
        body: dict[str, object] = {
            "size": 0,
            "track_total_hits": False,
            "query": _audience(audience, now),
            "aggs": {"counted": counting(field, size, catalogue)},
        }
        return counted((await self._search(body))["aggregations"]["counted"])

    async def numbers(self, audience: Audience, now: datetime, written_since: datetime | None = None) -> Numbers:
        """Return everybody of an audience, as of one point in time."""
        query = _audience(audience, now)
        if written_since is not None:
            query = everything_of(query, _written(written_since))
        return await self._numbers(query)

    async def written(self, workspace: str, since: datetime) -> Numbers:
        """Return everybody whose document in a workspace was written since."""
        query = everything_of(_face(workspace), _written(since))
        return await self._numbers(query)

    async def ids(self, workspace: str, numbers: Numbers, *, gone: bool = False) -> Sequence[Member]:
        """Return the people behind numbers, by number, those that the workspace does not know left out.

        With `gone` also those whom it knew.
        """
        query = everything_of(_face(workspace), numbered(numbers))
        if not gone:
            query = everything_of(query, {"bool": {"must_not": [{"terms": {"status": list(TOMBSTONES)}}]}})
        return [_member(hit) async for hit in self._every(query, source=["profile", "no"])]

    async def found(self, workspace: str, profiles: Sequence[str]) -> Mapping[str, Found]:
        """Return people by id, as last written; those that the workspace does not know are left out."""
        if not profiles:
            return {}
        face = face_of(workspace)
        async with answering():
            answer = await self._client.mget(
                index=self._alias,
                body={"ids": [face_key(profile, face) for profile in profiles]},
                _source=["profile", "no", "status"],
            )
        sources = [document["_source"] for document in answer["docs"] if document.get("found")]
        return {
            source["profile"]: Found(source["no"], source["status"])
            for source in sources
            if source["status"] not in TOMBSTONES
        }

    async def wait(self, profile: str, revision: int, seconds: float) -> None:
        """Return when a search sees a person at this revision or later.

        Raises:
            IndexBehind: it was not so within the given time.
        """
        deadline = asyncio.get_running_loop().time() + seconds
        while not await self._holds(profile, revision):
            if asyncio.get_running_loop().time() >= deadline:
                raise IndexBehind(round(seconds))
            await asyncio.sleep(_POLL)
        await self.settle()

    async def settle(self) -> None:
        """Make everything written so far visible to searches."""
        async with answering():
            await self._client.indices.refresh(index=self._alias)

    async def _holds(self, profile: str, revision: int) -> bool:
        # A read by id sees a write before searches do.
        async with answering():
            answer = await self._client.mget(
                index=self._alias, body={"ids": [face_key(profile, ALL)]}, _source=["revision"]
            )
        document = answer["docs"][0]
        return bool(document.get("found")) and document["_source"]["revision"] >= revision

    async def _search(self, body: Mapping[str, object]) -> Any:
        async with answering():
            return await self._client.search(index=self._alias, body=body)

    async def _numbers(self, query: Query) -> Numbers:
        found, page = bitmaps.numbers(), []
        async for hit in self._every(query):
            page.append(int(hit["sort"][0]))
            if len(page) == _BULK_PAGE:
                found, page = found | bitmaps.numbers(page), []
        return found | bitmaps.numbers(page)

    async def _every(self, query: Query, source: list[str] | bool = False) -> AsyncIterator[Any]:
        async with self._point_in_time() as point:
            after: list[object] | None = None
            while True:
                body: dict[str, object] = {
                    "size": _BULK_PAGE,
                    "track_total_hits": False,
                    "_source": source,
                    "query": query,
                    "sort": [{"no": "asc"}],
                    "pit": {"id": point, "keep_alive": _KEEP},
                }
                if after is not None:
                    body["search_after"] = after
                async with answering():
                    answer = await self._client.search(body=body)
                hits = answer["hits"]["hits"]
                for hit in hits:
                    yield hit
                if len(hits) < _BULK_PAGE:
                    return
                after = hits[-1]["sort"]

    @asynccontextmanager
    async def _point_in_time(self) -> AsyncIterator[str]:
        async with answering():
            opened = await self._client.create_pit(index=self._alias, params={"keep_alive": _KEEP})
        try:
            yield opened["pit_id"]
        finally:
            async with answering():
                await self._client.delete_pit(body={"pit_id": [opened["pit_id"]]})


def _face(workspace: str) -> Query:
    return {"term": {"face": face_of(workspace)}}


def _written(since: datetime) -> Query:
    return {"range": {"written": {"gte": round(since.timestamp() * 1000)}}}


def _audience(audience: Audience, now: datetime) -> Query:
    """Return the query for (rule or put in by hand), less taken out by hand, in the workspace."""
    sides: list[Query] = []
    if audience.rule is not None:
        sides.append(compile_query(audience.rule, now, audience.members))
    if audience.added is not None:
        sides.append(everything_of(numbered(audience.added), {"terms": {"status": list(audience.statuses)}}))
    excluded = [numbered(audience.removed)] if audience.removed is not None else []
    return {"bool": {"filter": [_face(audience.workspace), any_of(sides)], "must_not": excluded}}


def _reach_filters(terms: Terms | None, now: datetime) -> dict[str, Query]:
    return {
        f"{channel} {name}": query
        for channel in CHANNELS
        for name, query in _channel_filters(channel, terms, now).items()
    }


def _channel_filters(channel: str, terms: Terms | None, now: datetime) -> dict[str, Query]:
    contact: Query = {"term": {"channels": channel}}
    bounced: Query = {"bool": {"filter": [{"term": {"bounced": channel}}], "must_not": [contact]}}
    if terms is None:
        return {"contact": contact, "bounced": bounced}
    allowed = _allowed(terms, channel, now)
    refused = _refused(terms, channel, [terms.topic, "*"] if terms.topic else [])
    return {
        "contact": contact,
        "bounced": bounced,
        "allowed": everything_of(contact, allowed),
        "refused": {"bool": {"filter": [contact, refused], "must_not": [allowed]}},
    }


def _standing(standing: Standing, now: datetime) -> Query:
    """Return the query for those who are counted under a name by `_reach_of`."""
    filters = _channel_filters(standing.channel, standing.terms, now)
    contact, bounced = filters["contact"], filters["bounced"]
    nobody: Query = {"match_none": {}}
    allowed, refused = filters.get("allowed", contact), filters.get("refused", nobody)
    standings: Mapping[str, Query] = {
        "reachable": allowed,
        "no-contact": {"bool": {"must_not": [contact, bounced]}},
        "bounced": bounced,
        "refused": refused,
        "no-consent": {"bool": {"filter": [contact], "must_not": [allowed, refused]}},
    }
    return standings.get(standing.standing, nobody)


def _allowed(terms: Terms, channel: str, now: datetime) -> Query:
    usable: Query = {"term": {"consents.usable": True}}
    granted = [granted_until(now), usable]
    if not terms.topic:
        return _consent(terms, channel, [], *granted)
    for_everything: Query = {
        "bool": {
            "filter": [_consent(terms, channel, ["*"], *granted)],
            "must_not": [_refused(terms, channel, [terms.topic])],
        }
    }
    return any_of([_consent(terms, channel, [terms.topic], *granted), for_everything])


def _refused(terms: Terms, channel: str, topics: list[str]) -> Query:
    return _consent(terms, channel, topics, {"terms": {"consents.status": ["refused", "revoked"]}})


def _consent(terms: Terms, channel: str, topics: list[str], *more: Query) -> Query:
    asked: list[Query] = [
        {"term": {"consents.controller": terms.controller}},
        {"term": {"consents.purpose": terms.purpose}},
        {"term": {"consents.channel": channel}},
        *more,
    ]
    if topics:
        asked.append({"terms": {"consents.topic": topics}})
    return nested("consents", everything_of(*asked))


def _reach_of(channel: str, total: int, counts: Mapping[str, int]) -> Reach:
    contact, bounced = counts[f"{channel} contact"], counts[f"{channel} bounced"]
    reachable = counts.get(f"{channel} allowed", contact)
    refused = counts.get(f"{channel} refused", 0)
    losses = {
        "no-contact": total - contact - bounced,
        "bounced": bounced,
        "refused": refused,
        "no-consent": contact - reachable - refused,
    }
    return Reach(channel, reachable, {reason: count for reason, count in losses.items() if count})


def _members(hits: Sequence[Any]) -> tuple[Member, ...]:
    return tuple(_member(hit) for hit in hits)


def _member(hit: Any) -> Member:
    return Member(hit["_source"]["profile"], hit["_source"]["no"])
