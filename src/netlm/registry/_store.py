"""The file of a registry: read by many, written by one, whole or not at all.

A writer works on a copy in a folder of its own and renames it over the registry when all is done. So a reader always
sees one whole registry, the old one or the new one; a writer that is killed leaves the old one as it was; and whatever
is on disk on the way is open to nobody else.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import Problem, Problems
from ._schema import check_format, create, missing, numbered_twice, upgrade
from ._store_lock import Holder, holding

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from ..case import Case
    from ..dictionary import Dictionary

__all__ = ["Draft", "Registry", "create_registry", "is_registry", "migrate_registry", "open_registry", "writing"]

MAGIC, SALT = b"DUCK", bytes(8)
"""How a file of DuckDB begins: eight bytes of a checksum, then these."""
WAIT = 30.0
"""Seconds that a writer waits for another."""
PRIVATE = 0o600
SETTINGS = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false", "temp_directory": ""}
"""Nothing is fetched from a network, and nothing of a patient is spilled into the working folder."""


class Registry:
    """An open registry, to be read; closed by ``close`` or at the end of a ``with`` block.

    ``connection`` is that of DuckDB, with the tables of the registry as they stood when it was opened.
    """

    def __init__(self, connection: DuckDBPyConnection, path: Path) -> None:
        self.connection = connection
        self.path = path

    def __enter__(self) -> Registry:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()

    def rows(self, sql: str, parameters: list[Any] | dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """What a query gives."""
        found: list[tuple[Any, ...]] = self.connection.execute(sql, parameters or []).fetchall()
        return found

    @property
    def synthetic(self) -> bool:
        """Whether any patient in it is made up."""
        return bool(self.rows("SELECT 1 FROM patient WHERE synthetic LIMIT 1"))

    def latest_cases(self, dictionary: Dictionary | None = None) -> Iterator[Case]:
        """The last case of each patient: what a board would look at today."""
        from ..case import read_case
        from ._import_tree import tree_of

        last = "SELECT DISTINCT ON (patient_id) patient_id, case_id, case_text FROM snapshot"
        for _, case_id, text in self.rows(f"{last} ORDER BY patient_id, as_of DESC, case_id DESC"):
            yield read_case(tree_of(text.encode(), case_id), case_id, dictionary)

    def cases(self) -> Iterator[tuple[str, Case]]:
        """Every case at each decision, with its patient; the facts are those of the file that was imported."""
        from ..case import read_case
        from ._import_tree import tree_of

        asked = "SELECT patient_id, case_id, case_text FROM snapshot ORDER BY patient_id, as_of, case_id"
        for patient, case_id, text in self.rows(asked):
            yield patient, read_case(tree_of(text.encode(), case_id), case_id)


class Draft(Registry):
    """A registry that is being written; ``changed`` says whether there is anything to keep."""

    changed = False

    def undo(self) -> None:
        """Take back whatever was written."""
        self.connection.execute("ROLLBACK")
        self.connection.execute("BEGIN")


def create_registry(path: str | Path) -> None:
    """An empty registry in a new file, readable by its owner alone.

    Raises ``Problems`` where the file exists or cannot be written.
    """
    target = Path(path)
    if target.exists():
        found, remedy = "a file that exists", "Choose another name; a registry is never written over."
        raise Problems([Problem(found, "a new file", remedy, "exists", file=str(path))], str(path))
    with holding(target, WAIT), _workshop(target) as copy:
        with _attached(copy, target) as connection:
            create(connection)
        _put(copy, target)


def is_registry(path: str | Path) -> bool:
    """Whether a file is a database of DuckDB, by its first bytes; what it holds is told when it is opened."""
    try:
        with Path(path).open("rb") as file:
            return file.read(len(SALT) + len(MAGIC))[-len(MAGIC) :] == MAGIC
    except OSError:
        return False


def open_registry(path: str | Path) -> Registry:
    """A registry to be read, as it stands now; writers neither wait for its readers nor change what they see.

    Raises ``Problems`` for a file that is no registry, or is of another format.
    """
    target = _existing(path)
    connection = _connect(target, "(READ_ONLY)")
    try:
        check_format(connection, str(path))
        if any(missing(connection)) or numbered_twice(connection):
            found, remedy = (
                "a registry of an earlier version of netlm",
                f"Bring it up with: netlm registry migrate {path}",
            )
            raise Problems([Problem(found, "one of this version", remedy, "older-version", file=str(path))], str(path))
    except BaseException:
        connection.close()
        raise
    return Registry(connection, target)


def migrate_registry(path: str | Path) -> bool:
    """Bring a registry of an earlier version of netlm to this one; whether there was anything to do.

    Raises ``Problems`` as ``open_registry`` does.
    """
    from ._import_settle import number_treatments

    with writing(path) as draft:
        if numbered_twice(draft.connection):
            number_treatments(draft)
            draft.changed = True
        return draft.changed


@contextmanager
def writing(
    path: str | Path,
    *,
    dry_run: bool = False,
    wait: float = WAIT,
    on_wait: Callable[[Holder, float], None] | None = None,
) -> Iterator[Draft]:
    """The registry to be written: what is done in the block takes place as a whole at its end, or not at all.

    An error in the block, or ``dry_run``, leaves the file as it was. A second writer waits at most ``wait`` seconds;
    ``on_wait`` is told who holds the file and for how long one has waited.
    Raises ``Problems`` as ``open_registry`` does, and with the holder where the file stays in use.
    """
    target = _existing(path)
    with holding(target, wait, on_wait), _workshop(target) as copy:
        shutil.copyfile(target, copy)
        with _attached(copy, target) as connection:
            check_format(connection, str(path))
            connection.execute("BEGIN")
            draft = Draft(connection, target)
            added = upgrade(connection)
            draft.changed = bool(added)
            if "snapshot" in added:
                from ._import_board import refill

                refill(draft)
            connection.execute("COMMIT")
            connection.execute("BEGIN")
            yield draft
            connection.execute("COMMIT")
        if draft.changed and not dry_run:
            _put(copy, target)


@contextmanager
def _workshop(target: Path) -> Iterator[Path]:
    """The path of a copy in a folder that nobody else can enter; what a killed writer left is removed first."""
    mark = f".{target.name}.writing-"
    for left in target.parent.glob(f"{mark}*"):
        shutil.rmtree(left, ignore_errors=True)
    try:
        folder = Path(tempfile.mkdtemp(prefix=mark, dir=target.parent))
    except OSError:
        raise _unwritable(target) from None
    try:
        yield folder / "registry.duckdb"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _attached(copy: Path, target: Path) -> Iterator[DuckDBPyConnection]:
    """The copy of ``target``, to be written; closed so that all of it is in the one file."""
    connection = _connect(copy, "", target)
    try:
        yield connection
        connection.execute("CHECKPOINT registry")
    finally:
        connection.close()


def _connect(path: Path, how: str, shown: Path | None = None) -> DuckDBPyConnection:
    """A connection of its own for each call, so that each sees the file as it stands on disk now.

    ``shown`` is the path that a user knows, where it is a copy that is opened.
    """
    try:
        import duckdb
    except ImportError:
        problem = Problem(
            "no DuckDB in this installation", "the extra `registry`", "Add it with: pip install 'netlm[registry]'",
            "extra", place="registry",
        )  # fmt: skip
        raise Problems([problem]) from None
    connection = duckdb.connect(config=SETTINGS)
    try:
        name = str(path).replace("'", "''")
        connection.execute(f"ATTACH '{name}' AS registry {how}")
        connection.execute("USE registry")
    except duckdb.Error:
        connection.close()
        found, remedy = "a file that is no registry", "`netlm registry init FILE` makes a new one."
        file = str(shown or path)
        raise Problems([Problem(found, "a registry", remedy, "format", file=file)], file) from None
    return connection


def _existing(path: str | Path) -> Path:
    target = Path(path)
    if not target.is_file():
        found, remedy = "no such file", "Check the path, or make a registry with: netlm registry init FILE"
        raise Problems([Problem(found, "a registry", remedy, "unreadable", file=str(path))], str(path))
    return target


def _put(copy: Path, target: Path) -> None:
    """Make the copy the registry, in one step that a loss of power cannot halve."""
    try:
        copy.chmod(PRIVATE)
        _settle(copy)
        copy.replace(target)
        if os.name != "nt":
            _settle(target.parent)
    except OSError:
        raise _unwritable(target) from None


def _settle(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _unwritable(target: Path) -> Problems:
    found, remedy = "a path that cannot be written", "Check the folder and its permissions; nothing was changed."
    return Problems([Problem(found, "a writable file", remedy, "unwritable", file=str(target))], str(target))
