"""A profile on real engines, in a namespace of its own."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chassis.process import Engines, open_engines
from services.profile.app import App
from services.profile.bootstrap import migrate, wire
from services.profile.config import Settings
from services.profile.domain.sources import Base
from tests.unit.profile.people_samples import CONGRESS, PARTNER, REGISTRY

PRINCIPAL_KEY = Ed25519PrivateKey.generate()


def settings_of(mongodb: str, nats: str, namespace: str) -> Settings:
    return Settings(
        namespace=namespace,
        mongodb=mongodb,
        nats=nats,
        grpc_port=0,
        stream_share=0.001,
        installation_key=bytes(range(32)),
        service_secret="profile-secret",
        principal_key=PRINCIPAL_KEY.public_key().public_bytes_raw(),
    )


@dataclass(slots=True)
class Ground:
    """Settings, engines and the wired application."""

    settings: Settings
    engines: Engines
    app: App


@pytest.fixture
async def ground(mongodb_url: str, nats_url: str, namespace: str) -> AsyncIterator[Ground]:
    settings = settings_of(mongodb_url, nats_url, namespace)
    engines = await open_engines(settings, "profile")
    try:
        await migrate(settings, engines)
        app = wire(settings, engines)
        for base in (Base("main", "Main clinic"), Base("partner", "Partner clinic")):
            await app.settings.add_base(base)
        for source in (REGISTRY, CONGRESS, PARTNER):
            await app.settings.add_source(source)
        yield Ground(settings, engines, app)
    finally:
        await engines.close()


@pytest.fixture
def app(ground: Ground) -> App:
    return ground.app
