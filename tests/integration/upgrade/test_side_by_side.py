"""Old and new release side by side on one schema: profile's last closed version beside today's, over both doors.

Both work the same lanes, read what the other wrote, and refuse a stale etag of the other's; today's migrations leave
the old one working, and going back needs no migration.
"""

import base64
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pymongo
import pytest
from google.protobuf.field_mask_pb2 import FieldMask

from chassis.grpc import Peer
from chassis.kernel import new_id
from chassis.kernel.problem import Problem
from deploy.local.children import HOST, free_ports
from gen.consilium.profile.v1 import catalogue_pb2, catalogue_pb2_grpc, profiles_pb2_grpc
from gen.consilium.profile.v1 import profiles_pb2 as pb
from tests.architecture.tree import ROOT
from tests.component.profile.test_profile_door import token
from tests.integration.profile.conftest import PRINCIPAL_KEY
from tests.integration.upgrade.history import last_version, taken_out
from tests.polling import until

pytestmark = pytest.mark.timeout(600)


@dataclass
class Side:
    """A running release of profile."""

    peer: Peer
    people: Any
    catalogue: Any

    async def ask(self, method: Any, request: Any) -> Any:
        return await self.peer.call(method, request, token=token(), timeout=20)

    async def create(self, name: str) -> Any:
        request = pb.CreateProfileRequest(base="main", request_id=new_id())
        request.profile.kind = "hcp"
        request.profile.attributes["family_name"].text = name
        request.profile.contacts.add(kind="email", value=f"{name.lower()}@example.org")
        return await self.ask(self.people.CreateProfile, request)

    async def rename(self, known: Any, name: str) -> Any:
        request = pb.UpdateProfileRequest(id=known.id, etag=known.etag, base="main")
        request.profile.kind = "hcp"
        request.profile.attributes["given_name"].text = name
        request.update_mask.CopyFrom(FieldMask(paths=["attributes.given_name"]))
        return await self.ask(self.people.UpdateProfile, request)

    async def get(self, profile: str) -> Any:
        return await self.ask(self.people.GetProfile, pb.GetProfileRequest(id=profile))


@dataclass
class Ground:
    """What both releases are told."""

    environment: dict[str, str]
    logs: Path

    def migrate(self, tree: Path) -> None:
        command = [sys.executable, "-m", "services.profile", "migrate"]
        done = subprocess.run(
            command, cwd=tree, env=self.environment, capture_output=True, text=True, timeout=180, check=False
        )
        assert done.returncode == 0, done.stderr[-3000:]

    @contextmanager
    def running(self, tree: Path, name: str) -> Iterator[Side]:
        """Run a tree's profile with both roles until the end; an orderly stop must end well."""
        port, pages = free_ports(2)
        told = {**self.environment, "CONSILIUM_GRPC_PORT": str(port), "CONSILIUM_METRICS_PORT": str(pages)}
        command = [sys.executable, "-m", "services.profile", "run"]
        with (self.logs / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(command, cwd=tree, env=told, stdout=log, stderr=log)
        try:
            _wait(process, pages, self.logs / f"{name}.log")
            peer = Peer(f"{HOST}:{port}", "profile")
            yield Side(
                peer, profiles_pb2_grpc.ProfilesStub(peer.channel), catalogue_pb2_grpc.CatalogueStub(peer.channel)
            )
            process.terminate()
            assert process.wait(60) == 0, (self.logs / f"{name}.log").read_text()[-3000:]
        finally:
            process.kill()
            process.wait(10)


@pytest.fixture
def ground(mongodb_url: str, nats_url: str, namespace: str, tmp_path: Path) -> Ground:
    public = PRINCIPAL_KEY.public_key().public_bytes_raw()
    bare = {name: value for name, value in os.environ.items() if not name.startswith("CONSILIUM_")}
    told = {
        "CONSILIUM_NAMESPACE": namespace,
        "CONSILIUM_MONGODB": mongodb_url,
        "CONSILIUM_NATS": nats_url,
        "CONSILIUM_STREAM_SHARE": "0.001",
        "CONSILIUM_INSTALLATION_KEY": base64.b64encode(os.urandom(32)).decode(),
        "CONSILIUM_SERVICE_SECRET": "secret-of-the-upgrade",
        "CONSILIUM_PRINCIPAL_KEY": base64.b64encode(public).decode(),
    }
    return Ground({**bare, **told}, tmp_path)


async def test_the_last_version_and_todays_work_side_by_side_and_one_can_go_back(
    ground: Ground, tmp_path: Path
) -> None:
    _, commit = last_version()
    old_tree = taken_out(commit, tmp_path / "old")
    ground.migrate(old_tree)
    made: list[str] = []

    with ground.running(old_tree, "old") as old:
        main = catalogue_pb2.CreateBaseRequest(base=catalogue_pb2.Base(key="main", title="Main clinic"))
        await old.ask(old.catalogue.CreateBase, main)
        first = await old.create("Before")
        made.append(first.id)

        ground.migrate(ROOT)  # expands beside the old release, which goes on
        made.append((await old.create("Meanwhile")).id)
        with ground.running(ROOT, "new") as new:
            for number in range(10):
                one, other = (old, new) if number % 2 else (new, old)
                person = await one.create(f"Person{number}")
                made.append(person.id)
                seen = await other.get(person.id)
                renamed = await other.rename(seen, f"Name{number}")
                with pytest.raises(Problem) as stale:
                    await one.rename(person, "Stale")
                assert stale.value.reason == "ETAG_STALE"
                assert (await one.get(person.id)).etag == renamed.etag
            assert (await new.get(first.id)).id == first.id
        after = await old.create("After")  # the new release is gone again: the old one goes on alone
        made.append(after.id)
        assert (await old.get(made[3])).id == made[3]

    with ground.running(ROOT, "alone") as new:
        for profile in made:
            assert (await new.get(profile)).id == profile
        await until(lambda: _told(ground) == set(made), 60)


def _told(ground: Ground) -> set[str]:
    """Give the people whose every fact is published."""
    environment = ground.environment
    with pymongo.MongoClient[dict[str, Any]](environment["CONSILIUM_MONGODB"]) as client:
        views = client[f"{environment['CONSILIUM_NAMESPACE']}_profile"]["view_people"]
        return {view["_id"] for view in views.find({}) if not view.get("unpublished")}


def _wait(process: "subprocess.Popen[bytes]", pages: int, log: Path) -> None:
    deadline = time.monotonic() + 120
    while True:
        assert process.poll() is None, log.read_text()[-3000:]
        assert time.monotonic() < deadline, log.read_text()[-3000:]
        try:
            if httpx.get(f"http://{HOST}:{pages}/readyz", timeout=5).status_code == httpx.codes.OK:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
