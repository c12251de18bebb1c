"""Reports by mail: bounces and complaints are read, everything else is nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.channel.adapters.reports import Report, read_report
from services.channel.domain.message import MarkKind
from tests.unit.channel.bounces import bounce, complaint


@pytest.mark.parametrize(
    ("raw", "report"),
    [
        (bounce("5.1.1"), Report(MarkKind.BOUNCED_LATER, "hard", "550 5.1.1")),
        (bounce("4.2.2", diagnostic="smtp; 452 4.2.2 full"), Report(MarkKind.BOUNCED_LATER, "soft", "452 4.2.2")),
        (bounce("5.2.2", diagnostic="smtp; 552 5.2.2 full"), Report(MarkKind.BOUNCED_LATER, "soft", "552 5.2.2")),
        (bounce("5.7.1", diagnostic="smtp; 550 refused"), Report(MarkKind.BOUNCED_LATER, "soft", "550 5.7.1")),
        (bounce("5.4.4", diagnostic="dns; no host"), Report(MarkKind.BOUNCED_LATER, "hard", "5.4.4")),
        (bounce("4.4.1", action="delayed"), None),
        (complaint(), Report(MarkKind.COMPLAINED)),
        (b"Subject: I am away\r\n\r\nuntil Monday", None),
        (bounce("5.1.1").replace(b"delivery-status", b"disposition-notification"), None),
        (b"", None),
    ],
)
def test_a_report_is_read(raw: bytes, report: Report | None) -> None:
    assert read_report(raw) == report


@given(st.binary(max_size=300))
def test_anything_may_arrive(noise: bytes) -> None:
    read_report(noise)
    read_report(bounce("5.1.1").replace(b"Reporting-MTA: dns; mx.example", noise))
