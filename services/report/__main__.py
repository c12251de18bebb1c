"""`python -m services.report serve|work|run|migrate`, and `backup|restore|replay|follow` for the operator.

Without a ClickHouse address the warehouse is embedded, and its data belong to one process: only `run` may start.
"""

import sys

from chassis.process import main
from chassis.settings import EX_CONFIG, read_or_leave
from services.report import keeping
from services.report.adapters.warehouse.engine import FolderTaken
from services.report.bootstrap import build, migrate, refusal
from services.report.config import Settings

if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in keeping.VERBS:
        sys.exit(keeping.main(sys.argv[1:]))
    if refused := refusal(read_or_leave(Settings), sys.argv[1] if len(sys.argv) == 2 else ""):
        sys.stderr.write(f"{refused}\n")
        sys.exit(EX_CONFIG)
    try:
        sys.exit(main("report", Settings, build, migrate))
    except FolderTaken as taken:
        sys.stderr.write(f"CONSILIUM_DATA_DIR: {taken}\n")
        sys.exit(75)  # EX_TEMPFAIL
