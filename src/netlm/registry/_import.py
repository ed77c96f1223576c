"""Imports: all of it or nothing, and the same file twice changes nothing."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from .. import __version__
from ..errors import Problem, Problems
from ._import_read import Found, documents, read_all
from ._import_refuse import Refused, refused_of
from ._import_rows import Head, arrow_table, insert, part_of
from ._import_settle import settle
from ._schema import quoted
from ._schema_tables import load_tables
from ._store import WAIT, Draft, writing
from ._store_lock import Holder

__all__ = ["Imported", "import_files", "import_found"]


@dataclass(frozen=True)
class Imported:
    """What an import did, or, where ``dry_run``, would do.

    ``added``, ``replaced`` and ``unchanged`` count documents; ``rows`` are the rows written, by table; ``problems`` are
    those of the documents that were left out; ``replacing`` names what took the place of what.
    """

    dry_run: bool
    added: int
    replaced: int
    unchanged: int
    rows: Mapping[str, int]
    problems: tuple[Problem, ...] = ()
    left_out: int = 0
    replacing: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As exported."""
        return {
            "dry_run": self.dry_run, "added": self.added, "replaced": self.replaced, "unchanged": self.unchanged,
            "left_out": self.left_out, "rows": dict(self.rows), "replacing": list(self.replacing),
            "problems": [{"file": one.file, **one.to_dict()} for one in self.problems],
        }  # fmt: skip


@dataclass
class _Batch:
    """What is to be written: the sources with what each speaks of, and the rows, as Arrow tables.

    ``known`` is the source with the very same bytes, of which the registry has all lines but those with problems.
    """

    sources: list[tuple[int, Found, Head]] = field(default_factory=list)
    tables: list[tuple[str, Any]] = field(default_factory=list)
    second: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    left_out: int = 0
    unchanged: int = 0
    known: int | None = None

    def without(self, refused: Sequence[Refused]) -> _Batch:
        """Leave out whole documents."""
        gone = {one.source for one in refused}
        return replace(
            self, sources=[one for one in self.sources if one[0] not in gone], second=[*self.second, *gone],
            problems=[*self.problems, *(one.problem for one in refused)], left_out=self.left_out + len(gone),
        )  # fmt: skip


def import_files(
    path: str | Path,
    files: Iterable[str | Path],
    *,
    dry_run: bool = False,
    keep_good: bool = False,
    wait: float = WAIT,
    on_wait: Callable[[Holder, float], None] | None = None,
    mapping: str | Path | None = None,
) -> Imported:
    """Import cases, decisions and follow-up files, or folders of them, into the registry at ``path``.

    With ``mapping``, one spreadsheet (CSV), as that file says; a later one of the same mapping takes its place.

    A document of which the very bytes are there already changes nothing; one of the same subject (the case of that
    day, the meeting, the patient's follow-up) takes the place of the earlier one. Where anything is wrong nothing is
    written, unless ``keep_good`` leaves out the documents with problems and keeps the others. Of a spreadsheet of
    which the good lines are there already, the others are named again.
    Raises ``Problems`` with every problem of every document.
    """
    with writing(path, dry_run=dry_run, wait=wait, on_wait=on_wait) as draft:
        if mapping is None:
            batch = _gathered(draft, documents(files))
            return _imported(draft, batch, batch.without, keep_good, dry_run)
        sheet = partial(_table, draft, list(files), mapping, dry_run)
        return _imported(draft, sheet(()), sheet, keep_good, dry_run)


def import_found(draft: Draft, found: Iterable[Found]) -> Imported:
    """Documents that are no files of a user, into a registry that is being written.

    Raises ``Problems`` where anything is wrong in them.
    """
    batch = _gathered(draft, found)
    return _imported(draft, batch, batch.without, False, False)


def _imported(
    draft: Draft, batch: _Batch, without: Callable[[Sequence[Refused]], _Batch], keep_good: bool, dry_run: bool
) -> Imported:
    """Write a batch; what contradicts a death is left out as what is wrong in itself, or stops everything.

    ``without`` gives the batch without what is refused. Only when all is written can be seen what contradicts what;
    and where a document is left out, the one that it would have replaced stays, so one has to look again.
    """
    refused: list[Refused] = []
    while True:
        try:
            done = _written(draft, batch, dry_run)
        except Problems as problems:
            raise Problems([*batch.problems, *problems.problems]) from None
        found = refused_of(draft, batch.sources[0][0]) if batch.sources else ()
        if not keep_good and batch.known is None and (batch.problems or found):
            raise Problems([*batch.problems, *(one.problem for one in found)])
        if not found:
            break
        draft.undo()
        refused += found
        batch = without(refused)
    if batch.known is not None:
        draft.undo()
        if _is_there(draft, batch, batch.known):
            batch = replace(batch, sources=[], unchanged=1)
        elif batch.problems and not keep_good:
            raise Problems(batch.problems)
        done = _written(draft, batch, dry_run)
    draft.changed = draft.changed or bool(batch.sources)
    return done


def _is_there(draft: Draft, batch: _Batch, source: int) -> bool:
    """Whether the rows of a batch are those of the source of the same bytes: they come from the same places."""
    new = {name: sorted(rows["place"].to_pylist()) for name, rows in batch.tables if len(rows)}
    kept = {
        name: [row[0] for row in draft.rows(f"SELECT place FROM {quoted(name)} WHERE source_id = ?", [source])]
        for name, columns in load_tables().physical.items()
        if any(one.name == "place" for one in columns)
    }
    return new == {name: sorted(places) for name, places in kept.items() if places}


def _gathered(draft: Draft, found: Iterable[Found]) -> _Batch:
    """What is not there yet, read."""
    batch, fresh = _Batch(), []
    known = dict(draft.rows("SELECT sha256, bool_and(replaced_by IS NOT NULL) FROM source GROUP BY sha256"))
    seen: set[str] = set()
    for one in found:
        if known.get(one.sha256) is False or one.sha256 in seen:
            batch.unchanged += 1
        elif one.sha256 in known:
            batch.left_out += 1
            batch.problems.append(_older(one))
        else:
            seen.add(one.sha256)
            fresh.append(one)
    subjects: dict[str, Found] = {}
    numbered = enumerate(fresh, first := draft.rows("SELECT coalesce(max(source_id), 0) + 1 FROM source")[0][0])
    for part in read_all(fresh, first):
        batch.tables += part.tables.items()
        for head in part.heads:
            number, one = next(numbered)
            if isinstance(head, tuple):
                batch.left_out += 1
                batch.problems += head
            elif head.subject in subjects:
                batch.left_out += 1
                batch.second.append(number)
                batch.problems.append(_twice(one, subjects[head.subject]))
            else:
                subjects[head.subject] = one
                batch.sources.append((number, one, head))
    return batch


def _table(
    draft: Draft, files: Sequence[str | Path], mapping: str | Path, dry_run: bool, refused: Sequence[Refused]
) -> _Batch:
    """The rows of a spreadsheet, without the lines that are ``refused``."""
    from ._mapping import load_mapping
    from ._mapping_apply import apply
    from ._mapping_table import read_sheet

    if len(files) != 1:
        problem = Problem(f"{len(files)} files with one mapping", "one file", "Import them one by one.", "usage")
        raise Problems([problem])
    mapped = load_mapping(mapping, approved=not dry_run)
    sheet = read_sheet(files[0], mapped.encoding)
    digest = sha256(Path(mapping).read_bytes() + sheet.content).hexdigest()
    batch = _Batch()
    known = draft.rows("SELECT source_id, replaced_by FROM source WHERE sha256 = ? ORDER BY source_id DESC", [digest])
    one = Found(sheet.file, None, b"", digest)
    if known and known[0][1] is not None:
        batch.problems.append(_older(one))
        return batch
    batch.known = known[0][0] if known else None
    applied = apply(sheet, mapped, refused)
    number = draft.rows("SELECT coalesce(max(source_id), 0) + 1 FROM source")[0][0]
    part = part_of([applied.document], number)
    batch.tables += part.tables.items()
    batch.sources += [(number, one, head) for head in part.heads if isinstance(head, Head)]
    batch.problems += applied.problems
    batch.left_out = applied.left_out
    return batch


def _older(one: Found) -> Problem:
    return Problem(
        "an earlier version of what is in the registry", "the version that took its place, or a newer one",
        "Leave it out; to go back to it, change it so that it says so.", "replaced-before", one.file, one.line,
    )  # fmt: skip


def _twice(one: Found, first: Found) -> Problem:
    place = f"{first.file}:{first.line}" if first.line else first.file
    return Problem(
        f"another document of the same subject as {place}", "one document of each subject",
        "Leave one of them out, or give them ids or days of their own.", "two-of-one-subject", one.file, one.line,
    )  # fmt: skip


def _written(draft: Draft, batch: _Batch, dry_run: bool) -> Imported:
    """Everything that was read, in the database."""
    replaced = _replaced(draft, [head.subject for _, _, head in batch.sources])
    taking_place = [(replaced[head.subject], number, one, head) for number, one, head in batch.sources
                    if head.subject in replaced]  # fmt: skip
    counts: dict[str, int] = {}
    if batch.sources:
        _remove(draft, [(old, number) for (old, _), number, _, _ in taking_place])
        for table, rows in batch.tables:
            insert(draft.connection, table, rows)
        _drop(draft, batch.second)
        counts = _record(draft, batch)
        settle(draft)
    replacing = [f"{head.subject}: {one.file} takes the place of {file}" for (_, file), _, one, head in taking_place]
    return Imported(
        dry_run, len(batch.sources) - len(replacing), len(replacing), batch.unchanged, counts,
        Problems(batch.problems).problems,
        batch.left_out, tuple(replacing),
    )  # fmt: skip


def _record(draft: Draft, batch: _Batch) -> dict[str, int]:
    """The sources and the import itself; the number of rows that were written, by table."""
    number = draft.rows("SELECT coalesce(max(import_id), 0) + 1 FROM import")[0][0]
    sources = [
        (source, number, one.file, one.line, one.sha256, head.format, head.subject, head.data, None)
        for source, one, head in batch.sources
    ]
    first = batch.sources[0][0]
    counts: dict[str, int] = {}
    for table in dict.fromkeys(name for name, _ in batch.tables):
        counts[table] = draft.rows(f"SELECT count(*) FROM {quoted(table)} WHERE source_id >= ?", [first])[0][0]
    insert(draft.connection, "source", arrow_table("source", sources))
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    whole = (number, now, __version__, len(sources), sum(counts.values()))
    insert(draft.connection, "import", arrow_table("import", [whole]))
    return counts


def _replaced(draft: Draft, subjects: Sequence[str]) -> dict[str, tuple[int, str]]:
    """The sources that speak of the same subjects and stand now."""
    if not subjects:
        return {}
    asked = """SELECT subject, source_id, file FROM source
               WHERE replaced_by IS NULL AND subject IN (SELECT unnest(?::VARCHAR[]))"""
    return {subject: (source, file) for subject, source, file in draft.rows(asked, [list(subjects)])}


def _remove(draft: Draft, takes_place: Sequence[tuple[int, int]]) -> None:
    """Take out the rows of what is replaced; its source stays, with what took its place."""
    if not takes_place:
        return
    _drop(draft, [old for old, _ in takes_place])
    draft.connection.execute(
        """UPDATE source SET replaced_by = new FROM (SELECT unnest(?::BIGINT[]) AS old, unnest(?::BIGINT[]) AS new)
           WHERE source_id = old""",
        [[old for old, _ in takes_place], [new for _, new in takes_place]],
    )


def _drop(draft: Draft, sources: Sequence[int]) -> None:
    """Take out the rows of some sources."""
    if sources:
        for table, columns in load_tables().physical.items():
            if any(one.name == "source_id" for one in columns) and table != "source":
                asked = f"DELETE FROM {quoted(table)} WHERE source_id IN (SELECT unnest(?::BIGINT[]))"
                draft.connection.execute(asked, [list(sources)])
