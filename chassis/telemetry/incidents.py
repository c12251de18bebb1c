"""Errors to an incident tracker, by Sentry's protocol: off unless an address is configured.

Promise: what leaves is the log line of an error and nothing else: type, place, fingerprint, trace and the registered
keys. No values, no texts, no variables, no requests, no name of the machine; nothing is collected by the client itself.
Limits: sending is best effort, in a thread of its own; the log remains the record.
"""

import logging
from collections.abc import MutableMapping
from typing import Any

import sentry_sdk

_OWN = frozenset({"event", "level", "timestamp", "error", "place", "fingerprint", "trace_id", "span_id", "do"})


class Incidents:
    """A step of the logger: tells each error, passes every line on unchanged."""

    def __init__(self, address: str, *, service: str, cell: str) -> None:
        self._client = sentry_sdk.Client(
            dsn=address,
            server_name=service,
            environment=cell,
            default_integrations=False,
            auto_enabling_integrations=False,
            send_default_pii=False,
            include_local_variables=False,
            include_source_context=False,
            max_request_body_size="never",
            max_breadcrumbs=0,
            auto_session_tracking=False,
            send_client_reports=False,
            spotlight=False,
        )
        # The client's own complaints would come back here.
        logging.getLogger("sentry_sdk").setLevel(logging.CRITICAL)

    def __call__(self, _logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        if event["level"] == "error":
            self._client.capture_event(_incident(event))
        return event

    def close(self) -> None:
        """Send what waits."""
        self._client.close(timeout=2.0)


def _incident(event: MutableMapping[str, Any]) -> Any:
    frames = [_frame(place) for place in event.get("place", ())]
    kind = str(event.get("error") or event.get("kind") or event["event"])
    told: dict[str, Any] = {
        "level": "error",
        "logger": str(event.get("service", "")),
        "transaction": str(event["event"]),
        "fingerprint": [str(event.get("fingerprint", event["event"]))],
        "exception": {"values": [{"type": kind, "value": str(event["event"]), "stacktrace": {"frames": frames}}]},
        "tags": {"event": str(event["event"]), "service": str(event.get("service", "")), "cell": event.get("cell", "")},
        "extra": {name: value for name, value in event.items() if name not in _OWN},
    }
    if "trace_id" in event:
        told["contexts"] = {"trace": {"trace_id": event["trace_id"], "span_id": event["span_id"]}}
    return told


def _frame(place: str) -> dict[str, Any]:
    where, _, function = place.partition(" ")
    name, _, line = where.rpartition(":")
    return {"filename": name, "lineno": int(line), "function": function, "in_app": not name.startswith("/")}
