"""A pack over a whole registry: verdicts, and how many patients every argument takes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..files import written_whole
from ..guidance import Pack, VerdictColumns, load_pack, program_of
from ..logic import Cell, Sheet
from ._engine import copy_to_parquet, pinned
from ._facts_table import facts_of

__all__ = ["Assessed", "assess"]


@dataclass(frozen=True)
class Assessed:
    """The verdicts on every patient of a table of facts.

    ``table`` is an Ibis table with ``id``, ``as_of`` and for each option ``OPTION.verdict`` (a word) and
    ``OPTION.possible`` (bits, the lowest for the worst verdict); with truths also ``OPTION.ARGUMENT`` for every
    argument on the patient: 0 false, 1 unknown, 2 true. Nobody is left out of it.
    """

    pack: Pack
    facts: Any
    table: Any

    def save(self, path: str | Path) -> None:
        """Write the table as Parquet, whole or not at all, in the order of the patients.

        Raises ``Problems``.
        """
        with written_whole(path) as temporary:
            copy_to_parquet(self.table, str(temporary))


def assess(table: Any, pack: Pack | None = None, *, truths: bool = False) -> Assessed:
    """Judge every option of ``pack`` for every patient of a table of facts (see ``facts_of``).

    Row by row the answer is that of ``guidance.assess`` for this patient. ``truths`` adds the arguments.
    Raises ``Problems``.
    """
    pack = pack or load_pack()
    facts = facts_of(table, pack.dictionary)
    sheet = Sheet(facts)
    verdicts = VerdictColumns(program_of(pack), sheet)
    columns: dict[str, Cell] = {"id": "id", "as_of": "as_of"}
    for option in pack.order:
        columns[f"{option}.verdict"] = verdicts.verdict(option)
        columns[f"{option}.possible"] = verdicts.possible(option)
        if truths:
            columns |= _truths(verdicts, sheet, option)
    return Assessed(pack, facts, pinned(sheet.table(columns)))


def _truths(verdicts: VerdictColumns, sheet: Sheet, option: str) -> Mapping[str, Cell]:
    return {
        f"{option}.{found.argument.id}": sheet.put(_truth_code, *found.truth)
        for found in verdicts.arguments(option)
        if not found.argument.lesion
    }


def _truth_code(can_be_true: Any, can_be_false: Any) -> Any:
    """Place of the truth in ``Truth``: 0 false, 1 unknown, 2 true; without a sum, which the engine guards slowly."""
    return ((can_be_true & can_be_false) | ((can_be_false ^ 1) * 2)).cast("uint8")
