"""How long an outage lasts in a test: shortly in `make test`, as long as in life in `make faults`."""

import os

FULL = os.environ.get("CONSILIUM_FAULTS") == "full"


def lasting(short: float, full: float) -> float:
    """Choose the seconds of an outage."""
    return full if FULL else short
