"""What report does once a day, as an operation: all workers ask for the same one, and a dead worker's is taken up."""

from collections.abc import Mapping
from typing import Any

from chassis.kernel import WHOLE, derived_id
from chassis.operations import Operations, Work, operation_id
from services.report.app import App
from services.report.comparing import compare

COMPARE = "warehouse-compare"


def name_work(operations: Operations, app: App) -> None:
    """Name the function that does it."""

    async def compare_people(_work: Work) -> Mapping[str, Any]:
        return {"repaired": await compare(app)}

    operations.does(COMPARE, compare_people)


async def begin_day(operations: Operations, day: str) -> None:
    """Ask for what is due on a day, once a day however many workers ask."""
    await operations.begin(
        COMPARE,
        subject="warehouse",
        workspace=WHOLE,
        principal="report",
        operation=operation_id("report", derived_id(COMPARE, day)),
    )
