"""The mailbox through its two doors: SMTP as it really is on the wire, and the page's interface."""

import email
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from deploy.local.children import free_ports
from deploy.local.mailbox import client as mailboxes
from deploy.local.mailbox.client import Mailbox

_LETTER = b"From: a@consilium.example\r\nSubject: Hello\r\nMessage-ID: <1@consilium.example>\r\n\r\nText\r\n"


class Wire:
    """A client that says exactly what the test says and reads whole replies."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self.socket = socket.create_connection((parts.hostname, parts.port), timeout=10)
        self._lines = self.socket.makefile("rb")

    def send(self, *lines: str | bytes) -> None:
        self.socket.sendall(b"".join((x.encode() if isinstance(x, str) else x) + b"\r\n" for x in lines))

    def reply(self) -> list[str]:
        lines = []
        while True:
            line = self._lines.readline().decode().rstrip()
            if not line:
                raise ConnectionError("closed")
            lines.append(line)
            if line[3:4] != "-":
                return lines


@contextmanager
def _greeted(mailbox: Mailbox) -> Iterator[Wire]:
    wire = Wire(mailbox.smtp)
    try:
        wire.reply()
        wire.send("EHLO client.example")
        wire.reply()
        yield wire
    finally:
        wire.socket.close()


def _parts(message: Message) -> list[Message]:
    parts = message.get_payload()
    assert isinstance(parts, list)
    return [part for part in parts if isinstance(part, Message)]


def _deliver(mailbox: Mailbox, recipient: str, raw: bytes = _LETTER, sender: str = "return@consilium.example") -> str:
    with _greeted(mailbox) as wire:
        wire.send(f"MAIL FROM:<{sender}>", f"RCPT TO:<{recipient}>", "DATA")
        wire.reply()
        answer = wire.reply()[0]
        wire.reply()
        if answer.startswith("2"):
            wire.send(raw + b".")
            answer = wire.reply()[0]
        return answer


def test_it_announces_what_a_pipelining_client_needs(mailbox: Mailbox) -> None:
    wire = Wire(mailbox.smtp)
    wire.reply()

    wire.send("EHLO client.example")

    announced = {line[4:].split()[0] for line in wire.reply()[1:]}
    assert {"PIPELINING", "8BITMIME", "SIZE", "SMTPUTF8"} <= announced
    wire.socket.close()


def test_two_letters_sent_ahead_are_answered_in_order(mailbox: Mailbox) -> None:
    with _greeted(mailbox) as wire:
        wire.send("MAIL FROM:<r@consilium.example> BODY=8BITMIME", "RCPT TO:<one@consilium.example>", "DATA")
        assert [wire.reply()[0][:3] for _ in range(3)] == ["250", "250", "354"]
        wire.send(_LETTER + b".", "MAIL FROM:<r@consilium.example>", "RCPT TO:<two@consilium.example>", "DATA")
        assert [wire.reply()[0][:3] for _ in range(4)] == ["250", "250", "250", "354"]
        wire.send("Subject: второй".encode() + b"\r\n\r\n..dot\r\n.", "QUIT")
        assert [wire.reply()[0][:3] for _ in range(2)] == ["250", "221"]

    first, second = mailbox.letters()
    assert (first["recipients"], second["recipients"]) == (["one@consilium.example"], ["two@consilium.example"])
    assert mailbox.raw(first["id"]) == _LETTER
    assert mailbox.raw(second["id"]).endswith(b"\r\n.dot\r\n")


def test_after_a_refused_recipient_the_content_is_not_asked_for(mailbox: Mailbox) -> None:
    mailbox.add_rules({"match": "*@closed.example", "action": "refuse"})

    with _greeted(mailbox) as wire:
        wire.send("MAIL FROM:<r@consilium.example>", "RCPT TO:<x@closed.example>", "DATA", "RSET")
        replies = [wire.reply()[0] for _ in range(4)]

    assert [reply[:3] for reply in replies] == ["250", "550", "503", "250"]
    assert "5.1.1" in replies[1]
    assert [refusal["recipient"] for refusal in mailbox.refusals()][-1] == "x@closed.example"
    assert mailbox.letters() == []


def test_a_deferred_recipient_is_accepted_at_the_second_attempt(mailbox: Mailbox) -> None:
    mailbox.add_rules({"match": "late@*", "action": "defer"})

    answers = [_deliver(mailbox, "late@consilium.example")[:3] for _ in range(2)]

    assert answers == ["450", "250"]


def test_a_share_hits_the_same_people_every_time(mailbox: Mailbox) -> None:
    mailbox.add_rules({"match": "*", "share": [0, 30], "action": "refuse", "code": 552, "status": "5.2.2"})
    people = [f"p{number}@consilium.example" for number in range(40)]

    first = [_deliver(mailbox, person)[:3] for person in people]
    second = [_deliver(mailbox, person)[:3] for person in people]

    assert first == second
    assert set(first) == {"250", "552"}


@pytest.mark.parametrize(("when", "kept"), [("content", 0), ("reply", 1)])
def test_a_connection_closes_in_the_middle(mailbox: Mailbox, when: str, kept: int) -> None:
    mailbox.add_rules({"match": "cut@*", "action": "close", "when": when})

    with pytest.raises(ConnectionError):
        _deliver(mailbox, "cut@consilium.example")

    assert len(mailbox.letters()) == kept


def test_a_slow_recipient_takes_its_time(mailbox: Mailbox) -> None:
    mailbox.add_rules({"match": "slow@*", "action": "slow", "seconds": 0.4})
    began = time.monotonic()

    assert _deliver(mailbox, "slow@consilium.example").startswith("250")
    assert time.monotonic() - began >= 0.4


def test_an_accepted_letter_bounces_later_to_its_return_path(mailbox: Mailbox) -> None:
    mailbox.add_rules({"match": "gone@*", "action": "bounce", "status": "5.1.1"})

    assert _deliver(mailbox, "gone@consilium.example", sender="b+token@consilium.example").startswith("250")

    (report,) = mailbox.wait(1, recipient="b+token@consilium.example")
    assert report["sender"] == ""
    parsed = email.message_from_bytes(mailbox.raw(report["id"]))
    assert (parsed.get_content_type(), parsed.get_param("report-type")) == ("multipart/report", "delivery-status")
    _, status, original = _parts(parsed)
    machine, recipient = _parts(status)
    assert machine["Reporting-MTA"].startswith("dns; ")
    assert recipient["Final-Recipient"] == "rfc822; gone@consilium.example"
    assert (recipient["Action"], recipient["Status"]) == ("failed", "5.1.1")
    assert "Message-ID: <1@consilium.example>" in str(original.get_payload())


def test_a_report_is_owed_until_the_door_for_bounces_takes_it(tmp_path: Path) -> None:
    door_smtp, door_page = free_ports(2)
    bounces = f"smtp://127.0.0.1:{door_smtp}"
    started = mailboxes.start(tmp_path / "a", free_ports(2), bounces=bounces).wait(30)
    try:
        sending = Mailbox(started.addresses["page"], started.addresses["smtp"])
        sending.add_rules({"match": "*", "action": "bounce"})
        assert _deliver(sending, "gone@consilium.example").startswith("250")
    finally:
        started.stop()
    door = mailboxes.start(tmp_path / "b", [door_smtp, door_page]).wait(30)
    try:
        again = mailboxes.start(tmp_path / "a", free_ports(2), bounces=bounces).wait(30)
        try:
            (report,) = Mailbox(door.addresses["page"], door.addresses["smtp"]).wait(1, seconds=20)
            assert report["recipients"] == ["return@consilium.example"]
            assert len(Mailbox(again.addresses["page"], "").letters()) == 1
        finally:
            again.stop()
    finally:
        door.stop()


def test_hostile_letters_are_shown_in_a_sandbox(mailbox: Mailbox) -> None:
    raw = (
        b"From: a@consilium.example\r\nSubject: <script>alert(1)</script>\r\nContent-Type: text/html\r\n\r\n"
        b'<script>alert(1)</script><a href="http://x.example/?a=1&amp;b=2">go</a><img src="http://x.example/o.gif">\r\n'
    )
    _deliver(mailbox, "reader@consilium.example", raw)
    (letter,) = mailbox.letters()

    quiet = httpx.get(f"{mailbox.page}/letters/{letter['id']}/html").headers["Content-Security-Policy"]
    shown = httpx.get(f"{mailbox.page}/letters/{letter['id']}/html?images=true").headers["Content-Security-Policy"]
    page = httpx.get(mailbox.page)

    assert quiet.startswith("sandbox ")
    assert "allow-scripts" not in quiet
    assert "default-src 'none'" in quiet
    assert "img-src data:;" in quiet
    assert "img-src http: https: data:" in shown
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert "alert" not in page.text
    assert mailbox.read(letter["id"])["links"] == ["http://x.example/?a=1&b=2"]


def test_another_host_name_is_refused(mailbox: Mailbox) -> None:
    assert httpx.get(f"{mailbox.page}/letters", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    "rule",
    [
        {"action": "explode"},
        {"action": "refuse", "code": 450},
        {"action": "bounce", "code": 550},
        {"action": "refuse", "share": [50, 10]},
        {"action": "refuse", "text": "two\r\nlines"},
        {"action": "refuse", "unknown": 1},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(mailbox: Mailbox, rule: dict[str, object]) -> None:
    assert httpx.post(f"{mailbox.page}/rules", json=[rule]).status_code == 422


def test_letters_are_found_and_deleted(mailbox: Mailbox) -> None:
    for name in ("anna", "boris"):
        _deliver(mailbox, f"{name}@consilium.example")

    (letter,) = mailbox.letters(recipient="anna", text="hello")
    assert httpx.delete(f"{mailbox.page}/letters/{letter['id']}").status_code == 204

    assert httpx.get(f"{mailbox.page}/letters/{letter['id']}").status_code == 404
    assert [one["recipients"] for one in mailbox.letters()] == [["boris@consilium.example"]]
