"""Routes that will end: said in the documentation and in every answer, long before they do.

    @routes.get("/old", **ending(since=date(2027, 1, 1), until=date(2027, 9, 1), instead="/v1/new"))

`Deprecation` is of RFC 9745, `Sunset` of RFC 8594. Promise: whoever still calls such a route is told by each answer, a
refusal too; docs/extending.md says how long before at least.
"""

from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from typing import Any

from fastapi import Depends, Request

from gateway.headers import say


def ending(*, since: date, until: date, instead: str = "") -> dict[str, Any]:
    """Give the options of a route that is deprecated since a day and gone from another one on.

    Args:
        since: the day from which nobody should begin to use it.
        until: the day from which it may be gone.
        instead: address of what does its work.
    """
    began, over = (datetime.combine(day, time(), UTC) for day in (since, until))
    headers = [("Deprecation", f"@{int(began.timestamp())}"), ("Sunset", format_datetime(over, usegmt=True))]
    if instead:
        headers.append(("Link", f'<{instead}>; rel="successor-version"'))

    async def told(request: Request) -> None:
        say(request, headers)

    return {
        "deprecated": True,
        "openapi_extra": {"x-deprecated-since": since.isoformat(), "x-sunset": until.isoformat()},
        "dependencies": [Depends(told)],
    }
