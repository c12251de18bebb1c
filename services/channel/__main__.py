"""`python -m services.channel serve|work|run|migrate`, and `pause` for the operator, after a restore."""

from chassis.process import main
from services.channel.bootstrap import build, migrate, pause
from services.channel.config import Settings

if __name__ == "__main__":
    raise SystemExit(main("channel", Settings, build, migrate, {"pause": pause}))
