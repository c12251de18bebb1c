"""One translation of the search engine's failures: away is `DependencyUnavailable`, the rest is a bug."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from opensearchpy import AsyncOpenSearch
from opensearchpy.exceptions import ConnectionError as NoConnection
from opensearchpy.exceptions import TransportError

from chassis.kernel.problem import DependencyUnavailable
from chassis.telemetry.tracing import doing

NAME = "opensearch"

_AWAY = frozenset({408, 429, 502, 503, 504})  # overloaded or not ready yet: the same call may succeed later


def connect(address: str) -> AsyncOpenSearch:
    """Return a client; nothing is sent before the first call. Retries are the caller's."""
    return AsyncOpenSearch(hosts=[address], timeout=30, max_retries=0, pool_maxsize=20)


@asynccontextmanager
async def answering() -> AsyncIterator[None]:
    """Translate failures of the engine inside.

    Raises:
        DependencyUnavailable: it does not answer, or not now.
    """
    try:
        with doing(NAME):
            yield
    except NoConnection as error:
        raise DependencyUnavailable(NAME) from error
    except TransportError as error:
        if error.status_code in _AWAY:
            raise DependencyUnavailable(NAME) from error
        raise
    except (aiohttp.ClientError, TimeoutError) as error:
        raise DependencyUnavailable(NAME) from error


async def ready(client: AsyncOpenSearch) -> bool:
    """Tell whether the engine answers searches now."""
    try:
        async with answering():
            health = await client.cluster.health(params={"timeout": "1s"}, request_timeout=2)
    except DependencyUnavailable:
        return False
    return bool(health["status"] != "red")
