"""Imports on real engines, and hands that do what a person at the door does."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from chassis.files import SealedFiles
from chassis.kernel import new_id
from chassis.operations import Operations
from services.profile.adapters.intake import wire_intake
from services.profile.domain.imports.cells import Verdict
from services.profile.domain.imports.life import Import
from services.profile.imports.intake import Intake
from services.profile.imports.ports import RowFilter, StagedRow
from services.profile.imports.reading import BeginImport, begin_import
from services.profile.imports.writing import begin_commit, begin_dry_run
from tests.integration.profile.conftest import Ground
from tests.polling import until


@dataclass(slots=True)
class Desk:
    """Imports as somebody uses them."""

    intake: Intake
    operations: Operations

    async def upload(self, content: bytes) -> str:
        """Put a file where the door puts it."""
        assert isinstance(self.intake.uploads, SealedFiles)
        name = new_id()

        async def pieces() -> AsyncIterator[bytes]:
            for at in range(0, len(content), 1 << 16):
                yield content[at : at + (1 << 16)]

        await self.intake.uploads.put(name, pieces())
        return name

    async def begin(self, content: bytes, name: str, source: str, given: Mapping[str, str] | None = None) -> Import:
        """Upload a file and begin its import."""
        command = BeginImport(await self.upload(content), name, source, None, given or {}, "*", "tester", new_id())
        return await begin_import(command, self.intake)

    async def read(self, content: bytes, name: str, source: str, given: Mapping[str, str] | None = None) -> Import:
        """Upload a file and wait until it is read or refused."""
        begun = await self.begin(content, name, source, given)
        await self.ended(begun.operation)
        return await self.intake.known(begun.id, "*")

    async def dry_run(self, one: Import) -> dict[str, Any]:
        """Try an import out and wait."""
        return await self.ended((await begin_dry_run(one.id, "*", "tester", self.intake))["_id"])

    async def commit(self, one: Import) -> dict[str, Any]:
        """Commit an import and wait."""
        return await self.ended((await begin_commit(one.id, None, "*", "tester", self.intake))["_id"])

    async def ended(self, operation: str) -> dict[str, Any]:
        """Wait for the end of long work."""

        async def over() -> bool:
            return bool((await self.operations.get(operation, None))["state"] == "done")

        await until(over, seconds=60)
        return await self.operations.get(operation, None)

    async def rows(self, one: Import, verdict: Verdict | None = None) -> list[StagedRow]:
        """Give the staged rows."""
        return await self.intake.rows.page(one.id, RowFilter(verdict), 0, 100_000)


@asynccontextmanager
async def working(ground: Ground) -> AsyncIterator[Desk]:
    """Have a worker do the long work, in this loop."""
    engines = ground.engines
    operations = Operations(engines.database, "profile", engines.clock)
    intake = wire_intake(ground.app, engines, ground.settings.installation_key, operations)
    task = asyncio.create_task(operations.run())
    try:
        yield Desk(intake, operations)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
