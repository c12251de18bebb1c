"""Upkeep: what a kill left between two steps is brought to its end, and what ran out is put on record."""

from datetime import timedelta

from services.profile.app import App
from services.profile.commands.consents import expire_consents
from services.profile.commands.erasing import carry_out
from services.profile.commands.settling import finish

PATIENCE = timedelta(seconds=3)
"""A writer that lives closes its write long before; finishing it twice is harmless."""

ORPHAN_AGE = timedelta(days=1)
"""No write lives this long between its data keys and its commits."""

PAGE = 1_000

MOST_EXPIRED = 200
"""People of one round: one transaction."""


async def finish_writes(app: App, lane: int | None = None) -> int:
    """Write the views of commits that were left open, settle their people, close them; gives how many."""
    left = await app.ledger.opened(app.clock.now() - PATIENCE, lane)
    await finish(left, app)
    return len(left)


async def expire_due_consents(app: App, lane: int) -> int:
    """Put on record the grants of a lane's people that have run out; gives how many people that concerned."""
    due = await app.listing.expiring(lane, app.clock.now(), MOST_EXPIRED)
    if due:
        await expire_consents(due, app)
    return len(due)


async def finish_erasures(app: App) -> int:
    """Carry out the erasures that were decided and not finished; gives how many."""
    pending = await app.erasures.pending()
    for erasure in pending:
        await carry_out(erasure, app)
    return len(pending)


async def sweep_orphans(app: App) -> int:
    """Destroy data keys whose write never came, and claims that died; gives how many.

    A key is made before its record's first commit, so only keys older than a day are looked at. Ids of another kind
    than UUIDv7 do not tell their age and stay.
    """
    day_ago = app.clock.now() - ORPHAN_AGE
    milliseconds = f"{round(day_ago.timestamp() * 1000):012x}"
    before, after, swept = f"{milliseconds[:8]}-{milliseconds[8:]}", "", 0
    while True:
        owners = await app.keyring.page(after, before, PAGE)
        if not owners:
            break
        after = owners[-1]
        begun = await app.ledger.begun(owners)
        orphans = [owner for owner in owners if owner not in begun and owner[14] == "7"]
        await app.keyring.destroy(orphans)
        swept += len(orphans)
    return swept + await app.identities.sweep(day_ago)
