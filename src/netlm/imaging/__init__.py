"""From a segmentation to numbers: liver burden, debulking, response; each with its range.

>>> from netlm import imaging                                                   # doctest: +SKIP
>>> burden = imaging.burden("labels.nii.gz", liver=1, tumour=2)                 # doctest: +SKIP
>>> burden.replacement, burden.tumour_ml.low, burden.lesions[0].longest_axial_mm  # doctest: +SKIP

It knows arrays and label maps, nothing of patients, and holds no clinical number: limits of agreement, rules of
counting and criteria of response are handed to it by the caller. It needs the extra ``imaging``.
"""

from ._batch import Job, burden_rows, made_from
from ._before_after import plot_before_after
from ._burden import Burden, Counted, burden
from ._charts import plot_frontier, plot_spider, plot_waterfall
from ._comparable import ScanInfo
from ._criteria import CrossProduct, Growth, Reach, Recist, ResponseRules
from ._debulking import Debulking, cytoreduction, debulking
from ._grid import Grid
from ._label_map import LabelMap
from ._lesion import Lesion
from ._match import Match, change_of_volume
from ._payload import voxels_beside
from ._pictures import plot_lesions, plot_projection
from ._reach import Act, Reached, Step, reach
from ._read import is_scan, read_labels
from ._recist import GrowthRate, cross_product_class, growth_rate, recist_classes
from ._response import FollowUp, Response, response
from ._scan import Roles
from ._second_reader import Agreement, with_second_reader
from ._types import Caution, Limits, Measured, Reading, Rules

__all__ = [
    "Act", "Agreement", "Burden", "Caution", "Counted", "CrossProduct", "Debulking", "FollowUp", "Grid", "Growth",
    "GrowthRate", "Job", "LabelMap", "Lesion", "Limits", "Match", "Measured", "Reach", "Reached", "Reading", "Recist",
    "Response", "ResponseRules", "Roles", "Rules", "ScanInfo", "Step", "burden", "burden_rows", "change_of_volume",
    "cross_product_class", "cytoreduction", "debulking", "growth_rate", "is_scan", "made_from", "plot_before_after",
    "plot_frontier", "plot_lesions", "plot_projection", "plot_spider", "plot_waterfall", "reach", "read_labels",
    "recist_classes", "response", "voxels_beside", "with_second_reader",
]  # fmt: skip
