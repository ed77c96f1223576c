"""Attrition: how many patients each argument takes out, and of how many it cannot tell. Nobody is dropped unseen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..guidance import RANK, ROLES, VERDICT_CODES, Argument, Pack, VerdictColumns, load_pack, program_of
from ..logic import Cell, Outcomes, Sheet, once, over_elements
from ._engine import columns_of
from ._facts_table import facts_of
from ._named import named

__all__ = ["ArgumentCounts", "Attrition", "InTurn", "OptionCounts", "attrition"]


@dataclass(frozen=True, slots=True)
class InTurn:
    """An argument that takes patients out, after those before it: ``entered`` = ``left`` + ``open`` + ``clear``.

    ``left`` fail it for certain and are not counted further on; of ``open`` it cannot be told, and they stay.
    """

    entered: int
    left: int
    open: int
    clear: int


@dataclass(frozen=True, slots=True)
class ArgumentCounts:
    """The truth of one argument over all patients; over all listed lesions where it is judged for each lesion.

    ``true`` + ``false`` + ``unknown`` is everyone. ``in_turn`` is None for an argument that takes nobody out.
    """

    argument: Argument
    true: int
    false: int
    unknown: int
    in_turn: InTurn | None


@dataclass(frozen=True, slots=True)
class OptionCounts:
    """The verdicts on one option, worst first and ``cannot_tell`` last, and its arguments in the order of the pack."""

    id: str
    verdicts: Mapping[str, int]
    arguments: tuple[ArgumentCounts, ...]


@dataclass(frozen=True)
class Attrition:
    """Every count of a pack over a table of facts."""

    pack: Pack
    patients: int
    lesions: int
    options: Mapping[str, OptionCounts]

    def to_dict(self) -> dict[str, Any]:
        """The counts as JSON, format ``attrition/1``."""
        return {
            "netlm": {"format": "attrition/1", **named(self.pack)},
            "patients": self.patients,
            "lesions": self.lesions,
            "options": [_option_json(option) for option in self.options.values()],
        }


def attrition(table: Any, pack: Pack | None = None) -> Attrition:
    """Count verdicts and arguments of ``pack`` over a table of facts (see ``facts_of``), in one pass.

    Raises ``Problems``.
    """
    pack = pack or load_pack()
    return _Counter(pack, Sheet(facts_of(table, pack.dictionary))).counted()


class _Counter:
    def __init__(self, pack: Pack, sheet: Sheet) -> None:
        self.pack = pack
        self.sheet = sheet
        self.verdicts = VerdictColumns(program_of(pack), sheet)
        self.sums: dict[str, Cell] = {}

    def counted(self) -> Attrition:
        """Ask for every sum, and read the counts off the only row."""
        self._sum("patients", self.sheet.put(_one, "lesions.listed"))
        self._sum("lesions", self.sheet.put(_length, "lesions"))
        for option in self.pack.order:
            self._ask(option)
        table = self.sheet.table({str(cell): cell for cell in self.sums.values()})  # many sums are of one column
        totals = columns_of(table.aggregate(**{cell: _total(table[cell]) for cell in table.columns}))
        found = {name: totals[str(cell)] or 0 for name, cell in self.sums.items()}  # no row, no sum
        patients, lesions = found["patients"], found["lesions"]
        options = {option: self._read(option, found, patients, lesions) for option in self.pack.order}
        return Attrition(self.pack, patients, lesions, options)

    def _sum(self, name: str, cell: Cell) -> None:
        self.sums[name] = cell

    def _ask(self, option: str) -> None:
        code = self.verdicts.code(option)
        for place, verdict in enumerate(VERDICT_CODES):
            self._sum(f"{option} {verdict}", self.sheet.put(_is_code, code, args=(place,)))
        for found in self.verdicts.arguments(option):
            name, lesion = f"{option} {found.argument.id}", found.argument.lesion
            for part, cell in zip(("true", "false"), found.truth, strict=True):
                self._sum(f"{name} {part}", over_elements(self.sheet, "lesions", cell, total=True) if lesion else cell)
        for argument, effect, before in self._in_turn(option):
            name, put = f"{option} {argument.id}", self.sheet.put
            if before:
                self._sum(f"{name} entered", put(_and, *before))
            self._sum(f"{name} stayed", put(_and, *before, effect.false))
            self._sum(f"{name} open", put(_and, *before, effect.false, effect.true))

    def _in_turn(self, option: str) -> Iterator[tuple[Argument, Outcomes, tuple[Cell, ...]]]:
        """The arguments that take patients out, each with who is left by the one before it."""
        before: tuple[Cell, ...] = ()
        for argument, effect in self.verdicts.effects(option):
            if RANK[ROLES[argument.role].verdict] <= RANK["outside_evidence"]:
                yield argument, effect, before
                before = (self.sheet.put(_and, *before, effect.false),)

    def _read(self, option: str, found: Mapping[str, int], patients: int, lesions: int) -> OptionCounts:
        verdicts = {verdict: found[f"{option} {verdict}"] for verdict in VERDICT_CODES}
        counts = []
        for argument in self.pack.arguments[option]:
            name, everyone = f"{option} {argument.id}", lesions if argument.lesion else patients
            can_be_true, can_be_false = found[f"{name} true"], found[f"{name} false"]
            true, false = everyone - can_be_false, everyone - can_be_true
            turn = None
            if f"{name} stayed" in found:
                entered, stayed = found.get(f"{name} entered", patients), found[f"{name} stayed"]
                turn = InTurn(entered, entered - stayed, found[f"{name} open"], stayed - found[f"{name} open"])
            counts.append(ArgumentCounts(argument, true, false, everyone - true - false, turn))
        return OptionCounts(option, verdicts, tuple(counts))


def _option_json(option: OptionCounts) -> dict[str, Any]:
    return {"id": option.id, "verdicts": dict(option.verdicts), "arguments": [_json(one) for one in option.arguments]}


def _json(counts: ArgumentCounts) -> dict[str, Any]:
    argument, turn = counts.argument, counts.in_turn
    shown: dict[str, Any] = {
        "id": argument.id, "role": argument.role, "of": "lesions" if argument.lesion else "patients",
        "true": counts.true, "false": counts.false, "unknown": counts.unknown,
    }  # fmt: skip
    if turn is not None:
        shown["in_turn"] = {"entered": turn.entered, "left": turn.left, "open": turn.open, "clear": turn.clear}
    return shown


def _total(column: Any) -> Any:
    return column.cast("int64").sum()


@once
def _one(column: Any) -> Any:
    return (column >= 0).cast("uint8")


@once
def _length(column: Any) -> Any:
    return column.length()


@once
def _is_code(code: Any, place: int) -> Any:
    return (code == place).cast("uint8")


@once
def _and(*columns: Any) -> Any:
    found = columns[0]
    for column in columns[1:]:
        found = found & column
    return found
