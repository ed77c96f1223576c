"""Measures what the project promises about speed and memory, in one run, and prints it beside the promise.

Run on a quiet machine: ``make bench``. Nothing here is a test; machines differ.
"""

from __future__ import annotations

import gc
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import orjson

from netlm.case import load_case
from netlm.dictionary import Facts
from netlm.dossier import board, booklet_pdf
from netlm.evidence import evidence_of, load_evidence
from netlm.guidance import Evaluation, assess, load_pack, program_of, stale_facts
from netlm.logic import trace

ROOT = Path(__file__).resolve().parent.parent
CASES = sorted((ROOT / "examples" / "cases").glob("*.yaml"))
ROUNDS = 15


def _fresh(facts: Facts) -> Facts:
    """The same facts with nothing worked out yet."""
    return Facts(facts.dictionary, facts.entered, facts.listed, facts.lesions, facts.lesions_complete)


def _milliseconds(work: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1000


def _report(what: str, measured: list[float], promise: str) -> None:
    print(f"{what:<62} median {statistics.median(measured):7.2f}  worst {max(measured):7.2f}  promise {promise}")


def in_process() -> None:
    """One patient, twenty options."""
    pack = load_pack()
    program = program_of(pack)
    possible, traced, whole = [], [], []
    for path in CASES:
        case = load_case(path, pack.dictionary)
        stale = frozenset(stale_facts(case.facts, case.as_of))

        def judge(with_trace: bool, case=case, stale=stale) -> None:
            evaluation = Evaluation(program, _fresh(case.facts), stale)
            for option in pack.order:
                evaluation.possible(option)
                if with_trace:
                    for judge in program.judges[option]:
                        if not judge.argument.lesion:
                            trace(judge.argument.when, evaluation.view)

        possible.append(_milliseconds(lambda judge=judge: judge(False)))
        traced.append(_milliseconds(lambda judge=judge: judge(True)))
        whole.append(_milliseconds(lambda case=case: assess(pack, _fresh(case.facts), case.as_of)))
    _report("ms, possible for 20 options", possible, "-")
    _report("ms, evaluation, trace and possible for 20 options", traced, "2")
    _report("ms, with missing, would-change, flags and notes", whole, "8")


def pages() -> None:
    """The page and the PDF of every example, after start-up, and a booklet of forty."""
    pack = load_pack()
    dossiers = [board(load_case(path, pack.dictionary), guidance=pack) for path in CASES]
    dossiers[0].to_html()
    dossiers[0].to_pdf()
    _report("ms, HTML", [_once(dossier.to_html) for dossier in dossiers], "50")
    _report("ms, PDF", [_once(dossier.to_pdf) for dossier in dossiers[1:]], "300")
    forty = [dossiers[number % len(dossiers)] for number in range(40)]
    _report("s, a booklet of 40 cases as PDF", [_once(lambda: booklet_pdf(forty)) / 1000], "10")


def _once(work: Callable[[], object]) -> float:
    """Milliseconds of one run: the typesetter keeps what it made, so a second run would tell nothing.

    What the runs before have left is cleared away first, so that no run pays for the others.
    """
    gc.collect()
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def bundle() -> None:
    """A FHIR bundle of a hundred entries: parsed, and read as a case; beside it the library that validates."""
    from fhir.resources.R4B.bundle import Bundle as Validated

    export = ROOT / "docs" / "how-to" / "export-example" / "bundle.json"
    content = orjson.loads(export.read_bytes())
    statements = content["entry"][1:]
    while len(content["entry"]) < 100:
        content["entry"].append(statements[len(content["entry"]) % len(statements)])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bundle.json"
        path.write_bytes(orjson.dumps(content))
        load_case(path)
        own = _milliseconds(lambda: load_case(path))
        parsed = _milliseconds(lambda: orjson.loads(path.read_bytes()))
        validated = _milliseconds(lambda: Validated.model_validate_json(path.read_bytes()))
    _report("ms, a FHIR bundle of 100 entries read as a case", [own], "-")
    _report("ms, of which JSON alone (orjson)", [parsed], "-")
    _report("ms, the same bundle by fhir.resources, no facts taken", [validated], "-")


def whole_process() -> None:
    """The command line, from start to exit."""
    command = [sys.executable, "-m", "netlm", "board", str(CASES[0]), "--format", "json"]
    floor = [sys.executable, "-c", "import click, yaml, orjson"]
    times, floors = [], []
    for _ in range(ROUNDS):
        for target, line in ((times, command), (floors, floor)):
            start = time.perf_counter()
            subprocess.run(line, check=True, stdout=subprocess.DEVNULL)
            target.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    _report("s, netlm board CASE --format json", times, "0.4")
    _report("s, of which Python with click, yaml and orjson alone", floors, "-")
    print(f"{'MB, peak of one process':<62} {peak:14.1f}                 promise 90")


def knowledge() -> None:
    """All of the knowledge, from its files and from what an earlier run kept; and the evidence for one patient."""
    code = (
        "import time, netlm.evidence, netlm.guidance; start = time.perf_counter(); "
        "netlm.guidance.load_pack(); netlm.evidence.load_evidence(); print(time.perf_counter() - start)"
    )
    with tempfile.TemporaryDirectory() as folder:
        for kept, what, promise in (("off", "its files", "0.25"), (folder, "what was kept", "0.05")):
            environment = {**os.environ, "NETLM_CACHE": kept}
            command = [sys.executable, "-c", code]
            subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
            runs = [subprocess.run(command, env=environment, check=True, capture_output=True) for _ in range(ROUNDS)]
            _report(f"s, all of knowledge from {what}", [float(run.stdout) for run in runs], promise)
    pack, evidence = load_pack(), load_evidence()
    times = []
    for path in CASES:
        case = load_case(path, pack.dictionary)
        verdicts = {name: one.verdict for name, one in assess(pack, case.facts, case.as_of).options.items()}
        times.append(_milliseconds(lambda case=case, verdicts=verdicts: evidence_of(evidence, case.facts, verdicts, 0)))
    _report("ms, evidence for one patient, 20 options", times, "-")


def thousand() -> None:
    """A thousand cases in one process."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number in range(1000):
            text = CASES[number % len(CASES)].read_text(encoding="utf-8")
            path = Path(folder) / f"{number:04}.yaml"
            path.write_text(text, encoding="utf-8")
            paths.append(str(path))
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "netlm", "board", *paths, "--format", "json"], check=True, stdout=subprocess.DEVNULL
        )
        _report("s, 1,000 cases as JSON on one core", [time.perf_counter() - start], "6")


if __name__ == "__main__":
    in_process()
    bundle()
    whole_process()
    knowledge()
    thousand()
    pages()
