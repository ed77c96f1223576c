"""The landmark analyses on one's own registry: each a YAML file, each a page.

>>> from netlm import studies
>>> list(studies.load_analyses())[:2]
['debulking', 'margin-and-function']
"""

from ._analysis import METHODS, Analysis
from ._columns import load_columns
from ._load import find_analysis, load_analyses, read_analysis
from ._patients import Patients, patients_of
from ._source import read_patients
from ._study import Study, run_study

__all__ = [
    "METHODS",
    "Analysis", "Patients", "Study", "find_analysis", "load_analyses",
    "load_columns", "patients_of", "read_analysis",
    "read_patients", "run_study",
]  # fmt: skip
