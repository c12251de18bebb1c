"""Backup and restore of what MongoDB and the kept files of the bus hold: `python -m chassis.backup`."""
