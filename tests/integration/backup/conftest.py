"""A profile on real engines, whose data are backed up."""

from tests.integration.profile.conftest import ground

__all__ = ["ground"]
