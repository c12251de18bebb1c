"""Which roles may start with which warehouse, by the command line."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.report.adapters.warehouse.address import Embedded, Remote, address_of


def start(role: str, directory: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    key = base64.b64encode(os.urandom(32)).decode()
    environment = {
        **os.environ,
        "CONSILIUM_INSTALLATION_KEY": key,
        "CONSILIUM_SERVICE_SECRET": "secret",
        "CONSILIUM_PRINCIPAL_KEY": key,
        "CONSILIUM_DATA_DIR": str(directory),
        **variables,
    }
    return subprocess.run(
        [sys.executable, "-m", "services.report", role],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("role", ["serve", "work"])
def test_serve_and_work_apart_need_a_clickhouse_address(role: str, tmp_path: Path) -> None:
    refused = start(role, tmp_path)

    assert refused.returncode == 78
    assert refused.stderr.startswith("CONSILIUM_CLICKHOUSE: is required")
    assert not list(tmp_path.iterdir())


def test_a_zone_that_does_not_exist_is_told_by_its_variable(tmp_path: Path) -> None:
    refused = start("run", tmp_path, CONSILIUM_REPORT_ZONE="Europe/Atlantis")

    assert refused.returncode == 78
    assert refused.stderr == "CONSILIUM_REPORT_ZONE: there is no zone 'Europe/Atlantis'\n"


def test_a_second_process_over_the_same_data_is_refused(
    tmp_path: Path, namespace: str, mongodb_url: str, nats_url: str
) -> None:
    variables = {"CONSILIUM_NAMESPACE": namespace, "CONSILIUM_MONGODB": mongodb_url, "CONSILIUM_NATS": nats_url}
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import chdb, sys; handle = chdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()",
            str(tmp_path / "warehouse"),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"open\n"
        refused = start("run", tmp_path, **variables)
    finally:
        holder.kill()
        holder.wait()

    assert refused.returncode == 75
    assert "CONSILIUM_DATA_DIR:" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_address_says_where_the_warehouse_is(tmp_path: Path) -> None:
    assert address_of(None, tmp_path) == Embedded(tmp_path / "warehouse")
    assert address_of("https://report:p%40ss@ch.example.org", tmp_path) == Remote(
        "ch.example.org", 8443, "report", "p@ss", secure=True
    )
    assert address_of("http://127.0.0.1:8124", tmp_path) == Remote("127.0.0.1", 8124)
    with pytest.raises(ValueError, match="must be http"):
        address_of("clickhouse://127.0.0.1", tmp_path)
