"""Numba and NumPy give the same answers."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from netlm import survival
from netlm.survival import _kernels, _kernels_numpy

numba_kernels = pytest.importorskip("netlm.survival._kernels_numba", reason="Numba is an extra")


@pytest.fixture
def both(monkeypatch):
    """``both(work)``: what ``work()`` gives with NumPy, and with Numba in threads."""

    def both(work):
        monkeypatch.setattr(_kernels, "SMALL", 10**12)
        plain = work()
        monkeypatch.setattr(_kernels, "SMALL", 100)
        return plain, work()

    return both


def test_kernels_are_chosen_by_size_and_can_be_switched_off(monkeypatch):
    assert _kernels.choose(10) is _kernels_numpy
    assert _kernels.choose(10**6) is numba_kernels
    monkeypatch.setenv("NETLM_NUMBA", "0")
    assert _kernels.choose(10**6) is _kernels_numpy


@pytest.mark.parametrize("ties", [True, False])
def test_counting(both, patients, ties):
    found = patients(21, 4000, ties=ties)
    plain, fast = both(lambda: survival.kaplan_meier(found["time"], found["event"], found["group"]).to_dict())
    assert plain == fast


@pytest.mark.parametrize("event_type", [bool, np.int8, np.int64, float])
@pytest.mark.parametrize("time_type", [np.int16, np.int64, np.float32, float])
def test_counting_whatever_the_types(both, patients, time_type, event_type):
    found = patients(22, 2000)
    time, event = found["time"].astype(time_type), found["event"].astype(event_type)
    plain, fast = both(lambda: survival.kaplan_meier(time, event, found["group"]).to_dict())
    assert plain == fast


@pytest.mark.parametrize("options", [{}, {"ties": "breslow"}, {"entry": True}, {"weights": True}, {"strata": True}])
def test_cox(both, patients, options):
    found = patients(23, 4000)
    columns = {"entry": found["entry"], "weights": found["weight"], "strata": found["group"]}
    chosen = {name: columns[name] if value is True else value for name, value in options.items()}
    plain, fast = both(lambda: survival.cox(found["time"], found["event"], found["x"], **chosen))
    assert list(fast.coef) == pytest.approx(list(plain.coef), rel=1e-10)
    assert list(fast.se) == pytest.approx(list(plain.se), rel=1e-10)
    assert fast.loglik == pytest.approx(plain.loglik, rel=1e-12)


def test_a_large_table_is_fitted_from_a_good_start(monkeypatch, patients):
    """The start from a part of the rows changes the number of passes, not the answer."""
    from netlm.survival import _cox

    found = patients(24, 20_000)
    slow = survival.cox(found["time"], found["event"], found["x"], eps=1e-14)
    monkeypatch.setattr(_cox, "LARGE", 1000)
    monkeypatch.setattr(_cox, "SAMPLE", 1000)
    quick = survival.cox(found["time"], found["event"], found["x"])
    assert list(quick.coef) == pytest.approx(list(slow.coef), rel=1e-8)
    assert list(quick.se) == pytest.approx(list(slow.se), rel=1e-8)


def test_arrays_need_numpy_and_scipy_only():
    """Small tables load neither Numba nor an engine nor Matplotlib."""
    code = (
        "import sys\nfrom netlm import survival\n"
        "km = survival.kaplan_meier([1, 2, 3], [1, 0, 1], [0, 1, 1])\nkm.to_dict()\n"
        "survival.log_rank(km.counts)\nsurvival.cox([1, 2, 3, 4], [1, 0, 1, 1], [1., 2., 1., 5.]).to_dict()\n"
        "heavy = {'numba', 'ibis', 'duckdb', 'pyarrow', 'pandas', 'matplotlib'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ})
    assert done.stdout.strip() == "[]"
