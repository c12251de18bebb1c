"""The empty page in which the console shows a letter."""

import re
from base64 import b64encode
from hashlib import sha256

from starlette.applications import Starlette
from starlette.testclient import TestClient

from gateway import letter_frame


def test_the_page_runs_its_one_script_and_nothing_that_a_letter_brings() -> None:
    answer = TestClient(Starlette(routes=letter_frame.routes())).get(letter_frame.PATH)
    policy = answer.headers["content-security-policy"]
    scripts = re.findall(r"<script>(.*?)</script>", answer.text)
    assert len(scripts) == 1
    digest = b64encode(sha256(scripts[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in policy
    assert "sandbox allow-scripts" in policy
    assert "allow-same-origin" not in policy
    assert "frame-ancestors 'self'" in policy
    assert "script-src 'unsafe" not in policy
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
