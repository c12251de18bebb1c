"""Wires imports, dictionaries and organisations: the ports of `imports.intake` on their engines."""

from chassis.bus.connection import Bus
from chassis.files import SealedFiles, ensure_bucket
from chassis.mongo.session import Database
from chassis.operations import Operations, Work
from services.profile.adapters.dictionaries_mongo import MongoDictionaries, ensure_dictionaries
from services.profile.adapters.imports_mongo import MongoImports, ensure_import_indexes
from services.profile.adapters.keyring import MongoKeyring
from services.profile.adapters.normalise import AddressSyntax, NumberingPlan
from services.profile.adapters.organisations_mongo import MongoOrganisations, ensure_organisation_indexes
from services.profile.adapters.sheets.process import SheetProcess
from services.profile.adapters.staging import MongoStagedRows, ensure_staging_indexes
from services.profile.app import App
from services.profile.imports.intake import Intake
from services.profile.imports.reading import READ, read_import
from services.profile.imports.writing import COMMIT, DRY_RUN, commit, dry_run

UPLOADS = "uploads"
"""The bucket into which the door streams files."""


def wire_intake(
    app: App, database: Database, bus: Bus, keyring: MongoKeyring, installation_key: bytes, operations: Operations
) -> Intake:
    """Build imports on their engines, and name their long work to the service's operations."""
    intake = Intake(
        app=app,
        operations=operations,
        imports=MongoImports(database),
        rows=MongoStagedRows(database, keyring, app.digest),
        uploads=SealedFiles(bus, installation_key, UPLOADS),
        sheets=SheetProcess(),
        dictionaries=MongoDictionaries(database),
        organisations=MongoOrganisations(database),
        phones=NumberingPlan(),
        mail=AddressSyntax(),
    )

    async def read(work: Work) -> dict[str, object]:
        return await read_import(work, intake)

    async def try_out(work: Work) -> dict[str, object]:
        return await dry_run(work, intake)

    async def write(work: Work) -> dict[str, object]:
        return await commit(work, intake)

    operations.does(READ, read)
    operations.does(DRY_RUN, try_out)
    operations.does(COMMIT, write)
    return intake


async def ensure_intake(database: Database) -> None:
    """Create collections and indexes, put the shipped dictionaries in; a step of the service's migrations."""
    await ensure_import_indexes(database)
    await ensure_staging_indexes(database)
    await ensure_organisation_indexes(database)
    await ensure_dictionaries(database)


async def ensure_uploads(bus: Bus) -> None:
    """Create the bucket of uploads."""
    await ensure_bucket(bus, UPLOADS)
