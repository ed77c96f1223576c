"""Comparisons without randomisation: propensity scores, matching, weighting, balance, imputation, sensitivity.

>>> from netlm import observational
>>> observational.e_value(3.9, 1.8, 8.7).limit
3.0

It knows arrays and tables, nothing of patients, and estimates no outcome itself: it hands over weights, matched sets
and completed tables, which ``netlm.survival`` and other estimators take. Needs NumPy and SciPy (the extra
``registry``); the pictures need Matplotlib (the extra ``figures``), loaded when one is drawn.
"""

from ._balance import Balance, balance
from ._detectable import Detectable, detectable_hazard_ratio
from ._draw_balance import plot_balance
from ._e_value import EValue, e_value
from ._effective import effective_sample_size
from ._impute import Imputed, impute
from ._match import Matches, match
from ._overlap import Overlap, overlap
from ._propensity import Propensity, propensity
from ._rubin import Pooled, pool_imputed
from ._table_one import Level, Summary, TableOne, table_one
from ._types import ObservationalWarning
from ._weigh import ESTIMANDS, Weights, weigh

__all__ = [
    "ESTIMANDS",
    "Balance",
    "Detectable",
    "EValue",
    "Imputed",
    "Level",
    "Matches",
    "ObservationalWarning",
    "Overlap",
    "Pooled",
    "Propensity",
    "Summary",
    "TableOne",
    "Weights",
    "balance",
    "detectable_hazard_ratio",
    "e_value",
    "effective_sample_size",
    "impute",
    "match",
    "overlap",
    "plot_balance",
    "pool_imputed",
    "propensity",
    "table_one",
    "weigh",
]
