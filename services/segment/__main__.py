"""`python -m services.segment serve|work|run|migrate`."""

from chassis.process import main
from services.segment.bootstrap import build, migrate
from services.segment.config import Settings

if __name__ == "__main__":
    raise SystemExit(main("segment", Settings, build, migrate))
