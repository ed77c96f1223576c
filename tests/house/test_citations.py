"""A promise about the docstrings of the survival and synthesis libraries: each says by whom and by which formula."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from functools import cached_property

import pytest

from netlm import survival, synthesis

HOLDERS = {
    "survival": {
        "AalenJohansen", "Cells", "Counts", "Estimate", "KaplanMeier", "NelsonAalen", "Report", "RiskSet", "RiskTable",
        "SurvivalWarning", "Test", "count", "counts_from_dict", "plot_curves", "plot_forest", "plot_hazards",
        "plot_incidence", "report", "risk_table",
    },
    "synthesis": {
        "Comparison", "MapEntry", "Stratum", "plot_evidence_map", "plot_forest", "plot_landmarks", "plot_modelled",
    },
}  # fmt: skip
"""What counts, holds, prints or draws, and estimates nothing of its own: a new name is an estimate until it is here."""
READ = {
    "at_risk", "at_risk_at", "censored", "converged", "events", "heterogeneity", "last", "left_out", "means", "measure",
    "n", "n_events", "name", "plot", "sentence", "ties", "time", "to_dict",
}  # fmt: skip
"""Members that give back what went in, or put it into words or pictures."""

REFERENCE = re.compile(r"\b[A-Z]\w+[^;:]{0,90}?\b(18|19|20)\d\d\b")
"""An author and a year."""
FORMULA = re.compile(r"[\w)'] (=|<=) [^;:]*?[-+/*^(]|\b(eq\.|section|chapter|p\.) \d")
"""A relation with an operation on its right, or the number under which the paper states it."""
CODE = re.compile(r"``[^`]*``")


def _text(item: object) -> str:
    return CODE.sub("", " ".join((inspect.getdoc(item) or "").split()))


def _members(kind: type) -> Iterator[tuple[str, object]]:
    for name, item in vars(kind).items():
        documented = inspect.isfunction(item) or isinstance(item, property | cached_property)
        if documented and not name.startswith("_") and name not in READ:
            yield name, item


def _estimates() -> Iterator[tuple[str, str, str]]:
    """The name of each public estimate, where its formula has to stand, and where its reference may."""
    for package in (survival, synthesis):
        short = package.__name__.rpartition(".")[2]
        for name in package.__all__:
            item = getattr(package, name)
            if name in HOLDERS[short] or not callable(item):
                continue
            yield f"{short}.{name}", _text(item), _text(item)
            for member, inner in _members(item) if isinstance(item, type) else ():
                yield f"{short}.{name}.{member}", _text(inner), f"{_text(inner)} {_text(item)}"


ESTIMATES = list(_estimates())


@pytest.mark.parametrize(("name", "own", "either"), ESTIMATES, ids=[name for name, _, _ in ESTIMATES])
def test_every_estimate_names_its_paper_and_its_formula(name: str, own: str, either: str) -> None:
    """Each docstring has the formula or the number of the equation; it, or that of its class, has author and year."""
    assert FORMULA.search(own), f"{name}: no formula and no equation number"
    assert REFERENCE.search(either), f"{name}: no author and year"


def test_the_names_that_estimate_nothing_exist() -> None:
    """A name that was renamed does not stay behind to excuse another."""
    for package, names in HOLDERS.items():
        assert names <= set({"survival": survival, "synthesis": synthesis}[package].__all__)


@pytest.mark.parametrize(
    ("text", "cited"),
    [
        ("The Kaplan-Meier estimate of one group.", (False, False)),
        ("The median, or None where it is not reached.", (False, False)),
        ("Events of one cause, Prentice et al., Biometrics 1978; 34:541-554.", (True, False)),
        ("S(t) = prod (1 - d / n).", (False, True)),
        ("Options: width = 88.", (False, False)),
        ("S(t): Kaplan and Meier, J Am Stat Assoc 1958; 53:457-481, eq. 2b.", (True, True)),
        ("Kalbfleisch and Prentice (2002), section 1.4.1.", (True, True)),
    ],
)
def test_what_counts_as_a_reference_and_as_a_formula(text: str, cited: tuple[bool, bool]) -> None:
    """The two patterns tell a citation from mere words."""
    assert (bool(REFERENCE.search(text)), bool(FORMULA.search(text))) == cited
