"""What has to hold over all files of a registry, made so, or refused, at the end of every import."""

from __future__ import annotations

from ..errors import Problem, Problems
from ._schema import NUMBERED, quoted, set_meta
from ._schema_columns import REFERENCE
from ._schema_tables import load_tables
from ._store import Draft

__all__ = ["number_treatments", "settle"]

LINE = "coalesce(line, TRY_CAST(replace(place, 'line ', '') AS BIGINT))"
"""That of a file of many documents, or of a spreadsheet, where it is the place of the row."""
OF_CASES = ("snapshot", "decision", "recommendation")
"""Tables whose rows name a case; the follow-up file of a patient says which cases are the patient's."""


def settle(draft: Draft) -> None:
    """Give every case to its patient, every patient a row, and every treatment of a patient a number of its own.

    Raises ``Problems`` where two files say what only one can: whose a case is, or what a patient has one row of.
    """
    _check_cases(draft)
    _check_single(draft)
    _check_snapshots(draft)
    for table in OF_CASES:
        draft.connection.execute(
            f"""UPDATE {table} SET patient_id = whose.patient_id
                FROM (SELECT DISTINCT {table}.case_id, coalesce(case_of.patient_id, {table}.case_id) AS patient_id
                      FROM {table} LEFT JOIN case_of USING (case_id)) whose
                WHERE {table}.case_id = whose.case_id AND {table}.patient_id <> whose.patient_id"""
        )
    number_treatments(draft)
    _patients(draft)


def _patients(draft: Draft) -> None:
    """One row for each patient; those that no file describes have an empty one."""
    named = " UNION ALL ".join(
        f"SELECT patient_id, source_id FROM {quoted(table)}"
        for table, columns in load_tables().physical.items()
        if {"patient_id", "source_id"} <= {one.name for one in columns}
    )
    draft.connection.execute("DELETE FROM patient WHERE source_id IS NULL")
    draft.connection.execute(
        f"""INSERT INTO patient (patient_id)
            SELECT DISTINCT patient_id FROM ({named}) WHERE patient_id NOT IN (SELECT patient_id FROM patient)"""
    )
    draft.connection.execute(
        f"""UPDATE patient SET synthetic = said.synthetic
            FROM (SELECT patient_id, coalesce(bool_or(data = 'synthetic'), FALSE) AS synthetic
                  FROM ({named}) LEFT JOIN source USING (source_id) GROUP BY patient_id) said
            WHERE patient.patient_id = said.patient_id AND patient.synthetic IS DISTINCT FROM said.synthetic"""
    )


def number_treatments(draft: Draft) -> None:
    """Number the treatments of a patient that stand in several files one after another.

    Each file counts its own from 1, and names only its own: so what names a treatment follows it.
    """
    draft.connection.execute(
        """CREATE OR REPLACE TEMP TABLE numbered AS
           SELECT patient_id, source_id, row AS old,
                  CAST(row_number() OVER (PARTITION BY patient_id ORDER BY source_id, row) AS INTEGER) AS new
           FROM treatment WHERE patient_id IN (
             SELECT patient_id FROM treatment GROUP BY patient_id HAVING count(DISTINCT source_id) > 1)"""
    )
    naming = [(name, REFERENCE) for name, table in load_tables().tables.items() if REFERENCE in table.columns]
    for table, column in (("treatment", "row"), *naming):
        draft.connection.execute(
            f"""UPDATE {quoted(table)} t SET {column} = new FROM numbered n
                WHERE t.patient_id = n.patient_id AND t.source_id = n.source_id AND t.{column} = old AND old <> new"""
        )
    draft.connection.execute("DROP TABLE numbered")
    set_meta(draft.connection, *NUMBERED)


def _check_cases(draft: Draft) -> None:
    asked = """SELECT case_id, list(DISTINCT file ORDER BY file) FROM case_of JOIN source USING (source_id)
               GROUP BY case_id HAVING count(DISTINCT patient_id) > 1 ORDER BY case_id"""
    problems = [
        Problem(
            f"the case `{case}` of two patients (also in {files[0]})", "each case of one patient",
            "Correct `cases:` in one of the files.", "two-patients", file=files[-1], place="cases",
        )
        for case, files in draft.rows(asked)
    ]  # fmt: skip
    if problems:
        raise Problems(problems)


def _check_snapshots(draft: Draft) -> None:
    asked = """SELECT case_id, as_of, list(file ORDER BY source_id), list(place ORDER BY source_id)
               FROM snapshot JOIN source USING (source_id)
               GROUP BY case_id, as_of HAVING count(*) > 1 ORDER BY case_id"""
    problems = [
        Problem(
            f"the case `{case}` of {day} a second time (first in {files[0]})", "each case of a day once",
            "Leave it out of one of the files.", "two-sources", files[-1], place=places[-1] or None,
        )
        for case, day, files, places in draft.rows(asked)
    ]  # fmt: skip
    if problems:
        raise Problems(problems)


def _check_single(draft: Draft) -> None:
    problems = []
    for table in load_tables().tables.values():
        if table.single:
            asked = f"""SELECT patient_id, list(file ORDER BY source_id), list({LINE} ORDER BY source_id)
                        FROM {quoted(table.name)} JOIN source USING (source_id)
                        GROUP BY patient_id HAVING count(*) > 1 ORDER BY patient_id"""
            problems += [
                Problem(
                    f"a second `{table.key}` of patient `{patient}` (first in {files[0]})", "one of each patient",
                    "Leave it out of one of the files.", "two-sources", files[-1], lines[-1], place=table.key,
                )
                for patient, files, lines in draft.rows(asked)
            ]  # fmt: skip
    if problems:
        raise Problems(problems)
