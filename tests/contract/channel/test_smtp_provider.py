"""The SMTP provider against a real server, with and without pipelining, plus what only SMTP has."""

import asyncio
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from services.channel.adapters.smtp.dialogue import SmtpRoute, Tls
from services.channel.adapters.smtp.provider import SmtpProvider
from services.channel.domain.sending import Verdict
from tests.contract.channel.provider_contract import Desk, ProviderContract, parcel
from tests.contract.channel.sink import Sink


def route(sink: Sink, tls: Tls = Tls.NEVER, **options: object) -> SmtpRoute:
    return SmtpRoute("127.0.0.1", sink.port, tls, reply_seconds=3, final_seconds=6, **options)  # type: ignore[arg-type]  # plain options of a test


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    server = await Sink().start()
    yield server
    await server.stop()


@pytest.fixture
async def provider(sink: Sink) -> AsyncIterator[SmtpProvider]:
    made = SmtpProvider(route(sink), connections=3)
    yield made
    await made.close()


class TestPipelined(ProviderContract):
    """The server offers PIPELINING."""


class TestPlain(ProviderContract):
    """The server offers nothing beyond RFC 5321."""

    @pytest.fixture
    async def sink(self) -> AsyncIterator[Sink]:
        server = await Sink(pipelining=False, eight_bit=False).start()
        yield server
        await server.stop()


class TestGenerous(ProviderContract):
    """The server answers 354 although it refused the recipient."""

    @pytest.fixture
    async def sink(self) -> AsyncIterator[Sink]:
        server = await Sink(accept_after_refusal=True).start()
        yield server
        await server.stop()


async def test_letters_share_a_connection(sink: Sink, provider: SmtpProvider) -> None:
    desk = Desk()
    await provider.send([parcel(f"p{n}@x.example") for n in range(40)], desk.on_wire, desk.settle)
    await provider.send([parcel(f"q{n}@x.example") for n in range(40)], desk.on_wire, desk.settle)
    assert len(sink.letters) == 80
    assert sink.sessions <= 3


async def test_a_server_without_8bitmime_gets_none(sink: Sink, provider: SmtpProvider) -> None:
    sink.eight_bit = False
    asked: list[bool] = []

    def build(eight_bit: bool) -> bytes:
        asked.append(eight_bit)
        return b"Subject: x\r\n\r\nx\r\n"

    desk = Desk()
    await provider.send([parcel("a@x.example", build)], desk.on_wire, desk.settle)
    assert asked == [False]


async def test_an_address_cannot_carry_commands(sink: Sink, provider: SmtpProvider) -> None:
    desk = Desk()
    hostile = parcel("a@x.example>\r\nRCPT TO:<victim@x.example")
    await provider.send([hostile], desk.on_wire, desk.settle)
    assert desk.replies["a"].verdict is Verdict.REJECTED
    assert sink.seen == {}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def server_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.mark.parametrize("tls", [Tls.OFFERED, Tls.REQUIRED])
async def test_tls_is_started_when_it_is_offered(tls: Tls, certificate: Path) -> None:
    sink = await Sink(tls=server_context(certificate), password="s3cret").start()
    trust = ssl.create_default_context(cafile=str(certificate)) if tls is Tls.REQUIRED else None
    provider = SmtpProvider(route(sink, tls, tls_context=trust, username="u", password="s3cret"))
    desk = Desk()
    await provider.send([parcel("a@x.example")], desk.on_wire, desk.settle)
    await provider.close()
    await sink.stop()
    assert desk.replies["a"].verdict is Verdict.ACCEPTED


async def test_required_tls_refuses_a_server_without_it_and_one_that_nobody_vouches_for(certificate: Path) -> None:
    for sink in (Sink(), Sink(tls=server_context(certificate))):
        await sink.start()
        provider = SmtpProvider(route(sink, Tls.REQUIRED))
        desk = Desk()
        await provider.send([parcel("a@x.example")], desk.on_wire, desk.settle)
        await provider.close()
        await sink.stop()
        assert desk.replies["a"].verdict is Verdict.UNSENT
        assert sink.letters == []


async def test_a_wrong_password_sends_nothing() -> None:
    sink = await Sink(password="right").start()
    provider = SmtpProvider(route(sink, username="u", password="wrong"))
    desk = Desk()
    await provider.send([parcel("a@x.example")], desk.on_wire, desk.settle)
    await provider.close()
    await sink.stop()
    assert desk.replies["a"].verdict is Verdict.UNSENT


async def test_a_server_that_speaks_nonsense_is_not_waited_for() -> None:
    async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\x00\xff what\r\n" * 10)
        await writer.drain()

    server = await asyncio.start_server(nonsense, "127.0.0.1", 0)
    provider = SmtpProvider(SmtpRoute("127.0.0.1", server.sockets[0].getsockname()[1], Tls.NEVER, reply_seconds=2))
    desk = Desk()
    await provider.send([parcel("a@x.example")], desk.on_wire, desk.settle)
    assert desk.replies["a"].verdict is Verdict.UNSENT
    await provider.close()
    server.close()
