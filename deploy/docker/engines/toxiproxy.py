"""Toxiproxy 2.5, from its Go module."""

from pathlib import Path

from deploy.local.engines import gomodule

VERSION = "2.5.0"


def obtain() -> Path:
    """Return the server's binary, built the first time.

    Raises:
        PackageError: Go is missing and cannot be installed by this process.
        BuildError: a registry does not give its module, or it cannot be built.
    """
    return gomodule.program("toxiproxy", "github.com/Shopify/toxiproxy/v2", f"v{VERSION}", "cmd/server")
