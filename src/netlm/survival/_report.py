"""A page for anyone with a spreadsheet: curve, tables, and the checks a statistician would ask for."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import Problem, Problems
from ._cohort import Coded, Cohort, Columns, cohort
from ._cox_result import Cox
from ._door import check_choice, refuse
from ._draw_parts import milestone_text
from ._kaplan_meier import KaplanMeier, median_text, reverse_kaplan_meier, rmst_difference
from ._log_rank import LogRank, PairwiseLogRank, log_rank, pairwise_log_rank
from ._proportional import ProportionalHazards
from ._tables import amount, name_of, number, p_cell, p_value, ratio, told, with_interval
from ._types import Estimate, SurvivalWarning, plain

if TYPE_CHECKING:
    from ..figures import Picture

__all__ = ["Check", "Report", "Table", "report"]

YEARS = (1, 3, 5, 10)
IN_A_YEAR = {"days": 365.25, "months": 12.0, "years": 1.0}
ENDINGS = {"_days": "days", "_d": "days", "_months": "months", "_mo": "months", "_years": "years", "_y": "years"}
EVENTS_PER_COVARIATE = 10
"""Peduzzi et al., J Clin Epidemiol 1995; 48:1503-1510."""
DOUBTFUL = 0.05
LOOK, FINE, UNKNOWN = "look", "fine", "cannot tell"
FORMAT = "survival-report/1"


class Table(NamedTuple):
    """A table as shown: caption, headings, rows of text, notes below."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()


class Check(NamedTuple):
    """One check: what was looked at, ``fine``, ``look`` or ``cannot tell``, and what was found."""

    name: str
    verdict: str
    found: str


@dataclass(frozen=True, eq=False)
class Report:
    """Everything the page shows; ``to_text``, ``to_html``, ``to_dict`` show it."""

    title: str
    unit: str | None
    cohort: Cohort = field(repr=False)
    km: KaplanMeier = field(repr=False)
    follow_up: KaplanMeier = field(repr=False)
    test: LogRank | None = field(repr=False)
    pairs: PairwiseLogRank | None = field(repr=False)
    group_model: Model | None = field(repr=False)
    model: Model | None = field(repr=False)

    @property
    def several(self) -> bool:
        """Whether there are groups to compare."""
        return len(self.km) > 1

    @property
    def milestones(self) -> tuple[float, ...]:
        """1, 3, 5 and 10 years in the unit of the times, as far as follow-up goes; none where the unit is unknown."""
        factor = IN_A_YEAR.get(self.unit or "")
        last = max(curve.last for curve in self.km)
        return tuple(year * factor for year in YEARS if year * factor <= last) if factor else ()

    @cached_property
    def tau(self) -> float:
        """The horizon of the restricted means: the shortest follow-up of the groups."""
        return min(curve.last for curve in self.km)

    @cached_property
    def means(self) -> tuple[Estimate, ...]:
        """The restricted mean of each group."""
        return tuple(curve.rmst(self.tau) for curve in self.km) if self.tau > 0 else ()

    @property
    def headline(self) -> tuple[str, ...]:
        """The comparison of the groups in a line."""
        if not self.several:
            return ()
        if self.test is not None:
            said = f"Log-rank {p_value(self.test.p)}"
        elif self.group_model is not None:
            said = f"Robust Wald test {p_value(self.group_model.cox.wald_test.p)}"
        else:
            return ()
        if self.group_model is None or len(self.km) != 2:
            return (said,)
        model = self.group_model.cox
        low, high = model.hazard_ratio_limits[0]
        if model.infinite:
            return (f"{said}; the hazard ratio has no finite estimate",)
        shown = with_interval(ratio(model.hazard_ratios[0]), ratio(low), ratio(high))
        return (f"{said}; hazard ratio of {name_of(self.km.groups[1])} to {name_of(self.km.groups[0])} {shown}",)

    def plot(self, *, title: str | None = None, width: float = 150) -> Picture:
        """The curves as a picture."""
        return self.km.plot(
            title=self.title if title is None else title, unit=self.unit, notes=self.headline,
            milestones=dict(zip(self._milestone_names, self.milestones, strict=True)), width=width,
            x_label="" if self.cohort.landmark is None else self._since_landmark(),
        )  # fmt: skip

    @property
    def _milestone_names(self) -> tuple[str, ...]:
        years = YEARS[: len(self.milestones)]
        return tuple(f"{year} year{'s' * (year > 1)}" for year in years)

    def _since_landmark(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        return f"Time since the landmark at {self.cohort.landmark:g}{unit}" + (f" ({self.unit})" if self.unit else "")

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """The tables in their order."""
        found = [self._groups_table(), self._milestones_table(), self._means_table(), self._pairs_table()]
        found += [_model_table(one, caption) for one, caption in self._models()]
        return tuple(table for table in found if table is not None)

    def _models(self) -> Iterator[tuple[Model, str]]:
        if self.group_model is not None:
            yield self.group_model, "Groups compared by Cox's model"
        if self.model is not None:
            yield self.model, "Cox's model"

    def _groups_table(self) -> Table:
        unit = f", {self.unit}" if self.unit else ""
        rows = tuple(
            (name_of(curve.group), str(curve.n), amount(curve.events.sum()), median_text(curve), median_text(reverse))
            for curve, reverse in zip(self.km, self.follow_up, strict=True)
        )
        head = ("group", "patients", "events", f"median (95 % interval){unit}", f"median follow-up{unit}")
        return Table("Patients, events and medians", head, rows)

    def _milestones_table(self) -> Table | None:
        if not self.milestones:
            return None
        head = ("group", *self._milestone_names)
        rows = tuple(
            (name_of(curve.group), *(milestone_text(value) for value in curve.at(self.milestones))) for curve in self.km
        )
        return Table("Survival with its 95 % interval", head, rows)

    def _means_table(self) -> Table | None:
        if not self.means:
            return None
        unit = f" {self.unit}" if self.unit else ""
        rows = [(name_of(curve.group), told(mean, number)) for curve, mean in zip(self.km, self.means, strict=True)]
        if len(self.km) == 2:
            difference, p = rmst_difference(self.km.curves[0], self.km.curves[1], self.tau)
            known = all(mean.se > 0 for mean in self.means)
            shown = f"{told(difference, number)}, {p_value(p)}" if known else f"{number(difference)} (no interval)"
            rows.append((f"{name_of(self.km.groups[1])} less {name_of(self.km.groups[0])}", shown))
        head = ("group", f"mean time within {number(self.tau)}{unit}")
        return Table("Restricted mean survival time", head, tuple(rows))

    def _pairs_table(self) -> Table | None:
        if self.test is None:
            return None
        rows = [("all groups", number(self.test.chi2), str(self.test.df), p_cell(self.test.p), "-")]
        for (a, b), test, adjusted in zip(*_pair_columns(self.pairs), strict=True):
            rows.append(
                (f"{name_of(a)} and {name_of(b)}", number(test.chi2), str(test.df), p_cell(test.p), p_cell(adjusted))
            )
        head = ("groups", "chi2", "df", "p", "p after Holm")
        return Table(
            "Log-rank test", head if self.pairs else head[:4], tuple(row[: 5 if self.pairs else 4] for row in rows)
        )

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """What a statistician would look at before believing the page."""
        from ._report_checks import checks_of

        return checks_of(self)

    def to_dict(self) -> dict[str, Any]:
        """The page as JSON (``survival-report/1``)."""
        return {
            "netlm": {"format": FORMAT}, "title": self.title, "unit": self.unit, "rows": self.cohort.rows,
            "missing": self.cohort.missing[""],
            "missing_by_column": {name: rows for name, rows in self.cohort.missing.items() if name},
            "entry": self.cohort.columns.entry, "entered_late": int(self.cohort.counts.cells.entered.sum()),
            "weights": self.cohort.columns.weights,
            "landmark": self.cohort.landmark, "before_landmark": self.cohort.before_landmark,
            "curves": self.km.to_dict()["curves"],
            "follow_up": [
                {"group": plain(one.group), "median": one.median, "interval": list(one.median_interval)}
                for one in self.follow_up
            ],
            "milestones": {
                "times": list(self.milestones),
                "survival": [[value.to_dict() for value in curve.at(self.milestones)] for curve in self.km],
            },
            "rmst": {"tau": self.tau, "means": [mean.to_dict() for mean in self.means]},
            "log_rank": None if self.test is None else self.test.to_dict(),
            "pairwise": None if self.pairs is None else self.pairs.to_dict(),
            "group_model": None if self.group_model is None else self.group_model.to_dict(),
            "cox": None if self.model is None else self.model.to_dict(),
            "checks": [check._asdict() for check in self.checks],
        }  # fmt: skip

    def to_text(self) -> str:
        """The page as text, 100 columns wide."""
        from ._report_text import to_text

        return to_text(self)

    def to_html(self) -> str:
        """The page as one HTML file: no scripts, nothing fetched."""
        from ._report_html import to_html

        return to_html(self)

    def _repr_html_(self) -> str:
        from ._report_html import body

        return body(self)


class Model(NamedTuple):
    """A Cox model with its test of proportional hazards, where each row is at hand."""

    cox: Cox
    coded: Coded
    proportional: ProportionalHazards | None

    def to_dict(self) -> dict[str, Any]:
        """The model as JSON."""
        tested = None if self.proportional is None else self.proportional.to_dict()
        return {**self.cox.to_dict(), "references": self.coded.references, "proportional_hazards": tested}


def _pair_columns(pairs: PairwiseLogRank | None) -> tuple[Any, Any, Any]:
    return ((), (), ()) if pairs is None else (pairs.pairs, pairs.tests, pairs.adjusted)


def _model_table(model: Model, caption: str) -> Table:
    fitted, limits = model.cox, model.cox.hazard_ratio_limits
    rows = []
    for position, name in enumerate(fitted.names):
        if name in fitted.infinite:
            rows.append((name, "no finite estimate", "-"))
        else:
            shown = with_interval(ratio(fitted.hazard_ratios[position]), *(ratio(limit) for limit in limits[position]))
            rows.append((name, shown, p_cell(float(fitted.p[position]))))
    notes = [f"{column}: compared with {reference}." for column, reference in model.coded.references.items()]
    return Table(
        f"{caption}: {fitted.n} patients, {fitted.n_events} events", ("covariate", "hazard ratio (95 % interval)", "p"),
        tuple(rows), tuple(notes),
    )  # fmt: skip


@contextmanager
def _kept_in_result() -> Iterator[None]:
    """Warnings of the library stand on the page, among the checks."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SurvivalWarning)
        yield


def _unit_of(time: str, unit: str | None) -> str | None:
    if unit is not None:
        return check_choice(unit, tuple(IN_A_YEAR), "unit")
    return next((named for ending, named in ENDINGS.items() if time.lower().endswith(ending)), None)


def _fit(data: Cohort, covariates: Sequence[str]) -> Model:
    fitted, coded = data.model(covariates)
    usable = fitted._patients is not None and not fitted.infinite and fitted.converged and not data.columns.weights
    tested = fitted.proportional_hazards(terms=coded.terms) if usable else None
    return Model(fitted, coded, tested)


def _fit_groups(data: Cohort) -> Model | None:
    """The groups' model; None where a group without events, or one alone, leaves nothing to estimate."""
    try:
        return _fit(data, [str(data.group)])
    except (Problem, Problems):
        return None


def report(
    table: Any, *, time: str, event: str, group: str | None = None, cox: Sequence[str] = (),
    entry: str | None = None, weights: str | None = None, landmark: float | None = None, unit: str | None = None,
    missing: str = "error", title: str = "",
) -> Report:  # fmt: skip
    """The survival page of a table: curve, medians, milestones, restricted means, log-rank, Cox, and checks.

    ``table`` as for ``count``. ``cox`` names the covariates of a Cox model; words become columns of 0 and 1, the first
    in order being the reference. ``landmark`` starts the clock there. ``unit`` of the times is "days", "months" or
    "years"; the endings _days, _months and _years of the column's name say it too. ``missing="drop"`` leaves out rows
    with a value missing in any of the columns, and the page says how many.
    ``entry``: the time after which each row was under observation and at risk. ``weights``: whole numbers, each row
    standing for so many patients, or other numbers above 0, such as inverse probabilities of treatment, each row being
    a patient: errors are then robust, the robust Wald test of Cox's model stands in place of the log-rank test, which
    has none for such weights, and follow-up is that of the rows.
    Raises ``Problems``.
    """
    named_unit = _unit_of(time, unit)
    data = cohort(table, Columns(time, event, group, entry, weights), tuple(cox), landmark, missing)
    if cox and not data.counts.cells.events.sum():
        raise Problems([refuse("cox", "no events", "one event or more", "Leave the model out.", "no-events")])
    with _kept_in_result():
        km, several = data.curves(), len(data.counts.groups) > 1
        tested = several and data.whole
        return Report(
            title or f"Time to event: {event}", named_unit, data, km, reverse_kaplan_meier(data.counts),
            log_rank(data.counts) if tested else None,
            pairwise_log_rank(data.counts) if tested and len(km) > 2 else None,
            _fit_groups(data) if several else None,
            _fit(data, tuple(cox)) if cox else None,
        )  # fmt: skip
