"""Letters as bytes: headers nobody can add to, lines that fit, signatures that hold."""

import email
import email.policy
import email.utils
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from services.channel.adapters.letters.dkim import DkimKey
from services.channel.adapters.letters.mime import HeaderUnsafe, Label, LetterForm, Sender
from services.channel.domain.letter import RenderedLetter
from tests.unit.channel.dkim_verifier import verify

RSA = DkimKey("clinic.example", "s1", rsa.generate_private_key(65537, 2048))
ED = DkimKey("clinic.example", "s2", ed25519.Ed25519PrivateKey.generate())
RECORDS = {"s1._domainkey.clinic.example": RSA.dns_record(), "s2._domainkey.clinic.example": ED.dns_record()}
AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
FORM = LetterForm(Sender("Клиника «Солнце», отдел новостей", "news@clinic.example", "reply@clinic.example"), [RSA, ED])


def label(recipient: str = "a.b@доктор.example", **changes: str) -> Label:
    known = {"message_id": "m-1", "recipient": recipient, "unsubscribe_url": "https://c.example/u/t"} | changes
    return Label(at=AT, **known)


def letter(text: str = "Текст\n", html: str = "<p>Текст</p>\n", subject: str = "Тема") -> RenderedLetter:
    return RenderedLetter(subject, html, text, ())


def read(raw: bytes) -> EmailMessage:
    made = email.message_from_bytes(raw.replace(b"\r\n..", b"\r\n."), policy=email.policy.default)
    assert isinstance(made, EmailMessage)
    return made


def shown(raw: bytes, name: str) -> str:
    """Decode a header by RFC 2047 alone: the newer policy of 3.11 puts a blank between adjacent encoded words."""
    return str(make_header(decode_header(email.message_from_bytes(raw)[name])))


@pytest.mark.parametrize("eight_bit", [True, False])
def test_a_mail_program_reads_what_was_written(eight_bit: bool) -> None:
    raw = FORM.pack(
        letter(subject="Очень длинная тема письма о конгрессе педиатров " * 4), label(), eight_bit=eight_bit
    )
    made = read(raw)
    assert shown(raw, "From") == "Клиника «Солнце», отдел новостей <news@clinic.example>"
    assert made["Subject"] == ("Очень длинная тема письма о конгрессе педиатров " * 4).strip()
    assert made["To"] == "a.b@xn--d1amlbkk.example"
    assert made["Message-ID"] == "<m-1@clinic.example>"
    assert made["List-Unsubscribe"] == "<https://c.example/u/t>"
    assert made["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    parts = [part for part in made.walk() if not part.is_multipart()]
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert [part.get_content().strip() for part in parts] == ["Текст", "<p>Текст</p>"]
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert raw.partition(b"\r\n\r\n")[0].isascii()
    if not eight_bit:
        assert raw.isascii()


@pytest.mark.parametrize("eight_bit", [True, False])
@pytest.mark.parametrize(
    "text", ["Текст\n", "", " \n\n", "a  b\t c \n\n\n", ".\n..точки\n", "x" * 3000, "нет конца строки"]
)
def test_both_signatures_hold(text: str, eight_bit: bool) -> None:
    raw = FORM.pack(letter(text=text, html=f"<pre>{text}</pre>"), label(), eight_bit=eight_bit)
    received = raw.replace(b"\r\n..", b"\r\n.")
    assert verify(received, RECORDS) == [True, True]
    assert verify(received.replace(b"reply@clinic", b"other@clinic"), RECORDS) == [False, False]
    assert verify(received.replace(b"</pre>", b"</pre>!"), RECORDS).count(True) == (0 if b"</pre>" in received else 2)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=120), st.booleans())
def test_whatever_the_letter_says_it_is_signed_parses_and_adds_no_header(
    text: str, html: str, subject: str, eight_bit: bool
) -> None:
    raw = FORM.pack(RenderedLetter(subject, html, text, ()), label(), eight_bit=eight_bit)
    assert b"\r\n.\r\n" not in raw
    assert b"\n" not in raw.replace(b"\r\n", b"")
    received = raw.replace(b"\r\n..", b"\r\n.")
    assert verify(received, RECORDS) == [True, True]
    names = [name.lower() for name in read(raw)]
    assert names.count("subject") == names.count("to") == 1
    assert "bcc" not in names


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example\r\nBcc: x@y.example",
        "a b@c.example",
        "<a@b.example>",
        "a@b.example,c@d.example",
        "@b",
        "a",
        "a\x00@b",
    ],
)
def test_an_address_cannot_break_out_of_its_header(address: str) -> None:
    with pytest.raises(HeaderUnsafe):
        FORM.pack(letter(), label(address), eight_bit=True)


def test_a_public_address_cannot_break_out_of_its_header() -> None:
    with pytest.raises(HeaderUnsafe):
        FORM.pack(letter(), label(unsubscribe_url="https://c.example/>\r\nX: y"), eight_bit=True)


@pytest.mark.parametrize(
    "name", ['Dr. "Q" \\ Smith', "Plain Name", "=?utf-8?b?x?=", "a\r\nBcc: x@y.example", "Имя " * 60, ""]
)
def test_a_sender_name_is_quoted_or_encoded_as_it_needs(name: str) -> None:
    raw = LetterForm(Sender(name, "news@clinic.example")).pack(letter(), label(), eight_bit=True)
    assert read(raw)["Bcc"] is None
    name_shown, _, address = shown(raw, "From").rpartition("<") if name else ("", "", shown(raw, "From"))
    assert address.rstrip(">") == "news@clinic.example"
    assert " ".join(name.split()) in {name_shown.strip(), email.utils.unquote(name_shown.strip())}


def test_a_short_key_is_refused() -> None:
    weak = rsa.generate_private_key(65537, 1024)  # noqa: S505  # the weak key is what is refused
    pem = weak.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(ValueError, match="2048"):
        DkimKey.from_pem("clinic.example", "s1", pem)
