"""The YAML cases of this folder: their format, the patients they describe, and their judgement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path

from netlm.case import read_case
from netlm.dictionary import Facts
from netlm.files import Mapping, Node, Scalar, Sequence, parse_text
from netlm.guidance import ROLES, Argument, Evaluation, Pack, Program, load_pack, settle
from netlm.logic import VERDICTS
from netlm.values import TRUE, Truth

__all__ = [
    "FOLDER", "PACK", "TRUTHS", "BadCasesError", "Case", "CaseFile", "Outcome", "all_cases", "cases_of", "files",
    "judge", "pack_without", "program_without", "read_file",
]  # fmt: skip

FOLDER = Path(__file__).parent / "landmark_2020"
FORMAT = "argument-cases/1"
TRUTHS = ("true", "false", "unknown")
AS_OF = "2026-11-20"
PACK = load_pack()

_FILE_KEYS = ("netlm", "option", "base", "verdict", "possible", "apart_from", "cases")
_CASE_KEYS = (
    "name", "argument", "facts", "without", "apart_from", "lesion", "truth", "lesion_verdict", "verdict", "possible",
)  # fmt: skip


class BadCasesError(ValueError):
    """A case file that does not keep to the format."""


@dataclass(frozen=True)
class Case:
    """One expectation: an argument of an option on a patient, and the verdict; without an argument, the base."""

    option: str
    name: str
    argument: str | None
    truth: str | None
    verdict: str
    possible: tuple[str, ...]
    lesion: str | None
    lesion_verdict: str | None
    apart_from: tuple[str, ...]
    document: Mapping
    where: str

    @cached_property
    def facts(self) -> Facts:
        """The patient's facts, read as a case file is read."""
        return read_case(self.document, self.where, PACK.dictionary).facts


@dataclass(frozen=True)
class CaseFile:
    """One file of cases, for one option or for the options of a shared guidance file."""

    path: Path
    options: tuple[str, ...]
    cases: tuple[Case, ...]


@dataclass(frozen=True)
class Outcome:
    """What the program says of a case."""

    truth: str | None
    verdict: str
    possible: tuple[str, ...]
    lesion_verdict: str | None

    def fails(self, case: Case) -> list[str]:
        """What differs from the case's expectation."""
        found = []
        if case.truth is not None and self.truth != case.truth:
            found.append(f"truth {self.truth}, not {case.truth}")
        if self.verdict != case.verdict:
            found.append(f"verdict {self.verdict}, not {case.verdict}")
        if self.possible != case.possible:
            found.append(f"possible {list(self.possible)}, not {list(case.possible)}")
        if case.lesion_verdict is not None and self.lesion_verdict != case.lesion_verdict:
            found.append(f"lesion {self.lesion_verdict}, not {case.lesion_verdict}")
        return found


def read_file(text: str, path: Path) -> CaseFile:
    """The cases of a file; everything that is not in the format is refused."""
    tree = parse_text(text, str(path))
    _check_keys(tree, _FILE_KEYS, ("netlm", "option", "base", "verdict", "cases"), str(path))
    assert isinstance(tree, Mapping)
    if _text(tree.get("netlm")) != FORMAT:
        raise BadCasesError(f"{path}: netlm: {FORMAT} is missing")
    options = _texts(tree.get("option"))
    for option in options:
        if option not in PACK.order:
            raise BadCasesError(f"{path}: unknown option {option}")
    base, apart = tree.get("base"), _texts(tree.get("apart_from"))
    if not isinstance(base, Mapping):
        raise BadCasesError(f"{path}: base is no map of facts")
    items = tree.get("cases")
    if not isinstance(items, Sequence):
        raise BadCasesError(f"{path}: cases is no list")
    cases = []
    for option in options:
        verdict, possible = _verdict(tree, str(path))
        patient = _document(base, None, ())
        cases.append(Case(option, "base", None, None, verdict, possible, None, None, apart, patient, str(path)))
        cases += [_case(item, option, base, apart, path) for item in items.items]
        _check_apart(apart, options, path)
    names = [case.name for case in cases if case.option == options[0]]
    twice = {name for name in names if names.count(name) > 1 and _arguments_of(cases, name, options[0])}
    if twice:
        raise BadCasesError(f"{path}: the same argument and name twice: {sorted(twice)}")
    return CaseFile(path, options, tuple(cases))


def _arguments_of(cases: list[Case], name: str, option: str) -> bool:
    """Whether one argument has two cases of this name."""
    found = [case.argument for case in cases if case.name == name and case.option == option]
    return len(found) != len(set(found))


def _case(item: Node, option: str, base: Mapping, apart: tuple[str, ...], path: Path) -> Case:
    where = f"{path.relative_to(FOLDER.parent) if path.is_relative_to(FOLDER.parent) else path}:{item.line}"
    _check_keys(item, _CASE_KEYS, ("name", "argument", "truth", "verdict"), where)
    assert isinstance(item, Mapping)
    argument, truth = _text(item.get("argument")), _text(item.get("truth"))
    known = {one.id: one for one in PACK.arguments[option]}
    if argument not in known:
        raise BadCasesError(f"{where}: {option} has no argument {argument}")
    if truth not in TRUTHS:
        raise BadCasesError(f"{where}: truth {truth} is none of {TRUTHS}")
    lesion = _text(item.get("lesion")) if item.get("lesion") is not None else None
    if known[argument].lesion != (lesion is not None):
        raise BadCasesError(f"{where}: `lesion` belongs to arguments on lesions, and to them only")
    lesion_verdict = _text(item.get("lesion_verdict")) if item.get("lesion_verdict") is not None else None
    if lesion_verdict is not None and (lesion is None or lesion_verdict not in (*VERDICTS, "cannot_tell")):
        raise BadCasesError(f"{where}: lesion_verdict {lesion_verdict}")
    facts, without = item.get("facts"), _texts(item.get("without"))
    if facts is not None and not isinstance(facts, Mapping):
        raise BadCasesError(f"{where}: facts is no map")
    for name in without:
        if base.get(name) is None:
            raise BadCasesError(f"{where}: without {name}, which the base does not have")
    verdict, possible = _verdict(item, where)
    more = _texts(item.get("apart_from"))
    _check_apart(more, _group_of(option), path)
    document = _document(base, facts, without)
    return Case(
        option, _text(item.get("name")), argument, truth, verdict, possible, lesion, lesion_verdict, (*apart, *more),
        document, where,
    )  # fmt: skip


def _group_of(option: str) -> tuple[str, ...]:
    """The options in whose group an argument left aside must exist."""
    return tuple(one for one in PACK.order if one.partition(".")[0] == option.partition(".")[0])


def _check_apart(names: tuple[str, ...], options: tuple[str, ...], path: Path) -> None:
    known = {argument.id for option in options for argument in PACK.arguments[option]}
    for name in names:
        if name not in known:
            raise BadCasesError(f"{path}: apart_from {name}, which no option of the group has")


def _verdict(item: Mapping, where: str) -> tuple[str, tuple[str, ...]]:
    """The verdict, and what is possible: the verdict alone unless the case says more."""
    verdict, possible = _text(item.get("verdict")), _texts(item.get("possible"))
    if verdict not in (*VERDICTS, "cannot_tell"):
        raise BadCasesError(f"{where}: verdict {verdict}")
    if not possible:
        if verdict == "cannot_tell":
            raise BadCasesError(f"{where}: cannot_tell without possible")
        return verdict, (verdict,)
    if [*possible] != sorted(set(possible), key=VERDICTS.index):
        raise BadCasesError(f"{where}: possible is not in order, worst first")
    if settle(VERDICTS.index(word) for word in possible) != verdict:
        raise BadCasesError(f"{where}: {verdict} is not the verdict of {list(possible)}")
    return verdict, possible


def _check_keys(node: Node, known: tuple[str, ...], required: tuple[str, ...], where: str) -> None:
    if not isinstance(node, Mapping):
        raise BadCasesError(f"{where}: no map")
    for key in node:
        if key not in known:
            raise BadCasesError(f"{where}: unknown key {key}")
    for key in required:
        if node.get(key) is None:
            raise BadCasesError(f"{where}: no {key}")


def _text(node: Node | None) -> str:
    if not isinstance(node, Scalar) or not node.text:
        raise BadCasesError(f"not a text: {node}")
    return node.text


def _texts(node: Node | None) -> tuple[str, ...]:
    if node is None:
        return ()
    return tuple(_text(item) for item in node.items) if isinstance(node, Sequence) else (_text(node),)


def _document(base: Mapping, facts: Mapping | None, without: tuple[str, ...]) -> Mapping:
    """A case file as a tree: the base, with facts replaced and left out."""
    new = facts.pairs if facts is not None else ()
    replaced = {key.text for key, _ in new} | set(without)
    pairs = tuple(pair for pair in base.pairs if pair[0].text not in replaced)
    head = (("netlm", "case/1"), ("id", "argument-case"), ("as_of", AS_OF))
    return Mapping((*((Scalar(key), Scalar(text)) for key, text in head), (Scalar("facts"), Mapping((*pairs, *new)))))


@cache
def files() -> tuple[CaseFile, ...]:
    """Every file of cases, in the order of their paths."""
    return tuple(read_file(path.read_text("utf-8"), path) for path in sorted(FOLDER.rglob("*.yaml")))


def all_cases() -> Iterator[Case]:
    """Every case of every file, bases included."""
    for file in files():
        yield from file.cases


@cache
def cases_of(option: str) -> tuple[Case, ...]:
    """The cases of one option."""
    return tuple(case for case in all_cases() if case.option == option)


def pack_without(pack: Pack, option: str, names: tuple[str, ...]) -> Pack:
    """The pack with some arguments of one option left aside."""
    kept = tuple(argument for argument in pack.arguments[option] if argument.id not in names)
    return replace(pack, arguments={**pack.arguments, option: kept})


@cache
def program_without(option: str, names: tuple[str, ...]) -> Program:
    """The default pack, made ready, with some arguments of one option left aside."""
    return Program(pack_without(PACK, option, names) if names else PACK)


def judge(case: Case, program: Program | None = None) -> Outcome:
    """The case as the program sees it (the arguments it is apart from must be left out of a program given)."""
    program = program or program_without(case.option, case.apart_from)
    evaluation = Evaluation(program, case.facts)
    possible = evaluation.possible(case.option)
    truth, lesion_verdict = None, None
    if case.lesion is not None:
        view = next(view for view in evaluation.lesions if view.lesion.id == case.lesion)
        lesion_verdict = settle(evaluation.lesion_possible(case.option, view))
        effects = evaluation.lesion_effects(case.option, view)
        truth = _truth_of(case, ((one.argument, effect) for one, effect in effects))
    elif case.argument is not None:
        arguments = (one.argument for one in program.judges[case.option])
        truth = _truth_of(case, zip(arguments, evaluation.effects(case.option), strict=True))
    return Outcome(truth, settle(possible), tuple(VERDICTS[rank] for rank in sorted(possible)), lesion_verdict)


def _truth_of(case: Case, effects: Iterable[tuple[Argument, Truth]]) -> str | None:
    """The truth of the case's argument from whether it bites, as the JSON gives it."""
    for argument, effect in effects:
        if argument.id == case.argument:
            return (effect if ROLES[argument.role].bites_when is TRUE else effect.negated()).word
    return None
