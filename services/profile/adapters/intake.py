"""Wires imports, dictionaries and organisations: the ports of `imports.intake` on their engines."""

from chassis.bus.connection import Bus
from chassis.files import SealedFiles, ensure_bucket
from chassis.grpc.server import Register
from chassis.kernel import SystemClock
from chassis.mongo.session import Database
from chassis.operations import Operations, Work
from chassis.operations_rpc import register as register_operations
from chassis.paging import Pages
from chassis.process import Engines
from gen.consilium.profile.v1 import dictionaries_pb2_grpc, imports_pb2_grpc
from services.profile.adapters.dictionaries_mongo import MongoDictionaries, ensure_dictionaries
from services.profile.adapters.imports_mongo import MongoImports, ensure_import_indexes
from services.profile.adapters.keyring import MongoKeyring
from services.profile.adapters.normalise import AddressSyntax, NumberingPlan
from services.profile.adapters.organisations_mongo import MongoOrganisations, ensure_organisation_indexes
from services.profile.adapters.rpc import dictionaries, imports
from services.profile.adapters.sheets.process import SheetProcess
from services.profile.adapters.staging import MongoStagedRows, ensure_staging_indexes
from services.profile.app import App
from services.profile.imports.correcting import CORRECT, correct_rows
from services.profile.imports.intake import Intake
from services.profile.imports.reading import READ, read_import
from services.profile.imports.writing import COMMIT, DRY_RUN, commit, dry_run

UPLOADS = "imports"
"""The bucket into which the door streams files."""


def wire_intake(app: App, engines: Engines, installation_key: bytes, operations: Operations) -> Intake:
    """Build imports on their engines, and name their long work to the service's operations."""
    keyring = MongoKeyring(engines.mongo.database("keys"), installation_key)
    intake = Intake(
        app=app,
        operations=operations,
        imports=MongoImports(engines.database),
        rows=MongoStagedRows(engines.database, keyring, app.digest),
        uploads=SealedFiles(engines.bus, installation_key, UPLOADS),
        sheets=SheetProcess(),
        dictionaries=MongoDictionaries(engines.database),
        organisations=MongoOrganisations(engines.database),
        phones=NumberingPlan(),
        mail=AddressSyntax(),
    )

    async def read(work: Work) -> dict[str, object]:
        return await read_import(work, intake)

    async def try_out(work: Work) -> dict[str, object]:
        return await dry_run(work, intake)

    async def write(work: Work) -> dict[str, object]:
        return await commit(work, intake)

    async def correct(work: Work) -> dict[str, object]:
        return await correct_rows(work, intake)

    operations.does(READ, read)
    operations.does(DRY_RUN, try_out)
    operations.does(COMMIT, write)
    operations.does(CORRECT, correct)
    return intake


def intake_registers(intake: Intake, pages: Pages) -> list[Register]:
    """Give the gRPC services of imports, dictionaries, organisations, and of the service's long work."""
    return [
        (
            imports_pb2_grpc.add_ImportsServicer_to_server,
            imports.ImportsServicer(intake, pages),
            "consilium.profile.v1.Imports",
        ),
        (
            dictionaries_pb2_grpc.add_DictionariesServicer_to_server,
            dictionaries.DictionariesServicer(intake, pages),
            "consilium.profile.v1.Dictionaries",
        ),
        register_operations(intake.operations, pages),
    ]


async def ensure_intake(database: Database) -> None:
    """Create collections and indexes, put the shipped dictionaries in; a step of the service's migrations."""
    await Operations(database, "profile", SystemClock()).ensure_indexes()
    await ensure_import_indexes(database)
    await ensure_staging_indexes(database)
    await ensure_organisation_indexes(database)
    await ensure_dictionaries(database)


async def ensure_uploads(bus: Bus) -> None:
    """Create the bucket of uploads."""
    await ensure_bucket(bus, UPLOADS)
