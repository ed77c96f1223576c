"""What the knowledge says of measuring, counting and response, as the imaging library wants to be told.

``netlm.imaging`` holds no clinical number; whoever calls it hands these over.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from ..dictionary import Dictionary, Limit, knowledge_folder, knowledge_records, load_dictionary, read_limit
from ..files import Record
from ..values import NumberType, read_quantity

if TYPE_CHECKING:
    from ..imaging import Reach, ResponseRules, Rules

__all__ = ["debulking_targets", "imaging_rules", "near_mm", "reach_rules", "response_rules"]

MM, ML, MONTHS = "mm", "mL", "months"


@cache
def _record() -> Record:
    return next(knowledge_records(knowledge_folder() / "imaging" / "rules.yaml", "imaging/1"))


def _limit(record: Record, name: str) -> Limit:
    return read_limit(record.record(name))


def _number(text: str, unit: str, dictionary: Dictionary) -> float:
    """A number of the knowledge in a unit; a leading minus is a fall."""
    sign = -1 if text.startswith("-") else 1
    kind = NumberType("imaging", unit, None, unit == "1", False, 0, None)
    number = read_quantity(text.lstrip("-"), kind, dictionary.units).number
    assert number is not None
    return sign * float(number)


def _value(record: Record, name: str, unit: str) -> float:
    return _number(_limit(record, name).value, unit, load_dictionary())


def _cited(record: Record, name: str) -> str:
    limit = _limit(record, name)
    return load_dictionary().references[limit.cite.via].short if limit.cite else ""


def imaging_rules(*, connectivity: int | None = None, minimum_ml: float | None = None) -> Rules:
    """The limits of agreement, the rule of counting and its alternatives, the groups of counts, a liver's volumes.

    ``connectivity`` and ``minimum_ml`` take the place of the project's own conventions.
    Raises ``Problems`` for values that cannot be.
    """
    from ..imaging import Limits, Rules

    dictionary, counting = load_dictionary(), _record().record("counting")
    error = dictionary.facts["liver_involvement"].error
    assert error is not None
    groups = dictionary.facts["lesion_group"].derivation
    assert groups is not None
    plausible = _record().record("plausible_liver")
    alternatives = [_number(entry.text("value"), ML, dictionary) for entry in counting.records("alternatives")]
    return Rules(
        Limits(float(error.low), float(error.high), dictionary.references[error.cite.via].short),
        int(_value(counting, "connectivity", "1")) if connectivity is None else connectivity,
        _value(counting, "minimum", ML) if minimum_ml is None else minimum_ml,
        tuple(alternatives),
        tuple(int(groups.limits[name].value) for name in ("few", "several", "many")),
        (_value(plausible, "low", ML), _value(plausible, "high", ML)),
        _shares(dictionary),
    )  # fmt: skip


def _shares(dictionary: Dictionary) -> tuple[float, ...]:
    """The shares of the liver at which criteria turn: high burden, the review's zone, and those of the packs."""
    burden = dictionary.facts["tumour_burden"].derivation
    assert burden is not None
    zone = (dictionary.conventions[f"liver_replacement_{end}"].value for end in ("grey_zone", "precludes"))
    texts = (burden.limits["high"].value, *zone)
    return (*(_number(text, "%", dictionary) for text in texts), _value(_record(), "extreme_caution", "%"))


def near_mm() -> float:
    """From which distance on a structure is listed as near a lesion."""
    return _value(_record(), "near", MM)


def debulking_targets() -> tuple[float, ...]:
    """The shares of tumour removed that are asked about: the convention of adequate debulking, and 90 per cent."""
    dictionary = load_dictionary()
    bands = dictionary.facts["debulking_band"].derivation
    assert bands is not None
    texts = (dictionary.conventions["adequate_debulking"].value, bands.limits["ninety"].value)
    return tuple(_number(text, "%", dictionary) for text in texts)


def reach_rules(*, margin_mm: float | None = None, ablation_margin_mm: float | None = None) -> Reach:
    """The margins of the arithmetic of reach, the largest lesion for ablation, and the targets."""
    from ..imaging import Reach

    record = _record().record("reach")
    wedge, ablation = _value(record, "wedge_margin", MM), _value(record, "ablation_margin", MM)
    return Reach(
        wedge if margin_mm is None else margin_mm, ablation if ablation_margin_mm is None else ablation_margin_mm,
        _value(record, "ablation_size", MM), (*debulking_targets(), 100.0),
    )  # fmt: skip


def response_rules() -> ResponseRules:
    """The criteria of response, each with its citation."""
    from ..imaging import CrossProduct, Growth, Recist, ResponseRules

    record = _record().record("response")
    recist, cross, growth = (record.record(name) for name in ("recist", "cross_product", "growth"))
    return ResponseRules(
        Recist(
            int(_value(recist, "targets", "1")), _value(recist, "measurable", MM), _value(recist, "slices", "1"),
            _value(recist, "partial", "%"), _value(recist, "progression", "%"), _value(recist, "progression_mm", MM),
            _value(recist, "too_small", MM), _cited(recist, "partial"),
        ),
        CrossProduct(
            _value(cross, "partial", "%"), _value(cross, "minor", "%"), _value(cross, "progression", "%"),
            f"{_cited(cross, 'partial')}, {_cited(cross, 'progression')}",
        ),
        Growth(
            _value(growth, "cutoff", "1"), _value(growth, "from", MONTHS), _value(growth, "to", MONTHS),
            _value(growth, "thicker", "%"), growth.text("formula"), _cited(growth, "cutoff"),
        ),
    )  # fmt: skip
