"""The evaluation overlay on a real cluster: the main job, then rollouts and faults under load.

Each test goes on where the one before ended. No call may be refused, nothing lost, nothing doubled; figures of report
pause while its only process is replaced, which the load therefore does not ask. What was seen to pass, and on
which machine, is in docs/benchmarks.md.
"""

import json
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.k8s.tools import ROOT
from deploy.local.demo.base import write_base
from deploy.local.screen import say
from deploy.local.story.__main__ import SEED, STEPS
from deploy.local.story.api import Api, system_grant
from deploy.local.story.letter import CONTENT, make_campaign
from deploy.local.story.telling import Telling, begin
from tests.cluster.autoscaling import scaled_by_lag, wanted
from tests.cluster.cluster import NAMESPACE, TAG, Cluster, ClusterError, until
from tests.cluster.conftest import BROKEN, FIRST, SECOND
from tests.cluster.loading import Load

pytestmark = pytest.mark.timeout(3600)

WORK = ("profile-work", "segment-work", "campaign-work", "channel-work")
ROWS = 3_000
_IMPOSSIBLE = """

async def _impossible(_: Database) -> None:
    raise RuntimeError("it cannot be done")


STEPS = (*STEPS, Migration(99, "one that cannot be done", _impossible))
"""


@pytest.fixture(scope="module")
def story(cluster: Cluster) -> Iterator[Telling]:
    """Give the story's callers upon the forwarded doors, and what a session before made when its folder was kept."""
    home = cluster.addresses()
    write_base(home / "demo", SEED, ROWS)
    telling = begin(json.loads((home / "addresses.json").read_text(encoding="utf-8")), home / "demo")
    made = home / "made.json"
    if made.exists():
        for name, value in json.loads(made.read_text(encoding="utf-8")).items():
            setattr(telling, name, value)
    yield telling
    made.write_text(json.dumps({"told": telling.told}), encoding="utf-8")


def test_the_namespace_takes_restricted_pods_only(cluster: Cluster) -> None:
    labels = cluster.get("namespace", "consilium")["metadata"]["labels"]

    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"
    with pytest.raises(AssertionError, match="violates PodSecurity"):
        cluster.run("run", "rootish", "--image=consilium/service:none", "--privileged")


def test_the_main_job_is_done_through_the_gateway(cluster: Cluster, story: Telling) -> None:
    with cluster.forwarded():
        for name, step in STEPS:
            say("story", f"── {name}")
            step(story)

    assert story.told["precision"] == 1.0
    assert story.told["letters"] > 0


def test_a_second_release_rolls_out_under_load(cluster: Cluster, story: Telling, load: Load) -> None:
    with cluster.forwarded():
        _on_its_way(story, "в пути", seconds=1)
    before = {name: cluster.pods(name) for name in cluster.deployments()}

    with load.on(cluster, FIRST):
        cluster.apply(cluster.render(SECOND))
        cluster.rolled_out(cluster.deployments())

    assert load.refused == []
    for name, pods in before.items():
        assert not set(pods) & set(cluster.pods(name)), f"every pod of {name} is a new one"


def _on_its_way(story: Telling, subject: str, *, seconds: float) -> None:
    """Launch a campaign to all who consent, each of whose letters takes so long; its subject is its own."""
    story.mailbox.clear_rules()
    story.mailbox.add_rules({"match": "*", "action": "slow", "seconds": seconds})
    rule = {"all": [{"consent": {**story.plan["segment"]["consent"], "status": "granted"}}, {"status": "active"}]}
    segment = story.marketing.post("/v1/segments", {"name": f"Согласны: {subject}", "kind": "live", "rule": rule})
    draft = {**CONTENT, "subject": subject}
    template = story.marketing.post("/v1/templates", {"name": subject, "channel": "email", "draft": draft})
    story.marketing.post(f"/v1/templates/{template['id']}:publish")
    story.template = template["id"]
    campaign = make_campaign(story, subject, str(segment["id"]))
    operation = story.marketing.post(f"/v1/campaigns/{campaign}:launch")
    story.marketing.wait(operation["id"], story.tell)
    story.told.setdefault("campaigns", {})[subject] = campaign


def test_a_pod_of_each_may_be_deleted_under_load(cluster: Cluster, load: Load) -> None:
    with load.on(cluster, SECOND):
        first = {name: cluster.pods(name)[0] for name in cluster.deployments()}
        cluster.run("delete", "pod", *first.values(), "--wait=false")
        cluster.rolled_out(list(first))

    assert load.refused == []
    for name, pod in first.items():
        assert pod not in cluster.pods(name)


def test_every_pod_may_be_drained_under_load(cluster: Cluster, load: Load) -> None:
    with load.on(cluster, SECOND):
        before = {name: cluster.pods(name) for name in cluster.deployments()}
        staying = [pod for pods in before.values() for pod in pods]

        def drained() -> bool:
            staying[:] = [pod for pod in staying if not _evicted(cluster, pod)]
            return not staying

        until(drained, "the budgets let every pod go, one after another", 600)
        cluster.rolled_out(list(before))

    assert load.refused == []
    for name, pods in before.items():
        assert not set(pods) & set(cluster.pods(name)), f"every pod of {name} is a new one"


def _evicted(cluster: Cluster, pod: str) -> bool:
    """Ask for an eviction as a drain does; false while the budget says that too many are away."""
    body = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": {"name": pod, "namespace": NAMESPACE}}
    path = f"/api/v1/namespaces/{NAMESPACE}/pods/{pod}/eviction"
    try:
        cluster.run("create", "--raw", path, "-f", "-", given=json.dumps(body))
    except ClusterError as refusal:
        if "disruption budget" in str(refusal):
            return False
        raise
    return True


def test_workers_share_their_work_when_there_are_two(cluster: Cluster, load: Load) -> None:
    with load.on(cluster, SECOND):
        for name in WORK:
            cluster.run("scale", f"deployment/{name}", "--replicas=2")
        for name in WORK:
            cluster.rolled_out([name])
            _shared(cluster, name, [4, 4])
        for name in WORK:
            cluster.run("scale", f"deployment/{name}", "--replicas=1")
        for name in WORK:
            _shared(cluster, name, [8])

    assert load.refused == []


def test_a_second_worker_comes_by_lag_and_goes_with_it(cluster: Cluster, story: Telling, load: Load) -> None:
    worker = "channel-work"
    with scaled_by_lag(cluster, worker, SECOND, each=20), load.on(cluster, SECOND):
        with cluster.forwarded():
            for number in range(3):  # more letters than a worker holds at once: those behind them are its lag
                _on_its_way(story, f"очередь {number}", seconds=2)
        until(lambda: wanted(cluster, worker) == 2, "two are wanted while letters wait", 180)
        cluster.rolled_out([worker])
        _shared(cluster, worker, [4, 4])
        until(lambda: wanted(cluster, worker) == 1, "one is wanted when none waits", 600)
        _shared(cluster, worker, [8])

    assert load.refused == []


def _shared(cluster: Cluster, deployment: str, lanes: list[int]) -> None:
    until(lambda: _lanes(cluster, deployment) == lanes, f"the workers of {deployment} hold {lanes} lanes", 180)


def _lanes(cluster: Cluster, deployment: str) -> list[int]:
    read = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:9000/metrics').read().decode())"
    held = []
    for pod in cluster.pods(deployment):
        try:
            page = cluster.run("exec", pod, "--", "python", "-c", read)
        except AssertionError:
            return []
        held += [int(float(line.split()[1])) for line in page.splitlines() if line.startswith("consilium_lanes_held{")]
    return sorted(held)


def test_a_configuration_that_is_wrong_never_becomes_ready(cluster: Cluster, load: Load) -> None:
    serving = cluster.pods("segment")

    with load.on(cluster, SECOND):
        wrong = {"CONSILIUM_OPENSEARCH": "http://opensearch:9299"}
        cluster.apply(cluster.render(SECOND, consilium_segment=wrong))
        fresh = until(lambda: set(cluster.pods("segment")) - set(serving), "a pod of the new configuration", 120)
        time.sleep(45)  # as long as a right one needs, twice
        assert not any(_ready(cluster, pod) for pod in fresh)
        assert all(_ready(cluster, pod) for pod in serving)
        cluster.apply(cluster.render(SECOND))
        cluster.rolled_out(cluster.deployments())

    assert load.refused == []


def _ready(cluster: Cluster, pod: str) -> bool:
    conditions = cluster.get("pod", pod)["status"].get("conditions", [])
    return any(each["type"] == "Ready" and each["status"] == "True" for each in conditions)


def test_a_failed_migration_stops_the_rollout(cluster: Cluster, load: Load, tmp_path: Path) -> None:
    cluster.load_releases(BROKEN)
    _break_migration(cluster, tmp_path)
    serving = cluster.pods("profile")

    with load.on(cluster, SECOND):
        cluster.apply(cluster.render(BROKEN))
        until(lambda: _failed(cluster, f"migrate-profile.{BROKEN}"), "the migration has failed for good", 600)
        fresh = until(lambda: set(cluster.pods("profile")) - set(serving), "a pod of the broken release", 120)
        assert not any(_ready(cluster, pod) for pod in fresh)
        assert all(_ready(cluster, pod) for pod in serving)
        assert all("migration.awaited" in cluster.run("logs", pod) for pod in fresh)
        cluster.apply(cluster.render(SECOND))
        cluster.rolled_out(cluster.deployments())

    assert load.refused == []
    assert set(serving) & set(cluster.pods("profile")), "pods of the release before were never taken away"


def _break_migration(cluster: Cluster, folder: Path) -> None:
    """Give profile's migrations of the broken release a step that cannot be done, and that image to the nodes."""
    image, module = f"consilium/service:{BROKEN}", "services/profile/adapters/migrations.py"
    (folder / "migrations.py").write_text((ROOT / module).read_text(encoding="utf-8") + _IMPOSSIBLE, encoding="utf-8")
    compiling = ["python", "-m", "compileall", "-q", "-f", f"/app/{module}"]  # what was compiled before is not doubted
    (folder / "Dockerfile").write_text(
        f"FROM consilium/service:{TAG}\nCOPY migrations.py /app/{module}\n"
        f"USER 0\nRUN {json.dumps(compiling)}\nUSER 10001:10001\n",
        encoding="utf-8",
    )
    subprocess.run(["docker", "build", "--quiet", "--tag", image, str(folder)], check=True, capture_output=True)
    cluster.load(image)


def _failed(cluster: Cluster, job: str) -> bool:
    conditions = cluster.get("job", job)["status"].get("conditions", [])
    return any(each["type"] == "Failed" and each["status"] == "True" for each in conditions)


def test_nothing_was_lost_and_nothing_doubled(cluster: Cluster, story: Telling, load: Load) -> None:
    with cluster.forwarded():
        api = Api(story.addresses["gateway"], story.addresses["issuer"], system_grant(story.addresses), "main")

        def found() -> list[str]:
            return [item["id"] for item in api.pages("/v1/profiles:search", {"text": load.family})]

        until(lambda: len(found()) >= len(load.people), "everybody who was made can be found", 120)
        assert Counter(found()) == Counter(load.people)

        def told() -> list[str]:
            return [each["event_id"] for each in api.pages("/v1/activities:search", {"name": load.event})]

        until(lambda: len(told()) >= len(load.events), "every event that was accepted is stored", 180)
        assert Counter(told()) == Counter(load.events)

        say("load", f"all calls: {dict(load.answers)}; {len(load.people)} people, {len(load.events)} events: all there")


def test_every_letter_of_the_campaigns_under_way_was_sent_once(cluster: Cluster, story: Telling) -> None:
    with cluster.forwarded():
        story.mailbox.clear_rules()
        for subject, campaign in story.told["campaigns"].items():
            state = _done(story, campaign)
            outcomes = {name: count for name, count in state["progress"]["outcomes"].items() if count}
            letters = Counter(each["recipients"][0] for each in story.mailbox.letters(text=subject))
            say("cluster", f"«{subject}»: {outcomes}; {letters.total()} letters to {len(letters)} people")
            # Whose mailbox refused the story's letters for good is not written to again; else everybody has one letter.
            assert set(outcomes) <= {"delivered", "suppressed"}
            assert sum(outcomes.values()) == state["progress"]["audience"]
            assert set(letters.values()) == {1}
            assert len(letters) == outcomes["delivered"]


def _done(story: Telling, campaign: str) -> dict[str, Any]:
    def state() -> dict[str, Any]:
        return dict(story.marketing.get(f"/v1/campaigns/{campaign}"))

    until(lambda: state()["state"] == "done", "a campaign that was under way is done", 600)
    return state()
