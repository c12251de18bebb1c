"""Settings tell everything that is wrong at once."""

import base64
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from chassis.settings import Process, SettingsWrong, read, variable, variables
from tools.configuration import PROCESSES, settings_of

KEY = base64.b64encode(b"k" * 32).decode()
GOOD = {"CONSILIUM_INSTALLATION_KEY": KEY, "CONSILIUM_SERVICE_SECRET": "s" * 32, "CONSILIUM_PRINCIPAL_KEY": KEY}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settings(Process):
    wanted: str = variable("WANTED", about="something")
    hosts: tuple[str, ...] = variable("HOSTS", default=())
    careful: bool = variable("CAREFUL", default=False)


def test_every_mistake_is_told_by_the_variables_name() -> None:
    with pytest.raises(SettingsWrong) as caught:
        read(_Settings, {**GOOD, "CONSILIUM_GRPC_PORT": "many", "CONSILIUM_CAREFUL": "perhaps"})

    names = sorted(line.split(":")[0] for line in caught.value.problems)
    assert names == ["CONSILIUM_CAREFUL", "CONSILIUM_GRPC_PORT", "CONSILIUM_WANTED"]


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("from-a-file-of-its-own\n")
    environment = {**GOOD, "CONSILIUM_WANTED": "x", "CONSILIUM_SERVICE_SECRET_FILE": str(secret)}

    assert read(_Settings, environment).service_secret == "from-a-file-of-its-own"


def test_values_are_parsed_to_their_types() -> None:
    settings = read(_Settings, {**GOOD, "CONSILIUM_WANTED": "x", "CONSILIUM_HOSTS": "a, b,", "CONSILIUM_CAREFUL": "1"})

    assert (settings.hosts, settings.careful, settings.installation_key) == (("a", "b"), True, b"k" * 32)


@pytest.mark.parametrize("process", PROCESSES)
def test_a_process_that_is_told_nothing_names_all_that_it_needs_and_shows_no_stack(process: str) -> None:
    module = ["gateway"] if process == "gateway" else [f"services.{process}", "run"]
    bare = {name: value for name, value in os.environ.items() if not name.startswith("CONSILIUM_")}

    told = subprocess.run(
        [sys.executable, "-m", *module],
        env={**bare, "CONSILIUM_LOG_LEVEL": "loud", "CONSILIUM_METRICS_PORT": "70000"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    required = {each.name for each in variables(settings_of(process)) if each.required}
    assert told.returncode == 78
    assert {line.partition(":")[0] for line in told.stderr.splitlines()} == {
        *required,
        "CONSILIUM_LOG_LEVEL",
        "CONSILIUM_METRICS_PORT",
    }


@pytest.mark.parametrize(
    ("process", "name", "value"),
    [
        ("access", "CONSILIUM_ROLES_FILE", "/nowhere"),
        ("access", "CONSILIUM_ISSUER", "sign-in.example.org"),
        ("access", "CONSILIUM_PRINCIPAL_SEED", "c2hvcnQ="),
        ("campaign", "CONSILIUM_LETTERS_PER_SECOND", "0"),
        ("campaign", "CONSILIUM_SEGMENT_ADDRESS", "segment"),
        ("channel", "CONSILIUM_SMTP", "mail.example.org:25"),
        ("channel", "CONSILIUM_SMTP", "smtp://mail.example.org?tls=maybe"),
        ("channel", "CONSILIUM_DOMAIN_RATES", "mail.example=fast"),
        ("channel", "CONSILIUM_SENDERS", "main"),
        ("gateway", "CONSILIUM_TLS_DIRECTORY", "/nowhere"),
        ("profile", "CONSILIUM_TIME_ZONE", "Europe/Atlantis"),
        ("profile", "CONSILIUM_MONGODB", "127.0.0.1:27017"),
        ("profile", "CONSILIUM_NATS", "nats://a.example:4222,http://b.example"),
        ("profile", "CONSILIUM_INSTALLATION_KEY", "c2hvcnQ="),
        ("report", "CONSILIUM_CLICKHOUSE", "clickhouse://127.0.0.1"),
        ("report", "CONSILIUM_REPORT_ZONE", ""),
        ("segment", "CONSILIUM_INDEX_SHARDS", "0"),
    ],
)
def test_what_a_variable_must_be_is_told_without_its_value(process: str, name: str, value: str) -> None:
    issuer = {"CONSILIUM_ISSUER": "https://sign-in.example.org/realm", "CONSILIUM_CONSOLE_SECRET": "s" * 32}
    environment = {**GOOD, **issuer, "CONSILIUM_PRINCIPAL_SEED": KEY, name: value}
    if not value:  # an empty variable is an absent one
        read(settings_of(process), environment)
        return

    with pytest.raises(SettingsWrong) as caught:
        read(settings_of(process), environment)

    (line,) = caught.value.problems
    assert line.startswith(f"{name}: ")
    assert "c2hvcnQ=" not in line


def test_a_secrets_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(SettingsWrong) as caught:
        read(_Settings, {**GOOD, "CONSILIUM_WANTED": "x", "CONSILIUM_SERVICE_SECRET_FILE": str(secret)})

    assert caught.value.problems == ["CONSILIUM_SERVICE_SECRET_FILE: is not UTF-8 text"]
