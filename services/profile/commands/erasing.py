"""Erasing a person, for good.

The entry in the erasure ledger is the decision; every later step repeats until it is carried out: the fact goes into
the streams, the keys of all records die, the views become tombstones, the identity keys go.
"""

from datetime import datetime

from chassis.kernel import WHOLE
from services.profile.app import App
from services.profile.commands.change import Request, see
from services.profile.commands.work import begin
from services.profile.domain import profile as decisions
from services.profile.domain.errors import ProfileUnknown
from services.profile.domain.people import profile_stream
from services.profile.ports import Erasure, Meta


async def erase_profile(profile: str, ground: str, request: Request, app: App) -> datetime:
    """Erase a person with everything that was merged into it; give when that was decided.

    Raises:
        ProfileUnknown: nobody of this id is in the workspace.
        ProfileAbsorbed: the id lives on in a survivor.
    """
    seen = await see(profile, "*", app)
    if not seen.person.erased:
        decisions.writable(seen.person, profile)
        seen = await see(profile, request.workspace, app)
        if request.workspace != WHOLE:
            # A base cannot erase what other bases know: it is asked for the whole or not at all.
            whole = await see(profile, "*", app)
            if len(whole.person.records) != len(seen.person.records):
                raise ProfileUnknown(profile)
    erasure = await app.erasures.decide(
        Erasure(
            seen.person.id,
            tuple(home.id for home in seen.person.homes),
            tuple(record.id for record in seen.person.records),
            request.actor,
            ground,
            app.clock.now(),
        )
    )
    app.fault("decided")
    await carry_out(erasure, app)
    return erasure.decided_at


async def carry_out(erasure: Erasure, app: App) -> None:
    """Make an erasure true in everything that profile stores; may be repeated at any time."""
    tries = 0

    async def attempt() -> list[str]:
        nonlocal tries
        tries += 1
        work = await begin(app, Meta(erasure.actor), erasure.homes)
        await work.catch_up([f"record:{record}" for record in erasure.records])
        if tries > 1:
            await work.catch_up()
        records = [record for record in work.people.records.values() if record.home in erasure.homes]
        keys = {key for record in records for key in work.keys(record).stated | {work.keys(record).own}}
        # Keys first: a row that arrives from now on finds nobody and opens a record of its own.
        await app.identities.forget([record.id for record in records], keys)
        app.fault("forgotten")
        for home in erasure.homes:
            known = work.people.homes.get(home)
            if known is not None and not known.erased:
                person = work.people.person(home)
                work.append(profile_stream(home), decisions.erase(person, erasure.ground).get(known.stream, []))
        await work.write()
        return [record.id for record in records]

    records = await app.again(attempt)
    app.fault("tombstone")
    await app.keyring.destroy([*erasure.records, *records, *erasure.homes])
    app.fault("destroyed")
    await app.erasures.carried_out(erasure.profile, app.clock.now())
