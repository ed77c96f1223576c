"""netlm as a process of its own, whose exit code is as expected."""

from __future__ import annotations

import subprocess
import sys


def netlm(*arguments: object, code: int = 0) -> subprocess.CompletedProcess:
    done = subprocess.run(
        [sys.executable, "-m", "netlm", *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    return done
