"""What a line of a spreadsheet says that nobody would read: something that happened, of which no block gives a row."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from ..errors import Problem
from ._mapping import CASE, Block, Mapped, When
from ._mapping_cells import LineReader
from ._mapping_table import REPEATED
from ._schema_tables import load_tables

__all__ = ["passed_over"]

NO_EVENTS = (CASE, "patient", "last_contact")
"""Of these a row says nothing of what happened; and the last contact of who has died may stand beside the death."""


def passed_over(line: LineReader, held: Sequence[Block]) -> Iterator[tuple[str, Problem]]:
    """For each block that does not hold, though the line says what only its row would tell: its table and why.

    A treatment without its day, a death without its day where the block asks for both, or a cause of death of nobody
    who has died, would be lost; whoever wants that lists the word of the condition under ``not``. ``held`` are the
    blocks that hold.
    """
    readers = (*held, *(block for block in line.mapping.blocks if block.table in NO_EVENTS))
    read = {name for block in readers for cell in block.cells.values() for name in cell.columns}
    if line.mapping.case_day is not None:
        read.add(line.mapping.case_day)
    for block in line.mapping.blocks:
        if block.table in NO_EVENTS or any(block is one for one in held):
            continue
        failed = [one for one in block.when if not line.meets(one, block.cells.values())]
        if any(_is_on_purpose(line, block, one) for one in failed):
            continue
        known = read | {one.column for one in failed}
        told = next((name for name in (*_telling(line, block), *_answers(line, block)) if name not in known), "")
        if told:
            says = "another answer" if line.line[failed[0].column] else "nothing"
            problem = Problem(
                f"something, and {says} in `{failed[0].column}`, so that the line gives no `{block.table}`",
                "both or neither", _remedy(line, failed[0]), "passed-over", place=told,
            )  # fmt: skip
            yield block.table, problem


def _is_on_purpose(line: LineReader, block: Block, failed: When) -> bool:
    """Whether the mapping says somewhere that the answer gives no row, or that it is that of who had none."""
    text, mapping = line.line[failed.column], line.mapping
    passed = [word for one in mapping.conditions if one.column == failed.column for word in one.others]
    whole = mapping.complete.get(block.table, ())
    return text in passed or any(text in one.equals for one in whole if one.column == failed.column)


def _remedy(line: LineReader, failed: When) -> str:
    if failed.equals and line.line[failed.column]:
        return "Correct the line; or, if it is no row, list its answer under `not` of the mapping."
    return "Correct the line; or let the block of the mapping hold where the other column is filled."


def _telling(line: LineReader, block: Block) -> Iterator[str]:
    """The columns of the line that say what only a row of the block says: a day, a word, or what each row needs.

    A number may be a nought, and a yes or no a no.
    """
    table = load_tables().tables[block.table]
    for name, cell in block.cells.items():
        is_telling = name in (*table.needs, *table.one_of) or table.columns[name].shape in ("day", "word")
        if is_telling and cell.column is not None and line.meets(When(cell.column, ()), (cell,)):
            yield cell.column


def _answers(line: LineReader, block: Block) -> Iterator[str]:
    """The columns whose answer says that there is a row of the block's table, and of no other."""
    for one in block.when:
        text = line.line[one.column]
        if text in one.equals and text and one.column != REPEATED and _tables(line.mapping, one, text) == {block.table}:
            yield one.column


def _tables(mapping: Mapped, condition: When, text: str) -> Collection[str]:
    """The tables of whose rows the answer is a condition."""
    return {
        block.table for block in mapping.blocks for one in block.when
        if one.column == condition.column and text in one.equals
    }  # fmt: skip
