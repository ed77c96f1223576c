"""Of how many a number speaks, and whether that is known or only remembered."""

from __future__ import annotations

from dataclasses import dataclass

from ._model import KNOWN, REMEMBERED, Measure, Publication, Result, Support

__all__ = ["Group", "group_of", "of_a_part"]


@dataclass(frozen=True, slots=True)
class Group:
    """``n`` patients, or what ``unit`` says; ``known`` is one of ``KNOWN``."""

    n: int
    unit: str
    known: str

    @property
    def decides(self) -> bool:
        """Whether anything may rest on it."""
        return self.known != "recalled"

    @property
    def says(self) -> str:
        """``42 patients, only remembered``."""
        return f"{self.n} {self.unit}{'' if self.decides else REMEMBERED}"


def group_of(study: Publication, result: Result, measure: Measure) -> Group | None:
    """Its own denominator, else the size of its arm or of the study; None where that is not known.

    A denominator that is the size of an arm or of the study is known no better than that size. A share is of nobody
    unless it says of how many, and what a subgroup holds is not the size of its arm.
    """
    arm = study.arms.get(measure.arm or "")
    if measure.of is not None:
        return Group(measure.of, measure.unit, _known(study, measure))
    if measure.number.unit == "%" or result.analysis == "subgroup" or of_a_part(study, result, measure):
        return None
    if arm is not None and arm.n is not None:
        return Group(arm.n, arm.unit, _least(measure.support, arm.support))
    if (arm is None or len(study.arms) == 1) and study.size is not None and study.size.number.value is not None:
        return Group(int(study.size.number.value), study.size.unit, _least(measure.support, study.size.support))
    return None


def of_a_part(study: Publication, result: Result, measure: Measure) -> bool:
    """Whether a number of a subgroup speaks of a part of its arm; not where the arm is itself that subgroup.

    A group like ``curative intent`` has no number but in the subgroups that it is one of.
    """
    arm = study.arms.get(measure.arm or "")
    whole = {one.arm for other in study.results if not other.subgroup for one in other.numbers}
    is_subgroup = arm is not None and arm.role == "group" and arm.id not in whole and len(study.arms) > 1
    return bool(result.subgroup) and not is_subgroup


def _known(study: Publication, measure: Measure) -> str:
    arm, size = study.arms.get(measure.arm or ""), study.size
    if arm is not None and arm.n == measure.of:
        return _least(measure.support, arm.support)
    same = size is not None and size.number.value == measure.of
    return _least(measure.support, size.support if size is not None and same else None)


def _least(one: Support, other: Support | None) -> str:
    """The weaker of two ways in which a fact is known."""
    return max(one.known, other.known if other else one.known, key=KNOWN.index)
