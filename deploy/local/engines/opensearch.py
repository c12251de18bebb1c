"""OpenSearch 2.19: the real server, put together from its published parts, as a single node.

There is no distribution archive among Maven artefacts, but every part of it is there, and the server starts from
them exactly as from the archive. It refuses to run as root, so root starts it as a system user of its own.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import httpx

from deploy.local.children import HOST, Running, spawn
from deploy.local.engines import maven
from deploy.local.engines.cache import built, cached
from deploy.local.engines.packages import java, need

NAME = "opensearch"
PORTS = 2
VERSION = "2.19.6"
# Raised whenever what is put together below changes, so that older caches are left alone.
_RECIPE = 1
_ACCOUNT = "consilium-search"

_SERVER = [f"org.opensearch:opensearch:{VERSION}", f"org.opensearch:opensearch-plugin-classloader:{VERSION}"]

# module -> (artefact, class, what the security manager must grant it; the artefacts carry no policy)
_MODULES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "transport-netty4": (
        "transport-netty4-client",
        "org.opensearch.transport.Netty4Plugin",
        (
            'java.io.FilePermission "/proc/sys/net/core/somaxconn", "read"',
            'java.net.SocketPermission "*", "accept,connect"',
            'java.lang.RuntimePermission "setContextClassLoader"',
            'java.util.PropertyPermission "*", "read,write"',
            'java.lang.RuntimePermission "getClassLoader"',
        ),
    ),
    "analysis-common": ("analysis-common", "org.opensearch.analysis.common.CommonAnalysisPlugin", ()),
    "lang-painless": (
        "lang-painless",
        "org.opensearch.painless.PainlessPlugin",
        (
            'java.lang.RuntimePermission "createClassLoader"',
            'java.lang.RuntimePermission "getClassLoader"',
        ),
    ),
    "mapper-extras": ("mapper-extras-client", "org.opensearch.index.mapper.MapperExtrasPlugin", ()),
    "parent-join": ("parent-join-client", "org.opensearch.join.ParentJoinPlugin", ()),
    "reindex": (
        "reindex-client",
        "org.opensearch.index.reindex.ReindexPlugin",
        ('java.net.SocketPermission "*", "connect"',),
    ),
}

# As the archive's own jvm.options has them; a second logging hook would hang the orderly stop.
JVM = (
    "-XX:+UseG1GC", "-XX:+ExitOnOutOfMemoryError", "-XX:-OmitStackTraceInFastThrow", "-Xss1m",
    "-Djava.security.manager=allow", "-Djava.awt.headless=true", "-Dfile.encoding=UTF-8", "-Djna.nosys=true",
    "-Dio.netty.noUnsafe=true", "-Dio.netty.noKeySetOptimization=true",
    "-Dio.netty.recycler.maxCapacityPerThread=0", "-Dio.netty.allocator.numDirectArenas=0",
    "-Dlog4j.shutdownHookEnabled=false", "-Dlog4j2.disable.jmx=true",
)  # fmt: skip

_DESCRIPTOR = """\
name={name}
description=The {name} module
version={version}
opensearch.version={version}
java.version=11
classname={classname}
has.native.controller=false
"""

_SETTINGS = """\
cluster.name: consilium
node.name: local
discovery.type: single-node
network.host: {host}
http.port: {http}
transport.port: {transport}
path.data: {directory}/data
path.logs: {directory}/logs
action.auto_create_index: false
# Not a node's duty here: a development machine's disk may be nearly full.
cluster.routing.allocation.disk.threshold_enabled: false
"""

LOGGING = """\
status = error
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%-25c{1.}] %m%n
rootLogger.level = info
rootLogger.appenderRef.console.ref = console
logger.deprecation.name = org.opensearch.deprecation
logger.deprecation.level = error
"""


def obtain() -> Path:
    """Return the server's home, resolved from Maven artefacts the first time."""
    name = f"opensearch-{VERSION}-{_RECIPE}"
    need("setpriv", *(() if cached(name) else ("mvn",)), java=True)
    return built(name, _assemble)


def start(directory: Path, ports: Sequence[int], *, heap: str = "1g", log: Path | None = None) -> Running:
    """Start the server on `ports[0]` (HTTP) and `ports[1]` (transport) with its data in `directory`."""
    http, transport = ports
    home = obtain()
    user = _account() if os.geteuid() == 0 else None
    directory.mkdir(parents=True, exist_ok=True)
    place = directory.resolve() if user is None or _enterable(directory.resolve()) else _elsewhere(directory.resolve())
    config, scratch = place / "config", place / "tmp"
    for folder in (config, scratch, place / "data", place / "logs"):
        folder.mkdir(parents=True, exist_ok=True)
    settings = _SETTINGS.format(host=HOST, http=http, transport=transport, directory=place)
    (config / "opensearch.yml").write_text(settings, encoding="utf-8")
    (config / "log4j2.properties").write_text(LOGGING, encoding="utf-8")
    if user is not None:
        _give(place, user)
    command = [
        java(), f"-Xms{heap}", f"-Xmx{heap}", *JVM, f"-Djava.io.tmpdir={scratch}", f"-Djna.tmpdir={scratch}",
        f"-Dopensearch.path.home={home}", f"-Dopensearch.path.conf={config}",
        "-Dopensearch.distribution.type=tar", "-cp", f"{home}/lib/*", "org.opensearch.bootstrap.OpenSearch",
    ]  # fmt: skip
    log = log or place / "opensearch.log"
    process = spawn(command, log, directory=place, environment={"OPENSEARCH_PATH_CONF": str(config)}, user=user)
    return Running(NAME, process, log, {"opensearch": f"http://{HOST}:{http}"}, lambda: _serving(http))


def _serving(port: int) -> bool:
    answer = httpx.get(
        f"http://{HOST}:{port}/_cluster/health", params={"wait_for_status": "yellow", "timeout": "1s"}, timeout=3
    )
    return answer.status_code == httpx.codes.OK and not answer.json()["timed_out"]


def _assemble(home: Path) -> None:
    sets = {name: [f"org.opensearch.plugin:{artefact}:{VERSION}"] for name, (artefact, _, _) in _MODULES.items()}
    maven.copy_with_dependencies({"lib": _SERVER}, home)
    maven.copy_with_dependencies(sets, home / "modules")
    shared = {jar.name for jar in (home / "lib").iterdir()}
    api = next(name for name in shared if name.startswith("log4j-api-"))
    logging_version = api.removeprefix("log4j-api-").removesuffix(".jar")
    maven.copy(f"org.apache.logging.log4j:log4j-core:{logging_version}", home / "lib")
    for name, (_, classname, grants) in _MODULES.items():
        module = home / "modules" / name
        for jar in module.iterdir():
            if jar.name in shared:
                jar.unlink()
        descriptor = _DESCRIPTOR.format(name=name, version=VERSION, classname=classname)
        (module / "plugin-descriptor.properties").write_text(descriptor, encoding="utf-8")
        if grants:
            body = "".join(f"  permission {grant};\n" for grant in grants)
            (module / "plugin-security.policy").write_text(f"grant {{\n{body}}};\n", encoding="utf-8")
    # The server insists on seeing both folders of an archive, empty or not.
    for name in ("bin", "plugins"):
        (home / name).mkdir()


def _account() -> str:
    try:
        pwd.getpwnam(_ACCOUNT)
    except KeyError:
        need("useradd")
        command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", _ACCOUNT]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        # Somebody who starts at the same moment may have made it first.
        if done.returncode != 0 and _ACCOUNT not in {entry.pw_name for entry in pwd.getpwall()}:
            raise RuntimeError(f"no account for OpenSearch: {done.stderr.strip()}") from None
    return _ACCOUNT


def _enterable(directory: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in directory.parents)


def _elsewhere(directory: Path) -> Path:
    """Find a place that the account can enter when the tree lies in a closed home; `directory` keeps a link to it.

    Without the link the place is somebody's past and starts empty, so wiping the directory wipes the data.
    """
    name = hashlib.sha256(str(directory).encode()).hexdigest()[:16]
    place = Path("/var/lib/consilium") / name
    link = directory / "data"
    if not link.is_symlink():
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        link.symlink_to(place)
    return place


def _give(place: Path, user: str) -> None:
    entry = pwd.getpwnam(user)
    for path in [place, *place.rglob("*")]:
        os.chown(path, entry.pw_uid, entry.pw_gid, follow_symlinks=False)
