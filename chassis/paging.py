"""Pages: opaque, encrypted tokens bound to the query that made them.

A token holds where the next page begins; it opens only with the same query (filters, order, workspace), so a token of
another query is refused by name instead of giving a page of something else.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import msgspec

from chassis.crypto import SealBroken, Sealer
from chassis.kernel.problem import PageTokenInvalid

DEFAULT, MOST = 50, 500


def page_size(wanted: int) -> int:
    """Give the number of items: 50 when 0, at most 500."""
    return min(wanted or DEFAULT, MOST)


class Pages:
    """Makes and reads the tokens of one process."""

    def __init__(self, installation_key: bytes) -> None:
        self._sealer = Sealer(installation_key, "page-token")

    @staticmethod
    def _place(query: Mapping[str, Any]) -> bytes:
        return hashlib.sha256(json.dumps(query, sort_keys=True, default=str).encode()).digest()

    def token(self, query: Mapping[str, Any], position: Any) -> str:
        """Make the token for the page that begins after `position` (JSON-able); "" for None."""
        if position is None:
            return ""
        return self._sealer.seal_text(msgspec.json.encode(position), self._place(query))

    def position(self, query: Mapping[str, Any], token: str) -> Any:
        """Read a token; None when it is empty.

        Raises:
            PageTokenInvalid: forged, or of another query.
        """
        if not token:
            return None
        try:
            return msgspec.json.decode(self._sealer.open_text(token, self._place(query)))
        except SealBroken as error:
            raise PageTokenInvalid from error
