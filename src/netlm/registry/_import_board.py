"""The case that a board had before it and what it decided, as rows."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from ..case import Case, read_case
from ..decision import Decision, Recommendation
from ..files import Mapping, Node
from ._import_rows import Document, arrow_table, insert
from ._import_tree import canonical, tree_of
from ._schema_tables import load_tables
from ._validate import Row

if TYPE_CHECKING:
    from ._store import Draft

__all__ = ["case_rows", "decision_rows", "refill"]


def case_rows(case: Case) -> Document:
    """A case as it stood on its day: its text, whole, and beside it the facts that studies ask for."""
    text = canonical(_placed(case))
    facts: list[object] = []
    for name, column in load_tables().snapshot.items():
        finding = case.facts.finding(name)
        facts += column.cells_of(case.facts.value(name), finding.unknown if finding else None)
    row = (case.id, case.id, case.as_of, sha256(text).hexdigest(), *facts, text.decode(), "")
    return Document("case/1", f"case {case.id} {case.as_of}", case.data, {"snapshot": [row]})


def _placed(case: Case) -> Node:
    """The document, with the path of its label map made whole, since the registry stands elsewhere."""
    document = case.document
    if not isinstance(document, Mapping) or document.get("liver_scan") is None:
        return document
    from ..case import located

    folder = Path(case.file).parent
    pairs = [(key, located(node, folder) if key.text == "liver_scan" else node) for key, node in document.pairs]
    return Mapping(tuple(pairs), document.line, document.column)


def refill(draft: Draft) -> None:
    """Work out the columns of every case again from its text."""
    rows: list[Row] = []
    for patient, case_id, text, source, place in draft.rows(
        "SELECT patient_id, case_id, case_text, source_id, place FROM snapshot ORDER BY source_id"
    ):
        (row,) = case_rows(read_case(tree_of(text.encode(), case_id), case_id)).rows["snapshot"]
        rows.append((patient, *row[1:-1], source, place))
    draft.connection.execute("DELETE FROM snapshot")
    insert(draft.connection, "snapshot", arrow_table("snapshot", rows))


def decision_rows(decision: Decision) -> Document:
    """A record of a meeting: its text, whole, and one row for each recommendation."""
    basis = decision.basis
    head = (basis.case, basis.case, basis.as_of)
    row = (
        *head, decision.date, basis.guidance, basis.dossier, decision.no_decision, decision.to_json().decode(), "",
    )  # fmt: skip
    chosen = [
        (*head, *_recommendation(decision, one), f"recommendations[{number}]")
        for number, one in enumerate(decision.recommendations, 1)
    ]
    subject = f"decision {basis.case} {basis.as_of} {decision.date}"
    return Document("decision/1", subject, basis.data, {"decision": [row], "recommendation": chosen})


def _recommendation(decision: Decision, one: Recommendation) -> Row:
    standing, done = decision.standing(one.option), one.carried_out
    return (
        decision.date, one.order, one.option, one.other, one.intent,
        standing.verdict if standing else None, list(standing.possible) if standing else None,
        decision.departs(one), one.reason,
        done.status if done else None, done.date if done else None, done.reason if done else None,
        done.patient_wish if done else None,
    )  # fmt: skip
