"""Settings tell everything that is wrong at once."""

import base64
from dataclasses import dataclass
from pathlib import Path

import pytest

from chassis.settings import Process, SettingsWrong, read, variable

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
