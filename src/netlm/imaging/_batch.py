"""Many scans: each in a process of its own, one row each; a bad one, even one that kills its process, is a row too."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import Any

from ..errors import Problem, Problems
from ._burden import burden
from ._made_from import fingerprint
from ._read import shown
from ._types import Rules

__all__ = ["Job", "burden_rows", "made_from"]

AHEAD = 2
"""Jobs handed over for each process, so that none waits."""
LEFT_OUT = ("lesions", "outside_liver", "count_alternatives", "labels", "sizes", "reading", "spacing_mm", "warnings",
            "second_reader", "distribution", "file")  # fmt: skip


@dataclass(frozen=True)
class Job:
    """One scan of a batch: its file, and the arguments of ``burden``."""

    file: str
    arguments: Mapping[str, Any] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """The file as its row names it: text that can be written."""
        return shown(self.file)


def burden_rows(jobs: Sequence[Job], rules: Rules, workers: int | None = None) -> Iterator[tuple[int, dict[str, Any]]]:
    """The place and the row of each job, as they are done; a job that fails is a row with ``error``.

    ``made_from`` of a row is what it was made from, as ``made_from`` says it of the job just before it is measured.
    A process that dies (of memory, say) takes no other job with it: those under way are done again, one by one.
    """
    number = min(workers or os.cpu_count() or 1, max(len(jobs), 1))
    if number == 1:
        yield from ((place, _row(job, rules)) for place, job in enumerate(jobs))
        return
    waiting = list(enumerate(jobs))[::-1]
    while waiting:
        under_way: dict[Future[dict[str, Any]], tuple[int, Job]] = {}
        suspects: list[tuple[int, Job]] = []
        with _pool(number) as pool:
            while waiting or under_way:
                while waiting and len(under_way) < AHEAD * number and not suspects:
                    item = waiting.pop()
                    under_way[pool.submit(_row, item[1], rules)] = item
                if not under_way:
                    break
                for done in wait(under_way, return_when=FIRST_COMPLETED).done:
                    item = under_way.pop(done)
                    if isinstance(done.exception(), BrokenProcessPool):
                        suspects.append(item)
                    else:
                        yield item[0], done.result()
        for place, job in sorted(suspects, key=lambda item: item[0]):
            yield place, _alone(job, rules)


def _pool(number: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(number, multiprocessing.get_context("spawn"), _prepare)


def made_from(job: Job, rules: Rules) -> str | None:
    """What the row of a job would be made from: files, labels, rules and version in one number.

    None where that cannot be told: a file that is missing, or voxels in several files.
    """
    return fingerprint(job.file, job.arguments, rules)


def _prepare() -> None:
    """End with the parent; and one thread in each process, since the processes are as many as the cores."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    import SimpleITK as sitk  # noqa: N813

    from . import _near

    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    _near.THREADS = 1


def _end_with_parent() -> None:
    """Wait for the end of the process that started this one: a parent that is killed cannot tell its own to stop."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _alone(job: Job, rules: Rules) -> dict[str, Any]:
    with _pool(1) as pool:
        try:
            return pool.submit(_row, job, rules).result()
        except BrokenProcessPool:
            says = "The process that measured this scan was killed; is there enough memory for it?"
            return {"made_from": None, "file": job.shown, "error": "died", "message": says}


def _row(job: Job, rules: Rules) -> dict[str, Any]:
    return {"made_from": made_from(job, rules), **_measured(job, rules)}


def _measured(job: Job, rules: Rules) -> dict[str, Any]:
    try:
        found = burden(job.file, **job.arguments, rules=rules)
    except (Problem, Problems) as error:
        problem = error.problems[0] if isinstance(error, Problems) else error
        return {"file": job.shown, "error": problem.code, "message": str(problem)}
    except Exception as error:  # noqa: BLE001 - one scan must not end a run of thousands
        return {"file": job.shown, "error": "fault", "message": f"A fault of the program: {type(error).__name__}."}
    told = found.to_dict()
    row = {"file": job.shown, **{name: value for name, value in told.items() if name not in LEFT_OUT}}
    row["distribution"] = " or ".join(found.distribution) or None
    row["reviewed"] = found.reading.is_reviewed
    row["warnings"] = " ".join(caution.code for caution in found.warnings)
    row["error"] = row["message"] = None
    return row
