"""`python -m acme_cities serve|work|run|migrate`."""

from chassis.process import main

from .module import Settings, build, migrate

if __name__ == "__main__":
    raise SystemExit(main("cities", Settings, build, migrate))
