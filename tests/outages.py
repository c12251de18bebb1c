"""How long an outage lasts in a test, shortly in `make test`, as in life in `make faults`, and what it may cost."""

import os
from dataclasses import fields
from typing import Any

from services.channel.adapters.smtp.provider import AHEAD
from services.channel.config import Settings

_CONNECTIONS: Any = next(field.default for field in fields(Settings) if field.name == "smtp_connections")
_IN_WRITING = 32  # outcomes of the last ten milliseconds

FULL = os.environ.get("CONSILIUM_FAULTS") == "full"


def lasting(short: float, full: float) -> float:
    """Choose the seconds of an outage."""
    return full if FULL else short


def most_unconfirmed(deaths: int) -> int:
    """Bound the letters that nobody knows the end of after deaths of channel, its store or its mail server.

    Two letters per connection, those marked ahead, and outcomes not yet written, for each death.
    """
    return deaths * ((2 + AHEAD) * int(_CONNECTIONS) + _IN_WRITING)
