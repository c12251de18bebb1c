"""Who is made one person does not hang on the order in which files arrive, nor on a lucky seed."""

import json
import random

import pytest

from deploy.local.demo.base import write_base
from deploy.local.story.load import compare_with_truth, declare_sources, import_files
from deploy.local.story.telling import begin
from deploy.local.system import System

ROWS = 1_200


@pytest.mark.timeout(600)
def test_a_drawn_base_in_a_drawn_order_joins_everybody_and_nobody_else(empty_system: System) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    files = empty_system.directory / "demo"
    write_base(files, seed, ROWS)
    story = begin(json.loads(empty_system.told.read_text(encoding="utf-8")), files)
    order = random.Random(seed).sample(story.plan["files"], len(story.plan["files"]))
    story.tell(f"seed {seed}, order {[file['source'] for file in order]}")
    story.plan = {**story.plan, "files": order}

    declare_sources(story)
    import_files(story)
    compare_with_truth(story)

    assert story.told["precision"] == 1.0
    assert story.told["recall"] >= 0.95
