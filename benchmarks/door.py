"""The gateway as a process of its own, with a benchmark's answers where access stands."""

import base64
import os
import subprocess
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import httpx

from benchmarks.ground import Ground
from chassis.grpc import Principal, sign
from gen.consilium.access.v1 import tokens_pb2, tokens_pb2_grpc
from tests.polling import until

TOKENS = "consilium.access.v1.Tokens"


class Tokens(tokens_pb2_grpc.TokensServicer):
    """Gives everybody these actions, services everywhere: the cost of asking is access's own, paid once a minute."""

    def __init__(self, where: Ground, actions: Collection[str]) -> None:
        self._where = where
        self._actions = frozenset(actions)

    async def IssueTokens(self, request: Any, _context: Any) -> tokens_pb2.IssueTokensResponse:  # noqa: N802 - proto's
        kind, workspace = ("service", "*") if request.HasField("service") else ("system", "main")
        principal = Principal("benchmark", kind, (), workspace, (workspace,), self._actions)
        now = time.time()
        answer = tokens_pb2.IssueTokensResponse(
            tokens={name: sign(self._where.key, principal, name, now=now) for name in request.audiences},
            principal=tokens_pb2.Principal(
                id=principal.id,
                kind=tokens_pb2.PrincipalKind.Value(f"PRINCIPAL_KIND_{kind.upper()}"),
                workspace=workspace,
                workspaces=[workspace],
                actions=sorted(self._actions),
            ),
        )
        answer.expire_time.FromSeconds(int(now) + 60)
        return answer


def environment(where: Ground, port: int, services: Mapping[str, int]) -> dict[str, str]:
    """Give the gateway's variables: its port, and those of the services that answer behind it."""
    return {
        "CONSILIUM_NAMESPACE": where.namespace,
        "CONSILIUM_MONGODB": where.mongodb,
        "CONSILIUM_NATS": where.nats,
        "CONSILIUM_INSTALLATION_KEY": base64.b64encode(where.installation_key).decode(),
        "CONSILIUM_PRINCIPAL_KEY": base64.b64encode(where.public_key).decode(),
        "CONSILIUM_SERVICE_SECRET": "a benchmark's own secret",
        "CONSILIUM_CONSOLE_SECRET": "unused here",
        "CONSILIUM_ISSUER": "http://127.0.0.1:9/realms/none",
        "CONSILIUM_HTTP_PORT": str(port),
        **{f"CONSILIUM_{name.upper()}_ADDRESS": f"127.0.0.1:{port}" for name, port in services.items()},
    }


def started(module: str, *told: str, environment: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start a module as a process."""
    return subprocess.Popen([sys.executable, "-m", module, *told], env={**os.environ, **(environment or {})})


def stopped(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask processes to stop and wait for them."""
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait(20)


async def answers(url: str) -> None:
    """Wait until an address answers well."""

    async def well() -> bool:
        try:
            async with httpx.AsyncClient() as http:
                return (await http.get(url)).status_code == 200
        except httpx.HTTPError:
            return False

    await until(well, 120, every=0.2)
