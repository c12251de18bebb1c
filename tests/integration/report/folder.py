"""The one folder of the embedded warehouse in this process: the engine takes no second one."""

import atexit
import functools
import shutil
import tempfile
from pathlib import Path


@functools.cache
def data_directory() -> Path:
    """Give the process's data folder, removed when the process ends."""
    path = Path(tempfile.mkdtemp(prefix="consilium-report-"))
    atexit.register(shutil.rmtree, path, ignore_errors=True)
    return path
