"""Measures the pages of the studies as whole processes, and prints them beside the promise.

Run on a quiet machine: ``make bench``. Nothing here is a test; machines differ.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from netlm.registry import synthesize

PATIENTS = int(sys.argv[1]) if len(sys.argv) > 1 else 400
RUNS = 3
STUDIES = ("debulking", "surgery-or-embolization", "recurrence")
PROMISED = {"debulking": 3.0}
"""Seconds, for 400 patients."""


def _page(study: str, registry: Path) -> float:
    """Seconds of the page as HTML, from the start of the process to its end."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "netlm", "study", "run", study, "--registry", str(registry), "--format", "html"]
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    """The best of a few runs of each; the first fills the cache."""
    with tempfile.TemporaryDirectory() as folder:
        registry = Path(folder) / "made-up.duckdb"
        synthesize(registry, PATIENTS, 1)
        for study in STUDIES:
            best = min(_page(study, registry) for _ in range(RUNS))
            promise = f"at most {PROMISED[study]:g} s" if study in PROMISED and PATIENTS <= 400 else "none"
            print(f"{f'page of {study}, {PATIENTS} patients':<62} {best:7.2f} s   promise {promise}")
    print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
