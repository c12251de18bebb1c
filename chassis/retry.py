"""The three retry policies of the house, and no other.

- `SWIFT`: a write that lost a race; three tries, milliseconds apart.
- `PEER`: an engine or a service that hiccups; a few tries within about two seconds.
- `PATIENT`: start-up and reconnects; tries for as long as it takes, with a growing pause of at most ten seconds.

Never put one inside another: the outer would multiply the inner.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import tenacity

from chassis.kernel import Problem

T = TypeVar("T")


def _worth(error: BaseException) -> bool:
    return isinstance(error, Problem) and error.transient


async def swift(call: Callable[[], Awaitable[T]], on: type[BaseException] | tuple[type[BaseException], ...]) -> T:
    """Try three times, 5 to 40 ms apart, when `on` is raised; the last error goes to the caller."""
    policy = tenacity.AsyncRetrying(
        stop=tenacity.stop_after_attempt(3),
        wait=tenacity.wait_random_exponential(multiplier=0.005, max=0.04),
        retry=tenacity.retry_if_exception_type(on),
        reraise=True,
    )
    return await policy(call)


async def peer(call: Callable[[], Awaitable[T]], on: type[BaseException] | tuple[type[BaseException], ...] = ()) -> T:
    """Try five times within about two seconds on transient problems and on `on`."""
    policy = tenacity.AsyncRetrying(
        stop=tenacity.stop_after_attempt(5),
        wait=tenacity.wait_random_exponential(multiplier=0.1, max=1.0),
        retry=tenacity.retry_if_exception(lambda error: _worth(error) or isinstance(error, on)),
        reraise=True,
    )
    return await policy(call)


async def patient(
    call: Callable[[], Awaitable[T]],
    on: type[BaseException] | tuple[type[BaseException], ...],
    waiting: Callable[[BaseException], None],
) -> T:
    """Try until it works, telling `waiting` before each pause (for logs and readiness)."""
    policy = tenacity.AsyncRetrying(
        wait=tenacity.wait_random_exponential(multiplier=0.2, max=10.0),
        retry=tenacity.retry_if_exception_type(on),
        before_sleep=lambda state: waiting(state.outcome.exception() if state.outcome else None),  # type: ignore[arg-type]  # it has failed here
        reraise=True,
    )
    return await policy(call)
