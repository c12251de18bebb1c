"""What hostile tests stand on."""

import pytest

from deploy.local.system import System
from tests.e2e.bad_input.hostile import Ground


@pytest.fixture(scope="module")
def ground(system: System) -> Ground:
    """Give the callers and the sources of hostile tests; whatever it makes it may find made already."""
    return Ground(system)
