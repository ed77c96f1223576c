"""How fast the survival library is, and how much memory it takes, beside its peers on the same machine in one run.

Run on a quiet machine: ``python benchmarks/survival_peers.py`` (1e4 to 1e6 rows), or with ``--rows 1e7``.
``make bench`` runs the small sizes. Peers are lifelines, scikit-survival, the package ``survival`` (Rust) and R's
survival, each where it is installed (``--rust PYTHON`` names a Python that has the Rust package). Each tool holds its
data in a process of its own and is told to go in turn, so that runs alternate; the best of five counts, of fewer for a
tool whose runs have taken a minute. Losses are printed like wins.
"""

from __future__ import annotations

import argparse
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

ROUNDS, PATIENCE = 5, 60.0
COVARIATES = 10
TASKS = ("km", "log_rank", "cox")
LARGEST = {("lifelines", "cox"): 1e6, ("scikit-survival", "cox"): 1e5}
"""Sizes above which a peer is left out: it would take many minutes, or more memory than is there."""
PEERS = ("lifelines", "scikit-survival", "rust", "R")
OURS = {"km": ("netlm", "netlm, Parquet"), "log_rank": ("netlm", "netlm, Parquet"), "cox": ("netlm",)}
WANTED = {"km": {1e7: 15.0}, "log_rank": {1e7: 15.0}, "cox": {1e6: 5.0, 1e7: 12.0}}


def make_data(rows: int, folder: Path) -> None:
    """Synthetic patients: whole days up to 7,300, about 70 % events, three groups, ten covariates; as columns."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(rows, COVARIATES))
    hazard = np.exp(x @ np.linspace(-0.3, 0.3, COVARIATES))
    time_ = np.minimum(np.ceil(rng.exponential(2000 / hazard)), 7300)
    end = rng.integers(100, 7301, rows)
    columns = {
        "time": np.minimum(time_, end).astype(np.float64),
        "event": (time_ <= end).astype(np.float64),
        "group": rng.integers(0, 3, rows).astype(np.float64),
    }
    for name, column in columns.items():
        np.save(folder / f"{name}.npy", column)
        np.save(folder / f"{name}_whole.npy", column.astype(np.int64 if name == "time" else np.int8))
        column.tofile(folder / f"{name}.bin")
    np.save(folder / "x.npy", x)
    x.T.tofile(folder / "x.bin")
    import pyarrow as pa
    import pyarrow.parquet as pq

    whole = {name: column.astype(np.int32) for name, column in columns.items()}
    pq.write_table(pa.table(whole), folder / "table.parquet")


def load(folder: Path, task: str, tool: str) -> tuple[Any, ...]:
    """The columns that a task needs: whole numbers for ours; doubles for the peers, which turn them into those."""
    whole = "_whole" if tool == "netlm" else ""
    third = "x" if task == "cox" else f"group{whole}"
    return tuple(np.load(folder / f"{name}.npy") for name in (f"time{whole}", f"event{whole}", third))


def job(tool: str, task: str, folder: Path) -> Callable[[], float]:
    """What is timed: from columns in memory (or a Parquet file) to a number that depends on all of them."""
    makers = {"netlm": _netlm, "lifelines": _lifelines, "scikit-survival": _sksurv, "rust": _rust}
    if tool == "netlm, Parquet":
        return _parquet(task, folder)
    return makers[tool](task, *load(folder, task, tool))


def _last(curve: Any) -> float:
    """Survival at the end, after the intervals were worked out too."""
    return float(curve.survival[-1]) + 0 * float(np.nansum(curve.lower + curve.upper))


def _with_errors(model: Any) -> float:
    return float(model.coef.sum()) + 0 * float(model.se.sum())


def _netlm(task: str, t: Any, e: Any, third: Any) -> Callable[[], float]:
    from netlm import survival

    if task == "km":
        return lambda: sum(_last(c) for c in survival.kaplan_meier(t, e, third))
    if task == "log_rank":
        return lambda: survival.log_rank(t, e, third).chi2
    return lambda: _with_errors(survival.cox(t, e, third))


def _parquet(task: str, folder: Path) -> Callable[[], float]:
    from netlm import survival

    def counts() -> Any:
        return survival.count(folder / "table.parquet", time="time", event="event", group="group")

    if task == "km":
        return lambda: sum(_last(c) for c in survival.kaplan_meier(counts()))
    return lambda: survival.log_rank(counts()).chi2


def _lifelines(task: str, t: Any, e: Any, third: Any) -> Callable[[], float]:
    import lifelines
    import pandas as pd
    from lifelines.statistics import multivariate_logrank_test

    if task == "km":

        def km() -> float:
            fitted = [lifelines.KaplanMeierFitter().fit(t[third == k], e[third == k]) for k in range(3)]
            return sum(float(one.survival_function_.iloc[-1, 0]) for one in fitted)

        return km
    if task == "log_rank":
        return lambda: float(multivariate_logrank_test(t, third, e).test_statistic)
    frame = pd.DataFrame(third, columns=[f"x{k}" for k in range(COVARIATES)]).assign(t=t, e=e)
    return lambda: float(lifelines.CoxPHFitter().fit(frame, "t", "e").params_.sum())


def _sksurv(task: str, t: Any, e: Any, third: Any) -> Callable[[], float]:
    from sksurv.compare import compare_survival
    from sksurv.linear_model import CoxPHSurvivalAnalysis
    from sksurv.nonparametric import kaplan_meier_estimator
    from sksurv.util import Surv

    e = e.astype(bool)
    if task == "km":

        def km() -> float:
            parts = [kaplan_meier_estimator(e[third == k], t[third == k], conf_type="log-log") for k in range(3)]
            return sum(float(part[1][-1]) for part in parts)

        return km
    outcome = Surv.from_arrays(e, t)
    if task == "log_rank":
        return lambda: float(compare_survival(outcome, third)[0])
    return lambda: float(CoxPHSurvivalAnalysis(ties="efron").fit(third, outcome).coef_.sum())


def _rust(task: str, t: Any, e: Any, third: Any) -> Callable[[], float]:
    """The functions below the formula interface, which are the fastest that the package offers."""
    import survival

    if task == "km":
        group = third.astype(np.int32)
        return lambda: _rust_last(survival.surv_analysis.survfitkm(t, e, strata=group))
    if task == "log_rank":
        group = third.astype(np.int32)
        return lambda: float(survival.surv_analysis.survdiff(t, e, group).chisq)
    return lambda: float(np.sum(survival.regression.coxph_fit(t, e, third, method="efron").coefficients))


def _rust_last(curves: Any) -> float:
    values, edges = np.asarray(curves.surv), np.cumsum(np.asarray(curves.strata, dtype=int))
    return float(values[edges - 1].sum())


R_WORKER = """
library(survival); a <- commandArgs(TRUE); folder <- a[1]; task <- a[2]
n <- file.size(file.path(folder, "time.bin")) / 8
read <- function(name, k = 1) readBin(file.path(folder, paste0(name, ".bin")), "double", n * k)
y <- Surv(read("time"), read("event"))
if (task == "cox") x <- matrix(read("x", 10), ncol = 10) else g <- read("group")
km <- function() { f <- survfit(y ~ g); sum(f$surv[cumsum(f$strata)]) }
go <- function() switch(task, km = km(), log_rank = survdiff(y ~ g)$chisq,
  cox = sum(coxph(y ~ x)$coefficients))
cat("ready\\n"); flush(stdout()); stdin <- file("stdin", "r")
repeat {
  line <- readLines(stdin, 1)
  if (length(line) == 0 || line == "stop") break
  seconds <- system.time(answer <- go())[["elapsed"]]
  cat(sprintf("%.6f %.12g\\n", seconds, answer)); flush(stdout())
}
peak <- grep("VmHWM", readLines("/proc/self/status"), value = TRUE)
cat(gsub("\\\\D", "", peak), "\\n")
"""


def worker(tool: str, task: str, folder: Path) -> None:
    """Wait for a line, run once, say how long it took; at the end say the peak of the memory."""
    run = job(tool, task, folder)
    print("ready", flush=True)
    for line in sys.stdin:
        if line.strip() == "stop":
            break
        start = time.perf_counter()
        answer = run()
        print(f"{time.perf_counter() - start:.6f} {answer:.12g}", flush=True)
    print(_peak(), flush=True)


def _peak() -> int:
    """The peak of this process's memory in kB, not counting what its parent held when it was made."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


@dataclass
class Tool:
    """A tool at work on one task: its process and its times."""

    name: str
    process: subprocess.Popen[str]
    times: list[float]
    answer: float = float("nan")
    peak: float = float("nan")

    def run(self) -> None:
        """One run, unless the tool has had its minute."""
        if self.process.poll() is not None or sum(self.times) > PATIENCE:
            return
        seconds = self._ask("go")
        if seconds:
            self.times.append(float(seconds[0]))
            self.answer = float(seconds[1])

    def stop(self) -> None:
        """Let the process end, and note its memory."""
        if self.process.poll() is None:
            peak = self._ask("stop")
            self.peak = float(peak[0]) / 1024 if peak else float("nan")
            self.process.wait()

    def _ask(self, line: str) -> list[str]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().split()


def start(name: str, task: str, folder: Path, rust: str | None) -> Tool | None:
    """The tool with its data in memory, or None where it is not installed."""
    python = rust if name == "rust" and rust else sys.executable
    command = [python, __file__, "--worker", name, task, str(folder)]
    if name == "R":
        if shutil.which("Rscript") is None:
            return None
        (folder / "worker.R").write_text(R_WORKER, encoding="utf-8")
        command = ["Rscript", str(folder / "worker.R"), str(folder), task]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout is not None
    return Tool(name, process, []) if process.stdout.readline().strip() == "ready" else None


def measure(rows: int, task: str, folder: Path, rust: str | None, peers: list[str]) -> list[Tool]:
    """All tools in alternating runs, after one run each that does not count."""
    names = [*OURS[task], *(name for name in peers if rows <= LARGEST.get((name, task), 1e12))]
    tools = [tool for name in names if (tool := start(name, task, folder, rust)) is not None]
    for tool in tools:
        if rows <= 1e6:
            tool.run()
            tool.times.clear()
    for _ in range(ROUNDS):
        for tool in tools:
            tool.run()
    for tool in tools:
        tool.stop()
    for tool in tools:
        if not tool.times:
            print(f"{rows:>10,} {task:<9} {tool.name:<16} failed")
    return [tool for tool in tools if tool.times]


def tell(rows: int, task: str, tools: list[Tool]) -> None:
    """A line for each tool, and how ours compares with the best peer."""
    for tool in tools:
        print(
            f"{rows:>10,} {task:<9} {tool.name:<16} {min(tool.times):>10.4f} s  best of {len(tool.times)}"
            f"  peak {tool.peak:>8,.0f} MB  answer {tool.answer:.10g}"
        )
    peers = [tool for tool in tools if not tool.name.startswith("netlm")]
    ours = min((tool for tool in tools if tool.name.startswith("netlm")), key=lambda tool: min(tool.times))
    if peers:
        best = min(peers, key=lambda tool: min(tool.times))
        ratio = min(best.times) / min(ours.times)
        wanted = WANTED[task].get(rows)
        promise = f", promised {wanted:g}" if wanted else ", promised parity" if rows == 1e4 else ""
        verdict = "faster" if ratio >= 1 else "SLOWER"
        print(f"{'':>10} {'':<9} {ours.name} is {ratio:.2f} times the speed of {best.name} ({verdict}{promise})")
        least = min(tool.peak for tool in peers)
        print(f"{'':>10} {'':<9} memory {ours.peak:,.0f} MB, least peer {least:,.0f} MB\n", flush=True)


def versions(rust: str | None) -> None:
    """What was measured, on what."""
    from importlib.metadata import PackageNotFoundError, version

    print(f"{platform.platform()}, Python {platform.python_version()}")
    for name in ("netlm", "numpy", "numba", "duckdb", "ibis-framework", "lifelines", "scikit-survival"):
        try:
            print(f"  {name} {version(name)}")
        except PackageNotFoundError:
            print(f"  {name} not installed")
    if rust:
        code = "from importlib.metadata import version; print('survival (Rust)', version('survival'))"
        done = subprocess.run([rust, "-c", code], capture_output=True, text=True, check=False)
        print("  " + (done.stdout.strip() or "survival (Rust) not installed"))
    if shutil.which("Rscript"):
        code = "cat(R.version.string, ', survival', as.character(packageVersion('survival')))"
        print("  " + subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, check=False).stdout)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", nargs="*", type=float, default=[1e4, 1e5, 1e6])
    parser.add_argument("--tasks", nargs="*", default=list(TASKS))
    parser.add_argument("--peers", nargs="*", default=list(PEERS))
    parser.add_argument("--rust", help="a Python in which the package `survival` is installed")
    parser.add_argument("--worker", nargs=3, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.worker:
        worker(chosen.worker[0], chosen.worker[1], Path(chosen.worker[2]))
        return
    versions(chosen.rust)
    for rows in chosen.rows:
        with tempfile.TemporaryDirectory() as folder:
            make_data(int(rows), Path(folder))
            for task in chosen.tasks:
                tell(int(rows), task, measure(int(rows), task, Path(folder), chosen.rust, chosen.peers))


if __name__ == "__main__":
    main()
