"""The index of people, written: bulks versioned by the view's revision, rebuilds behind the alias, swept tombstones.

Promise: a write of an older revision changes nothing; nobody is deleted before the bus has forgotten him. While a
rebuild runs, every bulk goes to both indices, so that the switch loses nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from opensearchpy import AsyncOpenSearch
from opensearchpy.exceptions import NotFoundError, RequestError

from chassis.kernel.problem import DependencyUnavailable
from services.segment.adapters.engine import NAME, answering
from services.segment.adapters.index_mapping import document_of, index_body
from services.segment.domain.catalogue import Catalogue
from services.segment.domain.face import ALL, face_key
from services.segment.domain.following import TOMBSTONES, Known, Written
from services.segment.ports import PartitionState

_CONFLICT, _TOO_MANY, _AWAY = 409, 429, 503
_MISSING = 404
_NEXT = "-next"


class PeopleWriter:
    """Writes the index behind one alias, and the one that is being built beside it."""

    def __init__(self, client: AsyncOpenSearch, alias: str, *, shards: int = 1, replicas: int = 0) -> None:
        self._client = client
        self._alias = alias
        self._next = f"{alias}{_NEXT}"
        self._shards = shards
        self._replicas = replicas

    async def prepare(self) -> None:
        """Create the first index behind its alias where there is none. Safe to repeat and to race."""
        async with answering():
            if await self._client.indices.exists_alias(name=self._alias):
                return
            body = index_body(self._shards, self._replicas) | {"aliases": {self._alias: {}}}
            try:
                await self._client.indices.create(index=f"{self._alias}-v1", body=body)
            except RequestError as error:
                if error.error != "resource_already_exists_exception":
                    raise

    async def known(self, profiles: Sequence[str]) -> Mapping[str, Known]:
        """Return what the index holds of these people, as last written."""
        if not profiles:
            return {}
        body = {"ids": [face_key(profile, ALL) for profile in profiles]}
        async with answering():
            answer = await self._client.mget(
                index=self._alias, body=body, _source=["profile", "no", "revision", "known_faces", "status"]
            )
        sources = [document["_source"] for document in answer["docs"] if document.get("found")]
        return {
            source["profile"]: Known(
                source["no"], source["revision"], frozenset(source.get("known_faces", ())), source["status"]
            )
            for source in sources
        }

    async def write(self, faces: Sequence[Written], catalogue: Catalogue, now: datetime) -> Mapping[str, str]:
        """Write faces; return the keys of those that the index refuses for good, with the kind of refusal.

        Raises:
            DependencyUnavailable: the engine is away or overloaded; writing the same again is safe.
        """
        if not faces:
            return {}
        targets = [self._alias]
        async with answering():
            if await self._client.indices.exists_alias(name=self._next):
                targets.append(self._next)
        lines = [line for target in targets for written in faces for line in _lines(target, written, catalogue, now)]
        async with answering():
            answer = await self._client.bulk(body=b"\n".join(lines) + b"\n")
        return _refused(answer) if answer["errors"] else {}

    async def write_next(self, faces: Sequence[Written], catalogue: Catalogue, now: datetime) -> Mapping[str, str]:
        """Write faces into the index that is being built only."""
        lines = [line for written in faces for line in _lines(self._next, written, catalogue, now)]
        if not lines:
            return {}
        async with answering():
            answer = await self._client.bulk(body=b"\n".join(lines) + b"\n")
        return _refused(answer) if answer["errors"] else {}

    async def begin_next(self) -> None:
        """Create the index that is being built; what an earlier, broken rebuild left is dropped first."""
        await self.drop_next()
        current = await self._concrete(self._alias)
        number = max((int(name.rsplit("-v", 1)[1]) for name in current), default=0) + 1
        async with answering():
            name = f"{self._alias}-v{number}"
            if await self._client.indices.exists(index=name):
                await self._client.indices.delete(index=name)
            body = index_body(self._shards, self._replicas) | {"aliases": {self._next: {}}}
            await self._client.indices.create(index=name, body=body)

    async def drop_next(self) -> None:
        """Drop the index that is being built, if there is one."""
        for name in await self._concrete(self._next):
            async with answering():
                await self._client.indices.delete(index=name)

    async def switch(self) -> None:
        """Put the built index behind the alias in one step and drop the old one."""
        old, new = await self._concrete(self._alias), await self._concrete(self._next)
        actions: list[dict[str, Any]] = [{"remove_index": {"index": name}} for name in old]
        for name in new:
            actions += [
                {"add": {"index": name, "alias": self._alias}},
                {"remove": {"index": name, "alias": self._next}},
            ]
        async with answering():
            for name in new:
                await self._client.indices.refresh(index=name)
            await self._client.indices.update_aliases(body={"actions": actions})

    async def sweep(self, before: datetime) -> int:
        """Delete tombstones written before a moment; return how many."""
        query = {
            "bool": {
                "filter": [
                    {"terms": {"status": list(TOMBSTONES)}},
                    {"range": {"written": {"lt": round(before.timestamp() * 1000)}}},
                ]
            }
        }
        async with answering():
            answer = await self._client.delete_by_query(
                index=self._alias, body={"query": query}, params={"conflicts": "proceed", "refresh": "true"}
            )
        return int(answer["deleted"])

    async def partitions(self) -> Mapping[int, PartitionState]:
        """Count people and add up revisions by partition, for the comparison with the owner."""
        body = {
            "size": 0,
            "query": {
                "bool": {"filter": [{"term": {"face": ALL}}], "must_not": [{"terms": {"status": list(TOMBSTONES)}}]}
            },
            "aggs": {
                "partitions": {
                    "terms": {"field": "partition", "size": 64},
                    "aggs": {"revisions": {"sum": {"field": "revision"}}},
                }
            },
        }
        async with answering():
            await self._client.indices.refresh(index=self._alias)
            answer = await self._client.search(index=self._alias, body=body)
        return {
            int(bucket["key"]): PartitionState(bucket["doc_count"], int(bucket["revisions"]["value"]))
            for bucket in answer["aggregations"]["partitions"]["buckets"]
        }

    async def _concrete(self, alias: str) -> list[str]:
        async with answering():
            try:
                return list(await self._client.indices.get_alias(name=alias))
            except NotFoundError:
                return []


def _lines(target: str, written: Written, catalogue: Catalogue, now: datetime) -> tuple[bytes, bytes]:
    face = written.face
    buried = face.status in TOMBSTONES
    action = {
        "index": {
            "_index": target,
            "_id": face.key,
            "version": face.revision,
            # A tombstone may come at the revision that its face was last written with; a face never may.
            "version_type": "external_gte" if buried else "external",
            "require_alias": True,
        }
    }
    document = document_of(face, now, written.known_faces, catalogue)
    return msgspec.json.encode(action), msgspec.json.encode(document)


def _refused(answer: Any) -> dict[str, str]:
    refused: dict[str, str] = {}
    for item in answer["items"]:
        result = item["index"]
        status = result["status"]
        if status < 300 or status == _CONFLICT:
            continue
        if status == _MISSING and result["_index"].endswith(_NEXT):
            # The rebuild ended between the look and the write: the built index is the alias's own by now.
            continue
        if status in {_MISSING, _TOO_MANY, _AWAY}:
            raise DependencyUnavailable(NAME)
        refused[result["_id"]] = str(result.get("error", {}).get("type", status))
    return refused
