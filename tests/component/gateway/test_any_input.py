"""Whatever comes in, the door answers and never breaks: inputs drawn from its own description."""

import asyncio
import sys
from pathlib import Path

import pytest

from tests.component.gateway.conftest import House

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.timeout(280)
async def test_no_drawn_input_breaks_the_door(house: House) -> None:
    """Also with fakes that answer emptily: an answer of 5xx would be the door's own fault."""
    arguments = [
        "run",
        f"{house.url}/openapi.json",
        "--checks=not_a_server_error,content_type_conformance",
        "--max-examples=4",
        "--phases=fuzzing",
        "--exclude-path-regex=/events$|^/auth/|^/o/",
        "--request-timeout=20",
        "--no-color",
        "--generation-deterministic",
        f"--header=Authorization: {house.bearer()['Authorization']}",
    ]
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).parent / "schemathesis"),
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()

    assert process.returncode == 0, output.decode()[-6000:]
    assert len(house.peers.asked) > 40  # enough of it was good enough to reach the services
