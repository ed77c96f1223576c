"""Evidence synthesis: published estimates pooled, compared and drawn.

>>> from netlm import synthesis
>>> trials = [synthesis.hazard_ratio("PROMID", 0.34, 0.20, 0.59), synthesis.hazard_ratio("CLARINET", 0.47, 0.30, 0.73)]
>>> round(synthesis.pool(trials, "fixed").estimate, 4)
0.4125

It knows estimates, intervals and labels, nothing of patients; whether studies may be pooled is for the caller to judge.
The numbers need no extra; the pictures need Matplotlib (the extra ``figures``), loaded when one is drawn.
"""

from ._bucher import Indirect, bucher
from ._draw_modelled import plot_modelled
from ._evidence_map import MapEntry, plot_evidence_map
from ._forest import plot_forest
from ._landmarks import Comparison, Stratum, plot_landmarks
from ._modelled import Modelled, modelled_curves
from ._pool import METHODS, Pooled, pool
from ._study import Study, effect, hazard_ratio, proportion, survival_rate

__all__ = [
    "METHODS",
    "Comparison",
    "Indirect",
    "MapEntry",
    "Modelled",
    "Pooled",
    "Stratum",
    "Study",
    "bucher",
    "effect",
    "hazard_ratio",
    "modelled_curves",
    "plot_evidence_map",
    "plot_forest",
    "plot_landmarks",
    "plot_modelled",
    "pool",
    "proportion",
    "survival_rate",
]
