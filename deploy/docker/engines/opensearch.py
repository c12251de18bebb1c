"""Starts OpenSearch inside its image: settings out of the environment, as the public image takes them."""

import json
import os
import re
import shutil
import tempfile
from pathlib import Path

HOME = Path("/usr/share/opensearch")
_SETTING = re.compile(r"[a-z_]+(\.[a-z_]+)+")
_DEFAULTS = {"cluster.name": "consilium", "node.name": "node", "network.host": "0.0.0.0"}  # noqa: S104  # the container's own network


def main() -> None:
    """Write the configuration to a writable place, where the server also keeps its keystore, and become the server."""
    config = Path(tempfile.mkdtemp(prefix="config-"))
    for file in (HOME / "config").iterdir():
        shutil.copy(file, config)
    told = {name: value for name, value in os.environ.items() if _SETTING.fullmatch(name)}
    settings = {**_DEFAULTS, "path.data": f"{HOME}/data", "path.logs": tempfile.mkdtemp(prefix="logs-"), **told}
    # Whatever is JSON is YAML.
    (config / "opensearch.yml").write_text(json.dumps(settings), encoding="utf-8")
    java = "java"
    options = (HOME / "config" / "jvm.options").read_text(encoding="utf-8").split()
    heap = os.environ.get("OPENSEARCH_JAVA_OPTS", "-Xms512m -Xmx512m").split()
    os.environ["OPENSEARCH_PATH_CONF"] = str(config)
    os.execvp(  # noqa: S606  # no shell between Docker's signals and the server
        java,
        [
            java, *options, *heap, f"-Djava.io.tmpdir={tempfile.gettempdir()}", f"-Djna.tmpdir={tempfile.gettempdir()}",
            f"-Dopensearch.path.home={HOME}", f"-Dopensearch.path.conf={config}",
            "-Dopensearch.distribution.type=tar", "-cp", f"{HOME}/lib/*", "org.opensearch.bootstrap.OpenSearch",
        ],
    )  # fmt: skip


if __name__ == "__main__":
    main()
