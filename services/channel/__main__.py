"""`python -m services.channel serve|work|run|migrate`."""

from chassis.process import main
from services.channel.bootstrap import build, migrate
from services.channel.config import Settings

if __name__ == "__main__":
    raise SystemExit(main("channel", Settings, build, migrate))
