"""Templates in MongoDB: `templates`, one document each, and `template_versions`, which are only ever inserted."""

from collections.abc import Sequence

from pymongo import DESCENDING
from pymongo.errors import DuplicateKeyError

from chassis.kernel import Clock, EtagStale, lane_of, partition_of, seen_from
from chassis.kernel.problem import Conflict
from chassis.mongo import Session, asked
from chassis.mongo.schema import checked
from chassis.outbox import pushing, stamped
from services.campaign.adapters import schema
from services.campaign.adapters.messages import acted
from services.campaign.adapters.mongo.documents import (
    Document,
    before,
    created_by,
    from_document,
    kept,
    position_of,
    same_creation,
    to_document,
)
from services.campaign.domain.errors import TemplateUnknown, TemplateVersionUnknown
from services.campaign.domain.template import Template, TemplateVersion
from services.campaign.ports import Act, Creation, Kept, Page, Showing

_NEWEST = [("updated_at", DESCENDING), ("_id", DESCENDING)]


class MongoTemplates:
    """The port Templates."""

    def __init__(self, session: Session, clock: Clock) -> None:
        self._session, self._clock = session, clock
        database = session.database("campaign")
        self._templates = database["templates"]
        self._versions = database["template_versions"]

    async def add(self, template: Template, creation: Creation) -> Kept[Template]:
        """Insert; the duplicate key finds the repeat."""
        document = checked(schema.Template, {**_document(template, 1), "creation": created_by(creation)})
        with asked():
            try:
                now = self._clock.now()
                await self._templates.insert_one(stamped(document, [acted(creation.act, template.id, 1, now)], now))
            except DuplicateKeyError:
                present = await self._templates.find_one({"_id": template.id})
                assert present is not None  # noqa: S101 - templates are never deleted
                same_creation(present, creation)
                return kept(present, Template)
        return Kept(template, 1)

    async def get(self, template: str, workspace: str) -> Kept[Template]:
        """Find by id inside the workspace."""
        with asked():
            document = await self._templates.find_one({"_id": template, **seen_from(workspace)})
        if document is None:
            raise TemplateUnknown(template)
        return kept(document, Template)

    async def save(
        self, kept: Kept[Template], after: Template, version: TemplateVersion | None, act: Act
    ) -> Kept[Template]:
        """Compare-and-set on the revision; a new version is inserted in the same transaction."""
        if after is kept.value:
            return kept
        revision = kept.revision + 1
        fields = checked(schema.Template, _document(after, revision))
        del fields["_id"]
        telling = pushing([acted(act, after.id, revision, self._clock.now())], revision)
        change: Document = {"$set": {**fields, **telling["$set"]}, "$push": telling["$push"]}
        at = {"_id": after.id, "revision": kept.revision}
        with asked():
            if version is None:
                result = await self._templates.update_one(at, change)
                if result.matched_count == 0:
                    raise EtagStale
            else:
                try:
                    async with self._session.transaction() as session:
                        result = await self._templates.update_one(at, change, session=session)
                        if result.matched_count == 0:
                            raise EtagStale
                        await self._versions.insert_one(_version_document(version), session=session)
                except Conflict as error:
                    raise EtagStale from error
        return Kept(after, revision)

    async def version(self, template: str, number: int, workspace: str) -> TemplateVersion:
        """Find by template and number inside the workspace."""
        with asked():
            document = await self._versions.find_one({"_id": f"{template}/{number}", **seen_from(workspace)})
        if document is None:
            raise TemplateVersionUnknown(template, number)
        return from_document(document, TemplateVersion)

    async def showing(self, picture: str) -> Sequence[Showing]:
        """Find by the indexes on pictures of drafts and of versions."""
        with asked():
            ids = set(await self._templates.distinct("_id", {"pictures": picture}))
            ids |= set(await self._versions.distinct("template", {"pictures": picture}))
            found = self._templates.find({"_id": {"$in": sorted(ids)}}, {"workspace": 1, "archived": 1})
            return [Showing(each["_id"], each["workspace"], each["archived"]) async for each in found.sort("_id", 1)]

    async def page(self, workspace: str, *, archived: bool, size: int, after: str | None) -> Page[Kept[Template]]:
        """List by the index on workspace and change."""
        query = {**seen_from(workspace), "archived": archived}
        with asked():
            cursor = self._templates.find({**query, **before(after)}).sort(_NEWEST).limit(size + 1)
            documents = await cursor.to_list()
            total = await self._templates.count_documents(query)
        shown = documents[:size]
        position = position_of(shown[-1]) if len(documents) > size else None
        return Page([kept(document, Template) for document in shown], position, total)


def _document(template: Template, revision: int) -> Document:
    return {
        **to_document(template),
        "pictures": template.draft.pictures,
        "revision": revision,
        "lane": lane_of(partition_of(template.id)),
    }


def _version_document(version: TemplateVersion) -> Document:
    named = {"_id": f"{version.template}/{version.number}", "pictures": version.content.pictures}
    return checked(schema.TemplateVersion, {**named, **to_document(version)})
