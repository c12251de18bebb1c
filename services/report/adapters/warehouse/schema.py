"""Tables of the warehouse and how they came to be: numbered migrations, each applied once, in order.

Promise: facts are never changed. Every table is a ReplacingMergeTree whose sorting key names the fact and nothing
else, read with FINAL, so a fact inserted twice counts once whatever the merges have done so far; no materialised view
counts anything. Inserts are on disk (fsync) when they return.
Who a subject belongs to stands in `subjects` alone and is joined at query time, so a merge rewrites no fact.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from services.report.adapters.warehouse.engine import Engine

# 1,000 tokens: the batches of a quarter of an hour at full load, more than a redelivery waits.
_DURABLE = "non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1"

_ACTIVITIES = f"""
CREATE TABLE IF NOT EXISTS activities (
    subject String CODEC(ZSTD(1)),
    day Date,
    id String CODEC(ZSTD(1)),
    event_id String CODEC(ZSTD(1)),
    profile String CODEC(ZSTD(1)),
    base LowCardinality(String),
    source LowCardinality(String),
    name LowCardinality(String),
    time DateTime64(3, 'UTC'),
    recorded DateTime64(3, 'UTC'),
    numbers Map(LowCardinality(String), Float64),
    flags Map(LowCardinality(String), Bool),
    times Map(LowCardinality(String), DateTime64(3, 'UTC')),
    codes Map(LowCardinality(String), String),
    dropped UInt16
) ENGINE = ReplacingMergeTree
PARTITION BY toDate(recorded, 'UTC')
ORDER BY (subject, day, id)
SETTINGS {_DURABLE}
"""

_DELIVERIES = f"""
CREATE TABLE IF NOT EXISTS deliveries (
    subject String CODEC(ZSTD(1)),
    day Date,
    id String CODEC(ZSTD(1)),
    kind LowCardinality(String),
    code LowCardinality(String),
    reason LowCardinality(String),
    message String CODEC(ZSTD(1)),
    campaign String CODEC(ZSTD(1)),
    entry UInt32,
    node LowCardinality(String),
    profile String CODEC(ZSTD(1)),
    channel LowCardinality(String),
    workspace LowCardinality(String),
    controller LowCardinality(String),
    template LowCardinality(String),
    template_version UInt32,
    provider_code LowCardinality(String),
    machine Bool,
    time DateTime64(3, 'UTC'),
    recorded DateTime64(3, 'UTC')
) ENGINE = ReplacingMergeTree
PARTITION BY toDate(recorded, 'UTC')
ORDER BY (subject, day, id)
SETTINGS {_DURABLE}
"""

_RUNS = f"""
CREATE TABLE IF NOT EXISTS runs (
    campaign String,
    entry UInt32,
    node String,
    workspace LowCardinality(String),
    goal_event String,
    goal_window_hours UInt32,
    recorded DateTime64(3, 'UTC')
) ENGINE = ReplacingMergeTree(recorded)
ORDER BY (campaign, entry, node)
SETTINGS {_DURABLE}
"""

_SUBJECTS = f"""
CREATE TABLE IF NOT EXISTS subjects (
    subject String CODEC(ZSTD(1)),
    person String CODEC(ZSTD(1)),
    profile Bool,
    version UInt64,
    INDEX by_person person TYPE bloom_filter(0.01) GRANULARITY 1
) ENGINE = ReplacingMergeTree(version)
ORDER BY subject
SETTINGS {_DURABLE}
"""

_PROFILES = f"""
CREATE TABLE IF NOT EXISTS profiles (
    person String CODEC(ZSTD(1)),
    base LowCardinality(String),
    revision UInt64,
    kind LowCardinality(String),
    state LowCardinality(String),
    texts Map(LowCardinality(String), Array(String)),
    numbers Map(LowCardinality(String), Float64),
    flags Map(LowCardinality(String), Bool),
    dates Map(LowCardinality(String), Date32),
    specialties Array(LowCardinality(String)),
    cities Array(LowCardinality(String)),
    regions Array(LowCardinality(String)),
    organisations Array(String)
) ENGINE = ReplacingMergeTree(revision)
ORDER BY (person, base)
SETTINGS {_DURABLE}
"""

_MEMBERSHIPS = f"""
CREATE TABLE IF NOT EXISTS memberships (
    segment String,
    profile String,
    member Bool,
    time DateTime64(3, 'UTC'),
    INDEX by_profile profile TYPE bloom_filter(0.01) GRANULARITY 1
) ENGINE = ReplacingMergeTree(time)
ORDER BY (segment, profile)
SETTINGS {_DURABLE}
"""

_ERASURES = f"""
CREATE TABLE IF NOT EXISTS erasures (
    subject String,
    time DateTime64(3, 'UTC')
) ENGINE = ReplacingMergeTree
ORDER BY subject
SETTINGS {_DURABLE}
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema; its statements may be run again when a crash left it half done."""

    version: int
    name: str
    statements: tuple[str, ...]


MIGRATIONS = (
    Migration(
        1,
        "facts-and-people",
        (_ACTIVITIES, _DELIVERIES, _RUNS, _SUBJECTS, _PROFILES, _MEMBERSHIPS, _ERASURES),
    ),
)

_APPLIED = f"""
CREATE TABLE IF NOT EXISTS migrations (
    version UInt32,
    name String,
    applied DateTime64(3, 'UTC')
) ENGINE = ReplacingMergeTree
ORDER BY version
SETTINGS {_DURABLE}
"""


async def migrate(engine: Engine) -> list[int]:
    """Bring the schema up to date; answers the versions that were applied now."""
    await engine.command(_APPLIED)
    known = {row["version"] for row in await engine.rows("SELECT version FROM migrations FINAL", {})}
    applied = []
    for migration in MIGRATIONS:
        if migration.version in known:
            continue
        for statement in migration.statements:
            await engine.command(statement)
        row = (migration.version, migration.name, datetime.now(UTC))
        await engine.insert("migrations", ("version", "name", "applied"), [row], token=f"migration-{migration.version}")
        applied.append(migration.version)
    return applied


async def is_current(engine: Engine) -> bool:
    """Tell whether every migration of this version has been applied."""
    exists = await engine.rows(
        "SELECT count() AS n FROM system.tables WHERE database = currentDatabase() AND name = 'migrations'", {}
    )
    if not exists[0]["n"]:
        return False
    known = {row["version"] for row in await engine.rows("SELECT version FROM migrations FINAL", {})}
    return known >= {migration.version for migration in MIGRATIONS}
