"""A process whose clock is wrong: `python -m tests.faults.skewed SECONDS services.profile work`.

Wherever our code asks for the time of day it gets another one. Libraries keep the machine's: on a machine whose clock
is wrong theirs would agree with it, and here the deadlines of gRPC would not.
"""

import runpy
import sys
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from chassis.grpc import principal, server
from chassis.kernel import clock, ids


def shift(seconds: float) -> None:
    """Move the clock of this process."""
    by = timedelta(seconds=seconds)

    def now(self: clock.SystemClock) -> datetime:
        return clock.milliseconds(datetime.now(UTC) + by)

    clock.SystemClock.now = now  # type: ignore[method-assign]  # the one place where a process asks for the time
    moved = SimpleNamespace(
        time=lambda: time.time() + seconds,
        time_ns=lambda: time.time_ns() + int(seconds * 1e9),
        monotonic=time.monotonic,
        perf_counter=time.perf_counter,
    )
    for module in (principal, server, ids):  # tokens, freezes, the moment in an id
        vars(module)["time"] = moved


if __name__ == "__main__":
    wrong, module = float(sys.argv[1]), sys.argv[2]
    shift(wrong)
    sys.argv = [module, *sys.argv[3:]]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
