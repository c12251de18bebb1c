"""Builds the product's images: `make images`, or `python -m deploy.docker.build [IMAGE …]`.

Images: service, report, gateway, mailbox (all of them unless named), and `engines`: those of deploy/docker/engines,
for tests alone. Tag: CONSILIUM_TAG, else `dev`. Where the base image cannot be pulled it is made by debootstrap, once
(deploy/docker/base.py). An index of one's own comes by PACKAGE_INDEX and NPM_REGISTRY, a certificate authority by
SSL_CERT_FILE; neither stays in an image.
"""

import argparse
import os
import subprocess
import sys
import time
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from deploy.docker import base
from deploy.docker.engine import DockerError, docker, inspect, need
from deploy.docker.engines import images as engines
from deploy.local.engines.gomodule import BuildError
from deploy.local.engines.maven import ResolutionError
from deploy.local.engines.packages import PackageError

ROOT = Path(__file__).resolve().parents[2]
IMAGES = ("service", "report", "gateway", "mailbox")
_TITLES = {
    "service": "Consilium services: access, profile, segment, campaign, channel",
    "report": "Consilium report, with an embedded warehouse",
    "gateway": "Consilium gateway and console",
    "mailbox": "Consilium's mail server for tests and demonstrations",
}


def tag() -> str:
    """Give the tag of everything that is built here."""
    return os.environ.get("CONSILIUM_TAG") or "dev"


def name(image: str) -> str:
    """Give the full name of a product image."""
    return f"consilium/{image}:{tag()}"


def build(image: str, *, public: bool = False, target: str | None = None, anew: bool = False) -> str:
    """Build one image and give its name; `public` upon bases that can be pulled, `anew` without a cache."""
    target = target or name(image)
    arguments = {
        **({} if public else {"BASE": base.BASE, "BUILDER": base.BUILDER}),
        "PACKAGE_INDEX": os.environ.get("PACKAGE_INDEX", ""),
        "NPM_REGISTRY": os.environ.get("NPM_REGISTRY", ""),
    }
    told = [part for key, value in arguments.items() for part in ("--build-arg", f"{key}={value}")]
    labels = [part for key, value in _labels(image, _last_change()).items() for part in ("--label", f"{key}={value}")]
    authority = os.environ.get("SSL_CERT_FILE", "")
    secret = ["--secret", f"id=ca,src={authority}"] if authority and Path(authority).is_file() else []
    docker(
        "build", "--network", "host", "--quiet", "--file", str(ROOT / f"deploy/docker/{image}.Dockerfile"),
        "--tag", target, *told, *labels, *secret, *(["--no-cache"] if anew else []), str(ROOT),
    )  # fmt: skip
    return target


def _labels(image: str, epoch: int) -> dict[str, str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    values = {
        "title": _TITLES[image],
        "description": project["description"],
        "version": project["version"],
        "revision": git("rev-parse", "HEAD"),
        "created": datetime.fromtimestamp(epoch, UTC).isoformat(),
    }
    return {f"org.opencontainers.image.{key}": value for key, value in values.items()}


def _last_change() -> int:
    return int(os.environ.get("SOURCE_DATE_EPOCH") or git("log", "-1", "--format=%ct"))


def git(*arguments: str) -> str:
    """Run git in the tree and give what it printed."""
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def main() -> int:
    """Read the command line and build."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.docker.build", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("images", nargs="*", choices=[*IMAGES, "engines", []], metavar="IMAGE", help=", ".join(IMAGES))
    parser.add_argument("--public", action="store_true", help="build upon the public Python images, which are pulled")
    arguments = parser.parse_args()
    try:
        need()
        if not arguments.public:
            base.obtain()
        for image in arguments.images or IMAGES:
            if image == "engines":
                engines.build(tag(), public=arguments.public)
                continue
            began = time.monotonic()
            target = build(image, public=arguments.public)
            size = inspect(target)["Size"] / 1e6
            print(f"{target}: {size:.0f} MB, {time.monotonic() - began:.0f} s", flush=True)
    except (base.BaseError, BuildError, DockerError, PackageError, ResolutionError) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
