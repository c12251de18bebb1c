"""`python -m services.access serve|work|run|migrate`."""

import sys

from chassis.process import main
from services.access.bootstrap import build, migrate
from services.access.config import Settings

if __name__ == "__main__":
    sys.exit(main("access", Settings, build, migrate))
