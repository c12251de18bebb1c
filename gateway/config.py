"""Settings of the gateway."""

from dataclasses import dataclass

from chassis import checks
from chassis.settings import Process, address_of, variable


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(Process):
    """What the gateway is told beside what every process is."""

    http_port: int = variable("HTTP_PORT", default=8080, about="port of the public HTTP server", check=checks.port)
    drain_seconds: float = variable(
        "DRAIN_SECONDS",
        default=0.0,
        about="how long it answers on after SIGTERM, ending connections",
        check=checks.not_negative,
    )
    public_url: str = variable(
        "PUBLIC_URL",
        default="http://localhost:8080",
        about="how browsers reach it, without a slash at the end",
        check=checks.url("http", "https"),
    )
    console_directory: str = variable(
        "CONSOLE_DIRECTORY",
        default="console/dist",
        about="folder of the built console; its page says so when it is not",
    )
    issuer: str = variable("ISSUER", about="issuer of the sign-in provider", check=checks.url("http", "https"))
    console_client: str = variable("CONSOLE_CLIENT", default="consilium-console", about="client id of the code flow")
    console_secret: str = variable("CONSOLE_SECRET", secret=True, about="secret of that client")
    profile_address: str = address_of("profile", 7102)
    segment_address: str = address_of("segment", 7103)
    campaign_address: str = address_of("campaign", 7104)
    channel_address: str = address_of("channel", 7105)
    report_address: str = address_of("report", 7106)

    @property
    def addresses(self) -> dict[str, str]:
        """Return the services' addresses by name."""
        return {
            "access": self.access_address,
            "profile": self.profile_address,
            "segment": self.segment_address,
            "campaign": self.campaign_address,
            "channel": self.channel_address,
            "report": self.report_address,
        }
