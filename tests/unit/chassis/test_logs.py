"""What a log line says: place, fingerprint and what to do, and what an incident tracker is told of it."""

import gzip
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from chassis.telemetry.incidents import Incidents
from chassis.telemetry.logs import log
from chassis.telemetry.tracing import serving
from tests.logged import Lines, logged

CALLERS = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
PERSON = "Anna Petrova, anna@example.org"


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Catch what is logged."""
    with logged("profile", "ru") as caught:
        yield caught


def _fail(text: str) -> None:
    raise ValueError(text)


def _logged(lines: Lines, text: str = PERSON) -> dict[str, Any]:
    try:
        _fail(text)
    except ValueError as error:
        with serving("/consilium.profile.v1.Profiles/GetProfile", CALLERS):
            log().exception("rpc.failed", method="GetProfile", kind=type(error).__name__)
    return lines.all()[-1]


def test_an_error_names_cause_place_what_to_do_and_its_trace_and_nobody(lines: Lines) -> None:
    line = _logged(lines)

    assert (line["service"], line["cell"], line["level"], line["error"]) == ("profile", "ru", "error", "ValueError")
    assert line["place"][-1].startswith("tests/unit/chassis/test_logs.py:")
    assert line["place"][-1].endswith(" _fail")
    assert line["do"].startswith("Report the fingerprint")
    assert line["trace_id"] == CALLERS[3:35]
    assert "Anna" not in json.dumps(line)


def test_the_same_fault_has_the_same_fingerprint_and_another_has_another(lines: Lines) -> None:
    first, again = _logged(lines, "one"), _logged(lines, "two")
    log().error("operation.failed", kind="ValueError")

    assert first["fingerprint"] == again["fingerprint"]
    assert lines.all()[-1]["fingerprint"] != first["fingerprint"]


def test_what_goes_well_asks_for_nothing(lines: Lines) -> None:
    log().info("bus.returned")

    assert lines.all()[-1].keys() == {"event", "level", "service", "cell", "timestamp"}


class _Tracker(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        text = gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
        self.server.envelopes.append(text.decode())  # type: ignore[attr-defined]  # the test's own list
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the base class gives
        pass


def test_a_tracker_is_told_the_line_of_an_error_and_nothing_else(lines: Lines) -> None:
    server = HTTPServer(("127.0.0.1", 0), _Tracker)
    server.envelopes = []  # type: ignore[attr-defined]  # read below
    threading.Thread(target=server.serve_forever, daemon=True).start()
    tracker = Incidents(f"http://key@127.0.0.1:{server.server_port}/7", service="profile", cell="ru")
    line = _logged(lines)

    tracker(None, "", {**line, "level": "info"})
    tracker(None, "", line)
    tracker.close()
    server.shutdown()
    server.server_close()

    [envelope] = server.envelopes  # type: ignore[attr-defined]
    told = json.loads(envelope.splitlines()[-1])
    assert told["fingerprint"] == [line["fingerprint"]]
    assert told["exception"]["values"][0]["type"] == "ValueError"
    assert told["exception"]["values"][0]["stacktrace"]["frames"][-1]["function"] == "_fail"
    assert told["contexts"]["trace"]["trace_id"] == line["trace_id"]
    assert told["extra"].keys() <= {"method", "kind", "service", "cell"}
    assert not told.keys() & {"user", "request", "breadcrumbs", "modules"}
    assert "Anna" not in envelope
