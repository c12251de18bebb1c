"""What each process of one machine is told: the only place here that knows the variables of services."""

from collections.abc import Mapping
from pathlib import Path

from deploy.local.children import HOST
from deploy.local.engines.realm import AUDIENCE, CONSOLE_CLIENT, WORKSPACES
from deploy.local.keys import Keys
from deploy.local.table import SERVICES, Ports


def process_environment(
    name: str, *, ports: Ports, keys: Keys, addresses: Mapping[str, str], namespace: str, directory: Path
) -> dict[str, str]:
    """Return the variables of one process, `gateway` or a service; secrets go as paths of files."""
    common = {
        **addresses,
        **{f"CONSILIUM_{service.upper()}_ADDRESS": f"{HOST}:{ports.grpc(service)}" for service in SERVICES},
        "CONSILIUM_NAMESPACE": namespace,
        "CONSILIUM_CELL": "local",
        # Streams reserve their bytes beforehand; one machine's disk holds a tenth of what a cluster is planned for.
        "CONSILIUM_STREAM_SHARE": "0.1",
        "CONSILIUM_HOST": HOST,
        "CONSILIUM_METRICS_PORT": str(ports.pages(name)),
        "CONSILIUM_INSTALLATION_KEY_FILE": str(keys.installation),
        "CONSILIUM_SERVICE_SECRET_FILE": str(keys.service),
        "CONSILIUM_PRINCIPAL_KEY": keys.principal_public,
        "CONSILIUM_PUBLIC_URL": f"http://{HOST}:{ports.gateway}",
    }
    return {**common, **_own(name, ports, keys, directory)}


def _own(name: str, ports: Ports, keys: Keys, directory: Path) -> dict[str, str]:
    if name == "gateway":
        return {
            "CONSILIUM_HTTP_PORT": str(ports.gateway),
            "CONSILIUM_CONSOLE_CLIENT": CONSOLE_CLIENT,
            "CONSILIUM_CONSOLE_SECRET_FILE": str(keys.console),
        }
    own = {"CONSILIUM_GRPC_PORT": str(ports.grpc(name))}
    if name == "access":
        own["CONSILIUM_PRINCIPAL_SEED_FILE"] = str(keys.principal_private)
        own["CONSILIUM_AUDIENCE"] = AUDIENCE
        own["CONSILIUM_WORKSPACES_CLAIM"] = WORKSPACES
    if name == "channel":
        own["CONSILIUM_BOUNCE_PORT"] = str(ports.bounces)
    if name == "report":
        own["CONSILIUM_DATA_DIR"] = str(directory / "report")
    return own
