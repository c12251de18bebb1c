"""One campaign process per test, on the real engines, with its neighbours played over real gRPC."""

from tests.integration.campaign.conftest import console, neighbours, running, settings

__all__ = ["console", "neighbours", "running", "settings"]
