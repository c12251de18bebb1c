"""`python -m deploy.local.engines obtain [engine…]`: fill the cache, so that later starts need no network."""

import argparse
import sys
import time

from deploy.local.engines import keycloak, mongodb, nats, opensearch
from deploy.local.engines.maven import ResolutionError
from deploy.local.engines.packages import PackageError

ENGINES = {module.NAME: module for module in (mongodb, nats, opensearch, keycloak)}


def main() -> int:
    """Obtain the named engines, or all; say what each took."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.engines", description=__doc__)
    parser.add_argument("verb", choices=["obtain"])
    parser.add_argument("engines", nargs="*", choices=[[], *ENGINES], help="default: all")
    chosen = parser.parse_args().engines or list(ENGINES)
    for name in chosen:
        began = time.monotonic()
        print(f"{name}: ", end="", flush=True)
        try:
            place = ENGINES[name].obtain()
        except (PackageError, ResolutionError) as problem:
            print(f"not obtained\n{problem}", file=sys.stderr)
            return 1
        print(f"{place} ({time.monotonic() - began:.1f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
