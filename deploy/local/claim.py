"""One runner per installation: a lock in its folder, held for as long as the runner lives, however it ends.

`make clean` looks at the same lock by flock(1), so that nobody wipes an installation under a running system.
"""

import fcntl
import os
from pathlib import Path
from typing import TextIO

_FILE = "lock"


class AlreadyRunningError(RuntimeError):
    """Another runner holds the installation; the message names its process."""


def claim(directory: Path) -> TextIO:
    """Take an installation for this process, until the answered file is closed or the process ends.

    Raises:
        AlreadyRunningError: it is somebody's.
    """
    directory.mkdir(parents=True, exist_ok=True)
    # Not inherited by children, which may outlive a killed runner by a moment.
    file = (directory / _FILE).open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        owner = file.read().strip() or "unknown"
        file.close()
        raise AlreadyRunningError(
            f"Consilium is running already from {directory} (process {owner}); its addresses are in "
            f"{directory / 'addresses.json'}. To stop it: Ctrl-C in its window, or kill {owner}"
        ) from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file
