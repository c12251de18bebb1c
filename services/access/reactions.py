"""What access does when others tell what happened: keep the trail."""

from collections.abc import Sequence

from services.access.commands import App
from services.access.ports import AuditFact


async def on_acted(facts: Sequence[AuditFact], app: App) -> None:
    """Append acts to their partitions' chains; a repeat changes nothing."""
    await app.trail.append(facts)
