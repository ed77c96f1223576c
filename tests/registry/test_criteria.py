"""Any criterion that can be written, not only those of the pack: random trees, row by row against one patient."""

from __future__ import annotations

import random

import pytest

from netlm.dictionary import FactColumns, LesionSource
from netlm.guidance import Evaluation, program_of, stale_facts
from netlm.logic import (
    VERDICTS,
    Always,
    And,
    AtLeast,
    Compare,
    Has,
    Lesions,
    Limit,
    Not,
    OneOf,
    Or,
    Sheet,
    VerdictIn,
    compile_columns,
    compile_rule,
)  # fmt: skip
from netlm.registry import facts_of
from netlm.registry._engine import pinned, rows_of
from netlm.values import exact

OPERATORS = ("<", "<=", ">", ">=", "==", "!=")
KEPT = ("ki67", "age", "liver_involvement", "largest_metastasis", "sstr", "primary_site", "symptoms", "tumour_burden",
        "small_metastases", "grade", "krenning", "functional", "prior_treatments", "morphology")  # fmt: skip


class Trees:
    """Random criteria; the same seed gives the same."""

    def __init__(self, pack, seed):
        self.pack, self.chance = pack, random.Random(seed)
        self.facts = {name: pack.dictionary.facts[name].type for name in KEPT}
        fields = pack.dictionary.lesion_fields
        self.fields = {name: kind for name, kind in fields.items() if kind.kind != "opaque"}
        self.cuts = program_of(pack).cuts

    def tree(self, depth, lesion=False):
        kind = self.chance.choice(("not", "and", "or", "at least", "lesions", "leaf")) if depth else "leaf"
        if kind == "leaf":
            return self.leaf(lesion)
        if kind == "not":
            return Not(self.tree(depth - 1, lesion))
        if kind == "lesions":
            return Lesions(self.chance.choice(("any", "all")), self.tree(depth - 1, True))
        parts = tuple(self.tree(depth - 1, lesion) for _ in range(self.chance.randint(2, 4)))
        if kind == "at least":
            return AtLeast(self.chance.randint(1, len(parts)), parts)
        return And(parts) if kind == "and" else Or(parts)

    def leaf(self, lesion):
        if self.chance.random() < 0.1:
            some = tuple(self.chance.sample(VERDICTS, 2))
            return self.chance.choice((Always(), VerdictIn("cytoreduction", some)))
        known = {**self.facts, **(self.fields if lesion else {})}
        kind = known[self.chance.choice(list(self.fields if lesion and self.chance.random() < 0.7 else known))]
        if kind.kind == "number":
            cuts = [cut.at for cut in self.cuts.get(kind.name, ())] or [exact(3)]
            limit = Limit("limit", "", self.chance.choice(cuts))
            return Compare(kind.name, self.chance.choice(OPERATORS), limit)
        if kind.kind == "words":
            return Has(kind.name, self.chance.choice(kind.words))
        return OneOf(kind.name, tuple(self.chance.sample(kind.words, self.chance.randint(1, len(kind.words)))))


@pytest.mark.parametrize("seed", range(3))
def test_random_criteria_have_the_truth_of_one_patient_in_every_row(pack, make, seed):
    patients, trees = make(250, seed=50 + seed), [Trees(pack, seed * 100 + number).tree(3) for number in range(60)]
    evaluations = [
        Evaluation(program_of(pack), one.facts, frozenset(stale_facts(one.facts, one.as_of))) for one in patients
    ]
    sheet = Sheet(facts_of(patients, pack.dictionary))
    masks = [sum(1 << rank for rank in evaluation.possible("cytoreduction")) for evaluation in evaluations]
    for current in (False, True):
        found = _columns(pack, sheet, trees, masks, current)
        views = [evaluation.current if current else evaluation.view for evaluation in evaluations]
        for tree, column in zip(trees, found, strict=True):
            rule = compile_rule(tree)
            assert [int(rule(view)) for view in views] == column, tree


def _columns(pack, sheet, trees, masks, current):
    """The truth codes of every tree, one list a tree."""
    import ibis

    def given(_option):
        table = ibis.literal([0, *masks], "array<uint8>")
        return sheet.put(lambda name: table[name.substr(1).cast("int64") + 1].cast("uint8"), "id")

    facts = FactColumns(pack.dictionary, sheet, given, current=current)
    names = {}
    for at, tree in enumerate(trees):
        true, false = compile_columns(tree, facts)
        names |= {f"t{at}": true, f"f{at}": false}
    rows = rows_of(pinned(sheet.table(names)))
    return [[row[2 * at] + 1 - row[2 * at + 1] for row in rows] for at in range(len(trees))]


def test_a_lesion_without_the_field_is_judged_by_the_patients_fact(pack, make):
    """The trees above mix both; here is the plain case that they lean on."""
    patient = next(one for one in make(50, seed=9) if one.facts.lesions)
    view = LesionSource(patient.facts, patient.facts.lesions[0])
    assert view.value("ki67") == patient.facts.value("ki67")
