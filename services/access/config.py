"""Settings of access."""

from dataclasses import dataclass
from pathlib import Path

from chassis import checks
from chassis.settings import Process, address_of, variable


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(Process):
    """What access is told beside what every process is."""

    issuer: str = variable(
        "ISSUER",
        about="issuer of the sign-in provider, exactly as its tokens say it",
        check=checks.url("http", "https"),
    )
    audience: str = variable("AUDIENCE", default="consilium", about="audience that the provider's tokens must be for")
    roles_claim: str = variable("ROLES_CLAIM", default="realm_access.roles", about="path of the roles in the claims")
    workspaces_claim: str = variable(
        "WORKSPACES_CLAIM", default="consilium_workspaces", about="path of the workspaces in the claims"
    )
    roles_file: Path | None = variable(
        "ROLES_FILE", default=None, about="JSON of roles to actions; the shipped one if absent", check=checks.roles
    )
    profile_address: str = address_of("profile", 7102)
    principal_seed: bytes = variable(
        "PRINCIPAL_SEED",
        secret=True,
        about="private Ed25519 key that signs principal tokens, 32 bytes, base64",
        check=checks.key,
    )
