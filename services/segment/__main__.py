"""`python -m services.segment serve|work|run|migrate`, and `rebuild` for the operator."""

import sys

from chassis.process import main
from services.segment import operating
from services.segment.bootstrap import build, migrate
from services.segment.config import Settings

if __name__ == "__main__":
    if sys.argv[1:] in [[verb] for verb in operating.VERBS]:
        raise SystemExit(operating.main())
    raise SystemExit(main("segment", Settings, build, migrate))
