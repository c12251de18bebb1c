"""`python -m services.campaign serve|work|run|migrate`."""

from chassis.process import main
from services.campaign.bootstrap import build, migrate
from services.campaign.config import Settings

raise SystemExit(main("campaign", Settings, build, migrate))
