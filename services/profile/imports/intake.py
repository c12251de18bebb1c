"""Everything that imports, dictionaries and organisations work with, wired by bootstrap."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from chassis.kernel import derived_id
from chassis.operations import Operations, operation_id
from services.profile.app import App
from services.profile.commands.records import PutResult, StagedDraft, plan_records, put_records
from services.profile.domain.dictionaries import Dictionary
from services.profile.domain.errors import SourceUnknown
from services.profile.domain.imports.cells import MailSyntax, PhonePlan, Reader
from services.profile.domain.imports.errors import ImportUnknown
from services.profile.domain.imports.life import Import
from services.profile.domain.imports.records import Drafting
from services.profile.domain.imports.targets import Target, catalogue_target, with_catalogue
from services.profile.domain.record import PersonKind
from services.profile.domain.sources import EVERYWHERE, Source
from services.profile.imports.ports import Dictionaries, Imports, Organisations, Sheets, StagedRows, Uploads
from services.profile.ports import Meta


@dataclass(slots=True)
class Intake:
    """The ports of imports, beside those of people."""

    app: App
    operations: Operations
    imports: Imports
    rows: StagedRows
    uploads: Uploads
    sheets: Sheets
    dictionaries: Dictionaries
    organisations: Organisations
    phones: PhonePlan
    mail: MailSyntax

    async def source(self, key: str, workspace: str) -> Source:
        """Give a source that the caller's workspace may know.

        Raises:
            SourceUnknown: there is none, or it is another owner's.
        """
        source = (await self.app.settings.sources()).get(key)
        if source is None or workspace not in {EVERYWHERE, source.base}:
            raise SourceUnknown(key)
        return source

    async def known(self, import_id: str, workspace: str) -> Import:
        """Give an import that the caller's workspace may know.

        Raises:
            ImportUnknown: there is none, or it is another owner's.
        """
        found = await self.imports.get(import_id)
        if found is None or workspace not in {EVERYWHERE, found.base}:
            raise ImportUnknown(import_id)
        return found

    async def begin(
        self, kind: str, found: Import, actor: str, total: int, asked: str = "", given: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Begin a work on this state of an import: the one that runs or ended well, else one after those that failed.

        `asked` tells apart what may be asked of one state in several ways.
        """
        for attempt in count():
            state = f"{found.version}{'.' * attempt}"
            begun = await self.operations.begin(
                kind,
                subject=found.id,
                workspace=found.base,
                principal=actor,
                given=given,
                operation=operation_id("profile", derived_id(kind, found.id, state, *([asked] if asked else []))),
                total=total,
                unit="rows",
            )
            if begun["error"] is None:
                return begun
        raise AssertionError("there is always one more")

    async def added_targets(self, kind: PersonKind) -> list[Target]:
        """Give the targets that the catalogue adds for a kind of people."""
        catalogue = await self.app.settings.catalogue()
        return [
            catalogue_target(attribute.key, attribute.title or attribute.key, attribute.type, attribute.dictionary)
            for attribute in catalogue
            if not attribute.builtin and kind in attribute.kinds
        ]

    async def targets(self, kind: PersonKind) -> dict[str, Target]:
        """Give everything that a column may mean for a kind of people."""
        return with_catalogue(await self.added_targets(kind))

    def reader(self, dictionaries: Mapping[str, Dictionary], source: Source) -> Reader:
        """Give a reader of cells."""
        return Reader(dictionaries, self.phones, self.mail, source.country, self.app.clock.now().date())

    async def drafting(self, of: Import) -> Drafting:
        """Give what rows of an import need to become records."""
        source = await self.source(of.source, EVERYWHERE)
        dictionaries = await self.dictionaries.all()
        return Drafting(
            source=source,
            kind=of.kind,
            targets=await self.targets(of.kind),
            cities=dictionaries.get("cities"),
            evidence=f"file:{of.digest[:32]}",
            uploaded_at=of.created_at,
        )

    async def put(self, drafts: Sequence[StagedDraft], actor: str, operation: str) -> list[PutResult]:
        """Write drafts."""
        return await put_records(drafts, self.app, Meta(actor, operation))

    async def plan(self, drafts: Sequence[StagedDraft], actor: str) -> list[PutResult]:
        """Say what writing drafts would do."""
        return await plan_records(drafts, self.app, Meta(actor))

    def now(self) -> datetime:
        """Tell the time."""
        return self.app.clock.now()

    def record_mark(self, source: str, key: Sequence[str]) -> str:
        """Give the keyed hash that stands for a record of a source."""
        return self.app.digest(f"record-key:{source}", "\x1f".join(key))

    def request_mark(self, source: str, kind: str, given: Sequence[tuple[str, str]], content: bytes) -> str:
        """Give the keyed hash that stands for what a request asked for, so that a repeat is known."""
        parts = [source, kind, content.hex(), *(part for pair in given for part in pair)]
        return self.app.digest("import-request", "\x1f".join(parts))

    def file_mark(self, content: bytes) -> str:
        """Give the keyed hash that stands for a file's content, of its SHA-256."""
        return self.app.digest("file", content.hex())
