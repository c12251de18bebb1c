"""Events as a site tells them, for the benchmarks of the door."""

import json
import os
import time
from datetime import UTC, datetime
from typing import Any

HUNDRED = 100


def event(number: int) -> dict[str, Any]:
    """Give an event that nobody told before."""
    return {
        "event_id": f"{os.getpid()}-{number}-{time.monotonic_ns()}",
        "name": "page_viewed",
        "time": datetime.now(UTC).isoformat(),
        "anonymous_id": f"device-{number % 1000}",
        "properties": {"page": "home", "seconds": number % 60},
    }


def single(number: int) -> bytes:
    """Give the body of a request of one event."""
    return json.dumps(event(number)).encode()


def batch(number: int, size: int = HUNDRED) -> bytes:
    """Give the body of a request of several."""
    return json.dumps({"events": [event(number * size + each) for each in range(size)]}).encode()
