"""An index that is gone: made anew by `migrate`, filled by the operator's command, which tells how far it is."""

import httpx
import pytest

from chassis.grpc import Peer
from services.segment.bootstrap import migrate
from services.segment.operating import rebuild
from tests.component.segment.conftest import Segment

pytestmark = pytest.mark.opensearch


async def test_a_lost_index_is_made_and_filled_again_with_progress(
    segment: Segment, capsys: pytest.CaptureFixture[str]
) -> None:
    await segment.owner.put([segment.owner.person(no, {"beds": no}) for no in range(1, 40)])
    await segment.indexed(39)
    async with httpx.AsyncClient(base_url=segment.settings.opensearch, timeout=30) as engine:
        (await engine.delete(f"/{segment.settings.namespace}-profiles-v*")).raise_for_status()

    await migrate(segment.settings, segment.engines)
    assert await segment.count({"status": ["active", "archived"]}) == 0
    peer = Peer(f"127.0.0.1:{segment.running.port}", "segment", tokens=segment)  # type: ignore[arg-type]  # tokens as access would make them
    try:
        assert await rebuild(peer, every=0.1)
    finally:
        await peer.close()

    await segment.indexed(39)
    assert "people 39" in capsys.readouterr().out
