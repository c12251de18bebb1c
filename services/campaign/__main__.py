"""`python -m services.campaign serve|work|run|migrate`, and `pause` for the operator, after a restore."""

from chassis.process import main
from services.campaign.bootstrap import build, migrate, pause
from services.campaign.config import Settings

raise SystemExit(main("campaign", Settings, build, migrate, {"pause": pause}))
