"""Measures the promise on whole registries: 1,000,000 patients on all options in at most 10 s and 1 GB, linear.

Run on a quiet machine: ``python benchmarks/registry.py [PATIENTS ...]``. Every measurement is a process of its own,
from start to the last verdict in a file. The patients are drawn fact by fact from the example cases, so that they are
as different as a table of facts can be; they mean nothing.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PATIENTS = (100_000, 1_000_000)
JOBS = {
    "verdict and possible, 20 options, to Parquet": "assess(path).save(out)",
    "counts of verdicts and of every argument": "attrition(path)",
    "what if 90 % instead of 70 %": "what_if(path, load_pack(), load_pack(conventions={'adequate_debulking': '90 %'}))",
    "with the truth of every argument, to Parquet": "assess(path, truths=True).save(out)",
}
PROMISED = next(iter(JOBS))


def write_table(path: str, patients: int) -> None:
    """A table of facts of so many patients."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    from netlm.case import load_case
    from netlm.registry import write_facts

    cases = [load_case(case) for case in sorted((ROOT / "examples" / "cases").glob("*.yaml"))]
    write_facts(path, cases)
    base, chance = pq.read_table(path), np.random.default_rng(1)
    facts: dict[str, list[str]] = {}
    for name in base.column_names:
        facts.setdefault(name.partition(".")[0], []).append(name)
    with pq.ParquetWriter(path, base.schema, compression="zstd") as writer:
        for start in range(0, patients, 100_000):
            count = min(100_000, patients - start)
            columns = {"id": pa.array([f"p{start + number}" for number in range(count)])}
            for names in facts.values():
                drawn = pa.array(chance.integers(0, len(base), count))
                columns |= {name: base[name].take(drawn) for name in names if name != "id"}
            writer.write_table(pa.table([columns[name] for name in base.column_names], schema=base.schema))


def run_job(job: str, path: str, out: str) -> None:
    """One job in this process; its seconds and peak memory are printed."""
    from netlm.guidance import load_pack
    from netlm.registry import assess, attrition, what_if

    names = {"assess": assess, "attrition": attrition, "what_if": what_if, "load_pack": load_pack}
    eval(JOBS[job], {**names, "path": path, "out": out})
    peak = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"memory": peak.ru_maxrss / 1024, "processor": peak.ru_utime + peak.ru_stime}))


def main(sizes: tuple[int, ...]) -> None:
    """Every job on every size."""
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    print(f"{'what':<48}{'patients':>10}{'s':>8}{'CPU s':>8}{'MB':>7}  promise")
    with tempfile.TemporaryDirectory() as folder:
        path, out = str(Path(folder) / "facts.parquet"), str(Path(folder) / "out.parquet")
        for patients in sizes:
            write_table(path, patients)
            for job in JOBS:
                start = time.perf_counter()
                command = [sys.executable, __file__, "--job", job, path, out]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                seconds, found = time.perf_counter() - start, json.loads(done.stdout)
                promise = "10 s, 1000 MB" if job == PROMISED and patients == 1_000_000 else "-"
                figures = f"{seconds:>8.1f}{found['processor']:>8.1f}{found['memory']:>7.0f}"
                print(f"{job:<48}{patients:>10,}{figures}  {promise}", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--job"]:
        run_job(*sys.argv[2:5])
    else:
        main(tuple(int(text) for text in sys.argv[1:]) or PATIENTS)
