"""What a line of a spreadsheet says that nobody would read: something that happened, of which no block gives a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..errors import Problem
from ._mapping import CASE, Block, Cell, Mapped, When
from ._schema_tables import load_tables

__all__ = ["passed_over"]

NO_EVENTS = (CASE, "patient", "last_contact")
"""Of these a row says nothing of what happened; and the last contact of who has died may stand beside the death."""


def passed_over(mapping: Mapped, line: Mapping[str, str], held: Sequence[Block]) -> Iterator[tuple[str, Problem]]:
    """For each block that does not hold, though the line fills in what only happens with its row: its table and why.

    A treatment without its day, or a cause of death of nobody who has died, would be lost; whoever wants that lists the
    word of the condition under ``not``. ``held`` are the blocks that hold.
    """
    readers = (*held, *(block for block in mapping.blocks if block.table in NO_EVENTS))
    read = {mapping.case_day, *(name for block in readers for cell in block.cells.values() for name in cell.columns)}
    for block in mapping.blocks:
        if block.table in NO_EVENTS or any(block is one for one in held):
            continue
        failed = [one for one in block.when if not _is_met(mapping, one, block, line[one.column])]
        named = {one.column for one in block.when}
        told = next((name for name in _telling(mapping, block, line) if name not in read | named), None)
        if told is None or any(line[one.column] in one.others for one in failed):
            continue
        says = "another answer" if line[failed[0].column] else "nothing"
        problem = Problem(
            f"something, and {says} in `{failed[0].column}`, so that the line gives no `{block.table}`",
            "both or neither", _remedy(failed[0], line), "passed-over", place=told,
        )  # fmt: skip
        yield block.table, problem


def _remedy(failed: When, line: Mapping[str, str]) -> str:
    if failed.equals and line[failed.column]:
        return "Correct the line; or, if it is no row, list its answer under `not` of the mapping."
    return "Correct the line; or let the block of the mapping hold where the other column is filled."


def _telling(mapping: Mapped, block: Block, line: Mapping[str, str]) -> Iterator[str]:
    """The columns of the line that say what only a row of the block says: a day, a word, or what each row needs.

    A number may be a nought, and a yes or no a no.
    """
    table = load_tables().tables[block.table]
    for name, cell in block.cells.items():
        is_telling = name in (*table.needs, *table.one_of) or table.columns[name].shape in ("day", "word")
        if is_telling and cell.column is not None and _says(mapping, cell, line[cell.column]):
            yield cell.column


def _is_met(mapping: Mapped, one: When, block: Block, text: str) -> bool:
    cells = [cell for cell in block.cells.values() if cell.column == one.column]
    return text in one.equals if one.equals else all(_says(mapping, cell, text) for cell in cells) and bool(text)


def _says(mapping: Mapped, cell: Cell, text: str) -> bool:
    return bool(text) and text not in mapping.missing and text not in cell.unknown
