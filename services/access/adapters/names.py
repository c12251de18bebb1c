"""What names the console's people, and what they wrote into views, at rest: sealed, each for its own place."""

from chassis.crypto import SealBroken, Sealer


class Names:
    """Seals people's names for the place where they are kept."""

    def __init__(self, installation_key: bytes) -> None:
        self._sealer = Sealer(installation_key, "access-names")

    def sealed(self, user: str, name: str) -> str:
        """Return a name as it is kept; no name is kept as none."""
        return self._sealer.seal_text(name.encode(), user.encode()) if name else ""

    def opened(self, user: str, sealed: str) -> str:
        """Return a kept name; one that another key sealed is none."""
        try:
            return self._sealer.open_text(sealed, user.encode()).decode() if sealed else ""
        except SealBroken:
            return ""
