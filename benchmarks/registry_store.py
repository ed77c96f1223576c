"""Measures the import of many cases into a registry, and prints it beside the promise.

Run on a quiet machine: ``make bench``. Nothing here is a test; machines differ.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from pathlib import Path

import orjson

from netlm.case import debulking_targets
from netlm.registry import analysis_table, create_registry, import_files, open_registry
from netlm.registry._synthesize import _documents
from netlm.registry._synthesize_draw import draw

PATIENTS = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000


def _seconds(what: str, start: float, promise: str = "none") -> None:
    print(f"{what:<62} {time.perf_counter() - start:7.2f} s   promise {promise}")


def main() -> None:
    """Cases alone, then their follow-up, then both again, then the table that studies read."""
    adequate, most = debulking_targets()
    documents = list(_documents(draw(PATIENTS, 1, None, (adequate / 100, most / 100)), (), None))
    with tempfile.TemporaryDirectory() as folder:
        path, cases, rest = (Path(folder) / name for name in ("r.duckdb", "cases.jsonl", "follow-up.jsonl"))
        cases.write_bytes(b"\n".join(one for one in documents if orjson.loads(one)["netlm"] == "case/1"))
        rest.write_bytes(b"\n".join(one for one in documents if orjson.loads(one)["netlm"] != "case/1"))
        create_registry(path)
        start = time.perf_counter()
        assert import_files(path, [cases]).added == PATIENTS
        _seconds(f"import of {PATIENTS} cases", start, f"at most {30 * PATIENTS / 100_000:g} s")
        start = time.perf_counter()
        assert import_files(path, [rest]).added == PATIENTS
        _seconds(f"import of their {PATIENTS} follow-up files", start)
        start = time.perf_counter()
        assert import_files(path, [cases, rest]).unchanged == 2 * PATIENTS
        _seconds("the same files again", start)
        print(f"{'size of the registry':<62} {path.stat().st_size / 1e6:7.1f} MB")
        with open_registry(path) as registry:
            start = time.perf_counter()
            assert analysis_table(registry).num_rows == PATIENTS
            _seconds("the table that studies read", start)
    memory = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"largest process {memory / 1024:.0f} MB; {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
