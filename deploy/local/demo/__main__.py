"""`python -m deploy.local.demo --seed N --rows M --out DIR`: write the four files, their truth and their sources."""

import argparse
import json
from pathlib import Path

from deploy.local.demo.base import write_base


def main() -> None:
    """Write a demo base and print how many rows each file has."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=20250901, help="the same seed and size give the same files")
    parser.add_argument("--rows", type=int, default=20_000, help="rows of the four files together, about")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to; made when it is not there")
    options = parser.parse_args()
    counts = write_base(options.out, options.seed, options.rows)
    print(json.dumps({"seed": options.seed, "rows": counts}, ensure_ascii=False))


if __name__ == "__main__":
    main()
