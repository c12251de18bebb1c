"""Time as a port: UTC, in whole milliseconds, because that is what MongoDB keeps."""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Give the present moment, aware, UTC, whole milliseconds."""
        ...


def milliseconds(moment: datetime) -> datetime:
    """Cut a moment to whole milliseconds, so that what is written equals what is read back."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Give the present moment."""
        return milliseconds(datetime.now(UTC))


class FixedClock:
    """A clock that stands still until it is moved; for tests."""

    def __init__(self, moment: datetime) -> None:
        self._moment = milliseconds(moment)

    def now(self) -> datetime:
        """Give the moment it stands at."""
        return self._moment

    def advance(self, by: timedelta) -> None:
        """Move it on."""
        self._moment = milliseconds(self._moment + by)
