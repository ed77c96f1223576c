"""Reach: which lesions hold the volume, and the least liver that has to go to reach a share of it.

An exact integer program (HiGHS, through SciPy): choose zones; a piece of liver is lost where any zone holding it is
chosen; a lesion counts only where all of it is. It is arithmetic on a label map, never a plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ._burden import Burden
from ._criteria import Reach
from ._types import Caution, cautions_said, refuse
from ._zones import Atoms, Zone, needs_of, zones_of

__all__ = ["Act", "Reached", "Step", "reach"]

KINDS = ("wedge", "ablation", "segment")
TIE = 1e-6
"""Voxels that an act costs, so that of two equal choices the one with fewer acts is taken."""
CARE = (
    "This is arithmetic on a label map without veins, inflow or function: not a surgical plan, and never "
    "the achievable debulking of a case."
)
FRONTIER = (25, 50, 80)


@dataclass(frozen=True, slots=True)
class Act:
    """One zone: a wedge around or an ablation of a lesion, or a segment; ``takes`` are the lesions wholly in it."""

    kind: str
    name: str
    takes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """The choice for one target, all shares in per cent; ``gap`` is how far, at most, it is from the best."""

    target: float
    reached: float
    liver_ml: float
    liver_percent: float
    acts: tuple[Act, ...]
    lesions: tuple[str, ...]
    gap: float

    def to_dict(self) -> dict[str, Any]:
        """The choice as JSON."""
        return {
            "target_percent": self.target, "reached_percent": self.reached, "liver_ml": self.liver_ml,
            "liver_percent": self.liver_percent, "optimality_gap": self.gap, "lesions": list(self.lesions),
            "acts": [{"kind": act.kind, "name": act.name, "takes": list(act.takes)} for act in self.acts],
        }  # fmt: skip


@dataclass(frozen=True, eq=False)
class Reached:
    """``cumulative`` has each lesion, largest first, with the share that it and all larger ones hold."""

    burden: Burden
    rules: Reach
    kinds: tuple[str, ...]
    cumulative: tuple[tuple[str, float, float], ...]
    steps: tuple[Step, ...]
    frontier: tuple[Step, ...]
    warnings: tuple[Caution, ...]

    def holders(self, share: float) -> int:
        """How many of the largest lesions hold a share (per cent) of the volume."""
        sums = [together for _, _, together in self.cumulative]
        return next((number for number, together in enumerate(sums, 1) if together >= share - 1e-9), len(sums))

    def to_dict(self) -> dict[str, Any]:
        """The reach as JSON."""
        return {
            "note": CARE, "margin_mm": self.rules.margin_mm, "ablation_margin_mm": self.rules.ablation_margin_mm,
            "ablation_size_mm": self.rules.ablation_size_mm, "kinds": list(self.kinds),
            "cumulative": [{"id": name, "ml": ml, "share_percent": share} for name, ml, share in self.cumulative],
            "holders": [{"percent": share, "lesions": self.holders(share)} for share in self.rules.targets],
            "steps": [step.to_dict() for step in self.steps],
            "frontier": [{"target_percent": one.target, "reached_percent": one.reached, "liver_ml": one.liver_ml,
                          "liver_percent": one.liver_percent, "optimality_gap": one.gap} for one in self.frontier],
            "warnings": cautions_said(self.warnings),
        }  # fmt: skip

    def to_text(self) -> str:
        """The reach as text for a terminal."""
        from ._text_course import reach_text

        return reach_text(self)


def reach(burden: Burden, rules: Reach, *, kinds: Sequence[str] = KINDS) -> Reached:
    """The least liver to be removed or ablated for each target of ``rules``, and the frontier between them.

    ``kinds`` are those of ``wedge``, ``ablation`` and ``segment`` that may be used. Liver lost is liver without
    tumour in the union of the chosen zones.
    Raises ``Problems`` where there is no tumour, no liver, or nothing that may be used.
    """
    if not burden.lesions or burden.liver_ml is None:
        refuse("no lesion, or no liver", "a liver with lesions", "Are the labels right?", "no-tumour", burden.file)
    if not set(kinds) or set(kinds) - set(KINDS):
        refuse("another kind of act", f"some of {', '.join(KINDS)}", "Choose among these.", "usage", place="kinds")
    volumes = np.array([lesion.voxels for lesion in burden.lesions], float)
    program = _Program(*zones_of(burden, rules, kinds), volumes)
    shares = 100 * np.cumsum(volumes) / volumes.sum()
    cumulative = tuple((one.id, float(one.ml), float(share)) for one, share in zip(burden.lesions, shares, strict=True))
    points = sorted({*FRONTIER, *rules.targets})
    found = {share: step for share in points if (step := program.step(burden, float(share))) is not None}
    steps = tuple(found[share] for share in rules.targets if share in found)
    return Reached(
        burden, rules, tuple(kinds), cumulative, steps, tuple(found.values()),
        (*burden.warnings, *_cautions(burden, rules, found)),
    )  # fmt: skip


def _cautions(burden: Burden, rules: Reach, found: dict[float, Step]) -> Iterator[Caution]:
    yield Caution("not-a-plan", CARE)
    away = [f"{share:.0f} %" for share in rules.targets if share not in found]
    if away:
        yield Caution("not-reachable", f"{', '.join(away)} cannot be reached with the acts allowed.")
    if not burden.scan.segments:
        yield Caution("no-segments", "No segments are labelled: only wedges and ablations were considered.")


_Row = tuple[tuple[int, ...], tuple[float, ...]]
"""The columns of one constraint and their factors."""


class _Program:
    """The integer program: zones x and lesions taken r (0 or 1), pieces lost y.

    A piece in one zone alone is part of that zone's cost; a lesion needs only those of its pieces whose zones hold
    none of another's. Neither changes the answer.
    """

    def __init__(self, zones: Sequence[Zone], atoms: Atoms, volumes: Any) -> None:
        from scipy.sparse import coo_matrix

        self.zones, self.atoms, self.volumes = zones, atoms, volumes
        shared = [piece for piece, inside in enumerate(atoms.zones) if len(inside) > 1 and atoms.liver[piece]]
        zone_cost = np.full(len(zones), TIE)
        for piece, inside in enumerate(atoms.zones):
            if len(inside) == 1:
                zone_cost[inside[0]] += atoms.liver[piece]
        first, many = len(zones), len(zones) + len(shared)
        rows: list[_Row] = [
            ((first + place, zone), (1.0, -1.0)) for place, piece in enumerate(shared) for zone in atoms.zones[piece]
        ]
        needs = needs_of(atoms, len(volumes))
        rows += [((*inside, many + lesion), (*[1.0] * len(inside), -1.0))
                 for lesion, sets in enumerate(needs) for inside in sets]  # fmt: skip
        where = [number for number, (columns, _) in enumerate(rows) for _ in columns]
        columns = [column for found, _ in rows for column in found]
        values = [value for _, found in rows for value in found]
        self.matrix = coo_matrix((values, (where, columns)), (len(rows), many + len(volumes))).tocsr()
        self.upper = np.ones(many + len(volumes))
        self.upper[many:] = [float(bool(sets)) for sets in needs]
        self.cost = np.concatenate((zone_cost, atoms.liver[shared].astype(float), np.zeros(len(volumes))))
        self.whole = np.concatenate((np.ones(first), np.zeros(many - first), np.ones(len(volumes))))

    def step(self, burden: Burden, target: float) -> Step | None:
        """The best choice for a target; None where no choice reaches it."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        lesions = len(self.volumes)
        share = np.concatenate((np.zeros(len(self.cost) - lesions), self.volumes / self.volumes.sum()))
        answer = milp(
            self.cost,
            integrality=self.whole,
            bounds=Bounds(0, self.upper),
            constraints=[
                LinearConstraint(self.matrix, 0, np.inf),
                LinearConstraint(share, target / 100 - 1e-9, np.inf),
            ],
            options={"mip_rel_gap": 0.0},
        )
        if answer.x is None:
            return None
        chosen = np.flatnonzero(answer.x[: len(self.zones)] > 1 / 2)
        return self._told(burden, target, [int(zone) for zone in chosen], float(answer.mip_gap or 0.0))

    def _told(self, burden: Burden, target: float, chosen: list[int], gap: float) -> Step:
        picked = set(chosen)
        lost = [bool(picked.intersection(inside)) for inside in self.atoms.zones]
        left = {lesion for hit, held in zip(lost, self.atoms.lesions, strict=True) if not hit for lesion in held}
        held = {lesion for inside in self.atoms.lesions for lesion in inside}
        taken = sorted(held - left)
        voxels = int(self.atoms.liver[np.array(lost, bool)].sum()) if lost else 0
        ml = voxels * burden.scan.grid.voxel_ml
        rest = float(burden.parenchyma_ml or 0.0)
        return Step(
            target, 100 * float(self.volumes[taken].sum() / self.volumes.sum()), ml, 100 * ml / rest if rest else 0.0,
            tuple(self._act(zone, burden) for zone in chosen), tuple(burden.lesions[one].id for one in taken), gap,
        )  # fmt: skip

    def _act(self, number: int, burden: Burden) -> Act:
        zone = self.zones[number]
        left = {one for inside, held in zip(self.atoms.zones, self.atoms.lesions, strict=True)
                if number not in inside for one in held}  # fmt: skip
        held = {one for inside, held in zip(self.atoms.zones, self.atoms.lesions, strict=True)
                if number in inside for one in held}  # fmt: skip
        return Act(zone.kind, zone.name, tuple(burden.lesions[one].id for one in sorted(held - left)))
