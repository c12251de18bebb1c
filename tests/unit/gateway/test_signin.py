"""Where a person is sent after signing in."""

from gateway.signin import own_path


def test_only_our_own_paths_are_returned_to() -> None:
    assert own_path("/campaigns/1?tab=report") == "/campaigns/1?tab=report"
    for elsewhere in [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:x",
        "",
        "/a\\b",
        "/a\nb",
    ]:
        assert own_path(elsewhere) == "/"
