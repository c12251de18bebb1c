"""`python -m services.profile serve|work|run|migrate`."""

from chassis.process import main
from services.profile.bootstrap import build, migrate
from services.profile.config import Settings

raise SystemExit(main("profile", Settings, build, migrate))
