"""What the environment tells channel; the only file here that knows a variable."""

from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlsplit

from chassis import checks, plugs
from chassis.settings import Process, address_of, variable
from services.channel.adapters.smtp.dialogue import SmtpRoute, Tls

SMTP = "smtp"
PROVIDERS = "consilium.channel.provider"
"""The group of entry points in which packages of others name their providers (docs/extending.md)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(Process):
    """Channel's settings."""

    grpc_port: int = variable("GRPC_PORT", default=7105, about="port of the gRPC server", check=checks.port)
    profile_address: str = address_of("profile", 7102)
    campaign_address: str = address_of("campaign", 7104)
    provider: str = variable(
        "PROVIDER",
        default=SMTP,
        about="what carries letters: smtp, or the name of a plug of a package beside",
        check=plugs.chosen(PROVIDERS, SMTP),
    )
    smtp: str = variable(
        "SMTP",
        default="smtp://127.0.0.1:2525",
        secret=True,
        about="mail server: smtp[s]://[user:password@]host:port[?tls=never|offered|required]",
        check=checks.mail_server,
    )
    smtp_connections: int = variable(
        "SMTP_CONNECTIONS", default=8, about="connections to the mail server per worker", check=checks.positive
    )
    smtp_rate: float = variable(
        "SMTP_RATE", default=0.0, about="letters per second of all workers; 0 is no limit", check=checks.not_negative
    )
    domain_rates: tuple[str, ...] = variable(
        "DOMAIN_RATES",
        default=(),
        about="letters per second by recipient's domain: mail.example=20,other.example=5",
        check=checks.rates,
    )
    public_url: str = variable(
        "PUBLIC_URL",
        default="http://127.0.0.1:8080",
        about="where recipients reach the gateway",
        check=checks.url("http", "https"),
    )
    mail_from: str = variable("MAIL_FROM", default="news@consilium.example", about="From address of all controllers")
    senders: tuple[str, ...] = variable(
        "SENDERS",
        default=(),
        about="From addresses of single controllers: main=news@clinic.example",
        check=checks.pairs,
    )
    bounce_domain: str = variable("BOUNCE_DOMAIN", default="bounce.consilium.example", about="domain of return paths")
    bounce_port: int = variable(
        "BOUNCE_PORT", default=0, about="SMTP port that takes bounces; 0 is none", check=checks.port
    )
    dkim_key: str = variable("DKIM_KEY", default="", secret=True, about="PKCS#8 PEM; one is made when absent")
    dkim_selector: str = variable("DKIM_SELECTOR", default="consilium", about="selector of the DKIM key")
    worker_lease_seconds: float = variable(
        "WORKER_LEASE_SECONDS", default=15.0, about="a worker without a beat is dead", check=checks.positive
    )
    room: int = variable("CHANNEL_ROOM", default=800, about="letters under way per worker", check=checks.positive)

    def route(self) -> SmtpRoute:
        """Read the mail server's address."""
        parts = urlsplit(self.smtp)
        implicit = parts.scheme == "smtps"
        wanted = parse_qs(parts.query).get("tls", ["offered"])[0]
        return SmtpRoute(
            host=parts.hostname or "127.0.0.1",
            port=parts.port or (465 if implicit else 25),
            tls=Tls.IMPLICIT if implicit else Tls(wanted),
            username=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            hello=self.mail_from.rpartition("@")[2],
        )

    def from_addresses(self) -> dict[str, str]:
        """Give the From address of each controller; "" is for all others."""
        return {"": self.mail_from, **_pairs(self.senders)}

    def rates(self) -> dict[str, float]:
        """Give letters per second by domain."""
        return {domain: float(rate) for domain, rate in _pairs(self.domain_rates).items()}

    def lease(self) -> timedelta:
        """Give how long a worker may be silent."""
        return timedelta(seconds=self.worker_lease_seconds)


def _pairs(entries: tuple[str, ...]) -> dict[str, str]:
    return {name.strip(): value.strip() for name, _, value in (entry.partition("=") for entry in entries)}
