"""Plays profile's word that somebody is erased."""

from chassis.kernel import SystemClock, partition_of
from chassis.outbox import Fact
from gen.consilium.profile.v1 import events_pb2
from tests.integration.channel.system import Campaigner


async def erase(campaigner: Campaigner, profile: str, *absorbed: str) -> None:
    body = events_pb2.ProfileStateChanged(profile=profile, revision=9, absorbed=absorbed).SerializeToString()
    fact = Fact(f"{profile}:erased", "profile", "profile-erased", partition_of(profile), body, SystemClock().now())
    await campaigner.publisher.publish([fact])
