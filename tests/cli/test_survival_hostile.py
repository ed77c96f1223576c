"""What a hostile reader found: near separation, faded information, late bad rows, covariates with names of ours."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from netlm import survival
from netlm.errors import NetlmError, Problems


def test_no_coefficient_without_a_bound_is_printed_as_an_estimate():
    """Small tables with few events: each coefficient is marked infinite, or its standard error is a plain number."""
    draw = np.random.default_rng(0)
    told = 0
    for _ in range(300):
        n = int(draw.integers(10, 31))
        time, event = draw.integers(1, 20, n), draw.random(n) < 0.25
        x = np.column_stack([draw.normal(size=n), draw.random(n) < 0.3, draw.random(n) < 0.5]).astype(float)
        if not event.any():
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", survival.SurvivalWarning)
                fit = survival.cox(time, event, x, names=("a", "b", "c"))
        except Problems:
            continue
        finite = [name not in fit.infinite for name in fit.names]
        assert np.isfinite(fit.se[finite]).all()
        assert (fit.se[finite] < 1000).all()
        assert bool(fit.infinite) <= bool(fit.warnings)
        told += bool(fit.infinite)
    assert told > 20


@pytest.mark.parametrize("name", ["time__", "event__", "netlm time"])
def test_a_covariate_may_have_any_name(run, tmp_path, name):
    rows = "\n".join(f"{n % 7 + 1},{n % 2},{n % 5}" for n in range(40))
    path = tmp_path / "t.csv"
    path.write_text(f"os,dead,{name}\n{rows}\n", encoding="utf-8")
    ran = run("survival", path, "--time", "os", "--event", "dead", "--cox", name)
    assert ran.code == 0, ran.err


@pytest.mark.parametrize(("last", "code"), [("unknown,1,a", 2), ("10", 2), ("5,1,b", 0)])
def test_a_last_row_unlike_the_others_is_read_or_refused_and_never_a_crash(run, tmp_path, last, code):
    rows = "\n".join(f"{n % 700 + 1},{n % 2},{n % 3}" for n in range(60_000))
    path = tmp_path / "t.csv"
    path.write_text(f"os,dead,g\n{rows}\n{last}\n", encoding="utf-8")
    ran = run("survival", path, "--time", "os", "--event", "dead", "--group", "g")
    assert ran.code == code, ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("change", ["fraction", "twice"])
def test_counts_that_were_tampered_with_are_refused(change):
    sent = survival.count(
        {"t": [1, 2, 2, 5], "e": [1, 0, 1, 1], "g": ["a", "b", "a", "b"]}, time="t", event="e", group="g"
    )
    content = sent.to_dict()
    if change == "fraction":
        content["cells"]["censored"] = [number + 0.5 for number in content["cells"]["censored"]]
    else:
        content["groups"] = ["b", "b"]
    with pytest.raises(NetlmError, match="expected"):
        survival.counts_from_dict(content)


def test_what_a_terminal_would_obey_is_not_printed(run, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("os,dead,g\n1,1,a\x1b[31m\n2,0,b\x07\n3,1,b\x07\n4,1,a\x1b[31m\n", encoding="utf-8")
    ran = run("survival", path, "--time", "os", "--event", "dead", "--group", "g", "--title", "OS\x1b]0;x\x07")
    assert ran.code == 0, ran.err
    assert not {sign for sign in ran.out if not sign.isprintable()} - {"\n"}


@pytest.mark.parametrize(
    ("options", "said"),
    [(["--cox", "x"], "--cox: found `x` the same"), (["--cox", "y"], "--cox: found no column"),
     (["--missing", "maybe"], "--missing: found 'maybe'")],
)  # fmt: skip
def test_a_problem_names_the_option(run, tmp_path, options, said):
    path = tmp_path / "t.csv"
    path.write_text("os,dead,x\n1,1,3\n2,0,3\n3,1,3\n", encoding="utf-8")
    ran = run("survival", path, "--time", "os", "--event", "dead", *options)
    assert (ran.code, said in ran.err) == (2, True), ran.err
