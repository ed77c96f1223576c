"""Survival analysis: estimators, tests, models and curves for times to an event, from arrays or from counts.

>>> from netlm import survival
>>> km = survival.kaplan_meier([6, 6, 6, 7, 10], [1, 1, 0, 1, 0])
>>> km.median
7.0

It knows arrays and tables, nothing of patients. What a function needs beyond NumPy and SciPy (an engine for tables,
Matplotlib for pictures, Numba for speed) is loaded when it is first used.
"""

from ._competing import AalenJohansen, Incidence, aalen_johansen, cause_specific
from ._concordance import Concordance
from ._count import count
from ._counts import Cells, Counts, RiskSet, counts_from_dict
from ._cox import cox
from ._cox_result import Baseline, Cox, Test
from ._curve import Curve
from ._draw_curves import plot_curves, plot_hazards, plot_incidence
from ._draw_models import plot_forest, plot_log_minus_log, plot_schoenfeld
from ._fine_gray import fine_gray
from ._gray import gray
from ._kaplan_meier import KaplanMeier, kaplan_meier, reverse_kaplan_meier, rmst_difference
from ._landmark import Landmark, landmark
from ._log_rank import LogRank, PairwiseLogRank, log_rank, pairwise_log_rank
from ._nelson_aalen import Hazard, NelsonAalen, nelson_aalen
from ._proportional import ProportionalHazards
from ._report import Report, report
from ._risk_table import RiskTable, risk_table
from ._types import Estimate, SurvivalWarning

__all__ = [
    "AalenJohansen",
    "Baseline",
    "Cells",
    "Concordance",
    "Counts",
    "Cox",
    "Curve",
    "Estimate",
    "Hazard",
    "Incidence",
    "KaplanMeier",
    "Landmark",
    "LogRank",
    "NelsonAalen",
    "PairwiseLogRank",
    "ProportionalHazards",
    "Report",
    "RiskSet",
    "RiskTable",
    "SurvivalWarning",
    "Test",
    "aalen_johansen",
    "cause_specific",
    "count",
    "counts_from_dict",
    "cox",
    "fine_gray",
    "gray",
    "kaplan_meier",
    "landmark",
    "log_rank",
    "nelson_aalen",
    "pairwise_log_rank",
    "plot_curves",
    "plot_forest", "plot_hazards",
    "plot_incidence",
    "plot_log_minus_log",
    "plot_schoenfeld",
    "report",
    "reverse_kaplan_meier",
    "risk_table",
    "rmst_difference",
]  # fmt: skip
