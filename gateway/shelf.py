"""What is known of the pictures of letters: whose they are, what and since when. Their content is in the bucket.

Promise: a workspace sees its own pictures, newest first; the whole installation sees all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo import DESCENDING

from chassis.kernel import seen_from
from chassis.mongo.session import Collection

_NEWEST = [("created_at", DESCENDING), ("_id", DESCENDING)]


@dataclass(frozen=True, slots=True)
class KeptPicture:
    """A picture by its unguessable name."""

    name: str
    workspace: str
    media_type: str
    size: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PicturePage:
    """One page; `position` is where the next begins, None on the last."""

    pictures: Sequence[KeptPicture]
    position: list[str] | None
    total: int


class Shelf:
    """The collection `pictures`."""

    def __init__(self, collection: Collection) -> None:
        self._pictures = collection

    async def migrate(self) -> None:
        """Create the indexes of its lists."""
        await self._pictures.create_index([("workspace", 1), *_NEWEST], name="newest")
        await self._pictures.create_index(_NEWEST, name="newest_of_all")

    async def add(self, picture: KeptPicture, principal: str) -> None:
        """Note a picture and who brought it."""
        await self._pictures.insert_one(
            {
                "_id": picture.name,
                "workspace": picture.workspace,
                "media_type": picture.media_type,
                "size": picture.size,
                "created_at": picture.created_at,
                "principal": principal,
            }
        )

    async def get(self, name: str, workspace: str) -> KeptPicture | None:
        """Give a picture that the workspace sees."""
        found = await self._pictures.find_one({"_id": name, **seen_from(workspace)})
        return _picture(found) if found else None

    async def page(self, workspace: str, size: int, after: Sequence[str] | None) -> PicturePage:
        """Give one page, newest first, with how many there are."""
        seen = seen_from(workspace)
        query: dict[str, Any] = dict(seen)
        if after is not None:
            moment, name = datetime.fromisoformat(after[0]), after[1]
            query["$or"] = [{"created_at": {"$lt": moment}}, {"created_at": moment, "_id": {"$lt": name}}]
        documents = await self._pictures.find(query).sort(_NEWEST).limit(size + 1).to_list()
        found = [_picture(document) for document in documents[:size]]
        position = [found[-1].created_at.isoformat(), found[-1].name] if len(documents) > size else None
        return PicturePage(found, position, await self._pictures.count_documents(seen))

    async def remove(self, name: str) -> None:
        """Forget a picture; nothing happens when it is not known."""
        await self._pictures.delete_one({"_id": name})


def _picture(document: Mapping[str, Any]) -> KeptPicture:
    return KeptPicture(
        document["_id"], document["workspace"], document["media_type"], document["size"], document["created_at"]
    )
