"""Examples in documents are tests that run, to the letter."""

from tests.architecture.tree import ROOT


def test_the_example_for_testers_is_the_test_that_runs() -> None:
    told = (ROOT / "docs/qa.md").read_text(encoding="utf-8")
    example = (ROOT / "tests/containers/test_example.py").read_text(encoding="utf-8").rstrip()

    assert f"```python\n{example}\n```" in told
