"""The table that studies read: one row for each patient, from a time zero on.

A day that is known as a range counts as its middle, and the least and the greatest that a time can be stand beside it.
What is not known is empty, with the reason in the column beside it; what was never asked is not a no. Something whose
day may lie before or after time zero is neither an event nor none.
"""

from __future__ import annotations

from typing import Any

from ..errors import Problem, Problems, nearest, safe_echo
from ._schema_tables import load_tables
from ._store import Registry

__all__ = ["analysis_table"]

DAYS_IN_A_YEAR = 365.25
NOT_RECORDED = "not recorded"
UNDATED = "day of {0} not known"
STRADDLES = "{0} before or after time zero not known"
SEVERAL = "several answers"


def analysis_table(registry: Registry, time_zero: str = "liver_treatment") -> Any:
    """One row for each patient as an Arrow table, in the order of their ids.

    ``time_zero`` is one of those of ``knowledge/registry/tables.yaml``, which also says what each column means; behind
    them follow the facts of the last case on or before time zero. A patient without that time zero has a row too, with
    the reason. Raises ``Problems`` for another time zero.
    """
    known = load_tables().analysis.time_zeros
    if time_zero not in known:
        close = nearest(time_zero, known)
        remedy = f"Did you mean `{close}`?" if close else f"Known: {', '.join(known)}."
        found = f"an unknown time zero {safe_echo(time_zero, list(known))}"
        raise Problems([Problem(found, f"one of {', '.join(known)}", remedy, "unknown-word", place="time_zero")])
    return registry.connection.sql(_query(time_zero)).to_arrow_table()


def _middle(name: str) -> str:
    """The middle of a range of days."""
    return f"({name}_lo + CAST(({name}_hi - {name}_lo) // 2 AS INTEGER))"


def _query(time_zero: str) -> str:
    tables = load_tables()
    parts = {
        "course": _COURSE.format(classes=_classes()),
        "zero": _zero(time_zero),
        "alive": _ALIVE,
        "covered": _COVERED,
        "progress": _PROGRESS.format(middle=_middle("date"), after=_AFTER),
        "recur": _RECUR.format(
            middle=_middle("date"), after=f"{_AFTER} OR (date_hi >= zero.lo AND {_OURS})", ours=_OURS
        ),
        "trouble": _TROUBLE,
        "relieved": _RELIEVED.format(middle=_middle("until"), several=SEVERAL),
        "firsts": _firsts(),
        "at_zero": _AT_ZERO,
        "whole": _WHOLE.format(death=_middle("death.date")),
        "timed": _TIMED,
    }
    with_parts = ",\n".join(f"{name} AS ({part})" for name, part in parts.items())
    facts = [one for column in tables.snapshot.values() for one in column.physical if column.name != "sex"]
    behind = [
        f"CASE WHEN case_id IS NULL THEN case_unknown WHEN {_is_null(one.name)} "
        f"THEN coalesce({one.name}, '{NOT_RECORDED}') END AS {one.name}"
        if one.name.endswith("_unknown") else one.name for one in facts
    ]  # fmt: skip
    told = _told()
    shown = [f"{told[name]} AS {name}" if name in told else name for name in tables.analysis.columns]
    return f"WITH {with_parts}\nSELECT {', '.join([*shown, *behind])} FROM timed ORDER BY patient_id"


def _is_null(unknown: str) -> str:
    """Whether a fact is not known: its word, or its range, is empty."""
    column = load_tables().snapshot[unknown.removesuffix("_unknown")]
    return " AND ".join(f"{one.name} IS NULL" for one in column.physical[:2] if not one.name.endswith("_unknown"))


def _classes() -> str:
    """The class of a treatment, by its option."""
    named = load_tables().analysis.classes.items()
    return " ".join(f"WHEN split_part(option, '.', 1) = '{first}' THEN '{name}'" for name, first in named)


def _zero(time_zero: str) -> str:
    chosen = load_tables().analysis.time_zeros[time_zero]
    if time_zero == "found":
        return """SELECT patient_id, liver_metastases_found_lo AS lo, liver_metastases_found_hi AS hi,
                  CAST(NULL AS INTEGER) AS index_row, liver_metastases_found_unknown AS why FROM patient"""
    if time_zero == "board":
        return """SELECT patient_id, min(as_of) AS lo, min(as_of) AS hi, CAST(NULL AS INTEGER) AS index_row,
                  CAST(NULL AS VARCHAR) AS why
                  FROM patient LEFT JOIN snapshot USING (patient_id) GROUP BY patient_id"""
    classes = ", ".join(f"'{name}'" for name in chosen.classes)
    return f"""SELECT patient_id, CASE WHEN why IS NULL THEN c.from_lo END AS lo,
               CASE WHEN why IS NULL THEN c.from_hi END AS hi, CASE WHEN why IS NULL THEN c.row END AS index_row, why
               FROM patient LEFT JOIN (SELECT *, CASE WHEN from_lo IS NULL THEN coalesce(from_unknown, '{NOT_RECORDED}')
                 WHEN EXISTS (SELECT 1 FROM course o WHERE o.patient_id = t.patient_id AND o.class IN ({classes})
                   AND o.row <> t.row AND (o.from_lo IS NULL OR o.from_lo <= t.from_hi))
                 THEN 'which treatment came first is not known' END AS why
               FROM course t WHERE class IN ({classes})
               QUALIFY row_number() OVER (PARTITION BY patient_id ORDER BY from_lo NULLS LAST, row) = 1) c
               USING (patient_id)"""


def _firsts() -> str:
    days = ", ".join(
        f"min({_middle('from')}) FILTER (class = '{name}') AS first_{name}" for name in load_tables().analysis.classes
    )
    return f"SELECT patient_id, {days} FROM course GROUP BY patient_id"


def _why(name: str, told: str) -> str:
    """Why a finding of the treatment at time zero, or after it, is unknown."""
    return f"""CASE WHEN index_row IS NULL THEN index_unknown
               WHEN {name} IS NULL THEN coalesce({told}, '{NOT_RECORDED}') END"""


def _days(name: str) -> str:
    """From time zero to a day that is not before it; a middle of a range may be."""
    return f"CASE WHEN {name} IS NOT NULL THEN greatest(0, {name} - zero) END"


def _of_site(site: str) -> dict[str, str]:
    """Whether the disease progressed there, and when: none is a no only where the list is complete and each is sure."""
    return {
        f"{site}_progressed": f"""CASE WHEN {site}_progression IS NOT NULL THEN TRUE WHEN {site}_unsure THEN NULL
            WHEN progression_complete AND NOT coalesce(progression_unplaced, FALSE) THEN FALSE END""",
        f"{site}_progression_days": f"""CASE WHEN NOT coalesce({site}_unsure, FALSE)
            THEN {_days(f"{site}_progression")} END""",
    }


def _told() -> dict[str, str]:
    """The columns that are not simply those of the table before, in SQL."""
    return {
        "year": "year(zero)",
        "sex": "coalesce(told_sex, sex)",
        "sex_unknown": f"""CASE WHEN coalesce(told_sex, sex) IS NULL
            THEN coalesce(told_sex_unknown, sex_unknown, '{NOT_RECORDED}') END""",
        "age_at_zero": f"""coalesce((zero - birth) / {DAYS_IN_A_YEAR},
            CASE WHEN zero IS NOT NULL AND age_lo = age_hi THEN age_lo + date_sub('year', as_of, zero) END)""",
        "age_at_zero_unknown": f"""CASE WHEN zero IS NULL THEN zero_unknown WHEN birth IS NULL AND age_lo IS NULL
        THEN coalesce(age_unknown, '{NOT_RECORDED}')
        WHEN birth IS NULL AND age_lo <> age_hi THEN 'known only as a range' END""",
        "os_days_lo": """CASE WHEN os_days_unknown IS NULL
        THEN greatest(0, CASE WHEN died THEN death_lo ELSE last_alive END - zero_hi) END""",
        "os_days_hi": """CASE WHEN os_days_unknown IS NULL
            THEN CASE WHEN died THEN death_hi ELSE last_alive END - zero_lo END""",
        "pfs_event": "CASE WHEN pfs_days_unknown IS NULL THEN progressed OR died END",
        "pfs_days": f"""CASE WHEN pfs_days_unknown IS NULL
            THEN CASE WHEN progressed THEN {_days("progression")} WHEN died THEN os_days
            ELSE least(os_days, {_days("progression_seen")}) END END""",
        **_of_site("liver"),
        **_of_site("extrahepatic"),
        "recurred_unknown": f"""CASE WHEN recurred IS NULL
            THEN coalesce(recurrence_unsure, recurrence_unknown, '{NOT_RECORDED}') END""",
        "recurrence_days": f"CASE WHEN recurrence_unsure IS NULL THEN {_days('recurrence')} END",
        "recurrence_days_lo": """CASE WHEN recurrence_unsure IS NULL AND recurrence_lo IS NOT NULL
            THEN greatest(0, recurrence_lo - zero_hi) END""",
        "recurrence_days_hi": "CASE WHEN recurrence_unsure IS NULL THEN recurrence_hi - zero_lo END",
        "recurrence_free_until_days": f"""CASE WHEN NOT recurred AND os_days IS NOT NULL AND recurrence_seen IS NOT NULL
            THEN least(os_days, {_days("recurrence_seen")}) END""",
        "recurrence_site": "CASE WHEN recurrence_unsure IS NULL THEN recurrence_site END",
        "case_days": "CASE WHEN case_id IS NOT NULL THEN zero - as_of END",
        "index_class": "class",
        "index_option": "option",
        "complication": """CASE WHEN index_row IS NULL THEN NULL WHEN troubled THEN TRUE
            WHEN trouble_known THEN FALSE END""",
        "complication_unknown": f"""CASE WHEN index_row IS NULL THEN index_unknown
        WHEN coalesce(troubled, FALSE) OR trouble_known THEN NULL
        ELSE coalesce(complication_not_known, '{NOT_RECORDED}') END""",
        "biloma": "CASE WHEN index_row IS NULL THEN NULL WHEN had_biloma THEN TRUE WHEN trouble_known THEN FALSE END",
        "relief_unknown": _why("relief", "coalesce(relief_why, symptom_unknown)"),
        "relief_days": _days("until"),
        "hormone_fall_unknown": _why("hormone_fall_lo", "coalesce(hormone_fall_why, symptom_unknown)"),
        "debulking_achieved_unknown": _why("debulking_achieved_lo", "debulking_why"),
        "margin_unknown": _why("margin", "margin_why"),
        "lesions_treated_unknown": _why("lesions_treated_lo", "lesions_why"),
        "primary_resected_unknown": _why("primary_resected", "primary_why"),
        **{f"{name}_days": f"first_{name} - zero" for name in load_tables().analysis.classes},
    }


_COURSE = "SELECT *, CASE {classes} ELSE 'other' END AS class FROM treatment"
_ALIVE = """
SELECT patient_id, max(day) AS last_alive FROM (
  SELECT patient_id, date_lo AS day FROM last_contact
  UNION ALL SELECT patient_id, as_of FROM snapshot
  UNION ALL SELECT patient_id, greatest(coalesce(to_lo, from_lo), from_lo) FROM treatment
  UNION ALL SELECT patient_id, until_lo FROM symptom
  UNION ALL SELECT patient_id, date_lo FROM progression
  UNION ALL SELECT patient_id, date_lo FROM recurrence
  UNION ALL SELECT patient_id, date_lo FROM quality_of_life
) GROUP BY patient_id"""
"""The last day on which the patient is certainly known to have been alive."""
_COVERED = """
SELECT patient_id,
       max(unknown) FILTER (of_table = 'death') AS death_unknown,
       bool_or(complete) FILTER (of_table = 'progression') AS progression_complete,
       max(unknown) FILTER (of_table = 'progression') AS progression_unknown,
       max(as_of) FILTER (of_table = 'progression' AND complete) AS progression_seen,
       bool_or(complete) FILTER (of_table = 'recurrence') AS recurrence_complete,
       max(unknown) FILTER (of_table = 'recurrence') AS recurrence_unknown,
       max(as_of) FILTER (of_table = 'recurrence' AND complete) AS recurrence_seen,
       bool_or(complete) FILTER (of_table = 'complication') AS complication_complete,
       max(unknown) FILTER (of_table = 'complication') AS complication_not_known,
       max(unknown) FILTER (of_table = 'symptom') AS symptom_unknown
FROM coverage LEFT JOIN (SELECT source_id, as_of FROM follow_up) USING (source_id) GROUP BY patient_id"""
"""How far each list is told; of progressions and recurrences also up to which day: later nobody is known free of them.
"""
_AFTER = "date_lo >= zero.hi"
_OURS = "coalesce(treatment = zero.index_row, FALSE)"
"""A recurrence after the treatment at time zero, as its file says."""
_UNSURE = f"""CASE WHEN date_lo IS NULL THEN '{UNDATED}' WHEN date_hi >= zero.lo THEN '{STRADDLES}' END"""
_ALIVE_AT = """SELECT {0}.* REPLACE (greatest({0}.date_lo, least({0}.date_hi, death.date_hi)) AS date_hi)
               FROM {0} LEFT JOIN death USING (patient_id)"""
"""What came on a day that is a range came before the death."""
_PROGRESS = f"""
SELECT patient_id, min({{middle}}) FILTER (after) AS progression, max(unsure) AS progression_unsure,
       min({{middle}}) FILTER (after AND site = 'liver') AS liver_progression,
       min({{middle}}) FILTER (after AND site = 'extrahepatic') AS extrahepatic_progression,
       bool_or(unsure IS NOT NULL AND coalesce(site = 'liver', TRUE)) AS liver_unsure,
       bool_or(unsure IS NOT NULL AND coalesce(site = 'extrahepatic', TRUE)) AS extrahepatic_unsure,
       bool_or(site IS NULL AND after) AS progression_unplaced
FROM (SELECT p.*, coalesce({{after}}, FALSE) AS after,
             CASE WHEN NOT after THEN {_UNSURE.format("progression")} END AS unsure
      FROM ({_ALIVE_AT.format("progression")}) p JOIN zero USING (patient_id) WHERE zero.lo IS NOT NULL)
GROUP BY patient_id"""
_RECUR = f"""
SELECT patient_id, min({{middle}}) FILTER (after) AS recurrence, max(unsure) AS recurrence_unsure,
       arg_min(date_lo, {{middle}}) FILTER (after) AS recurrence_lo,
       arg_min(date_hi, {{middle}}) FILTER (after) AS recurrence_hi,
       bool_or(after OR ours) AS recurrence_after, arg_min(site, {{middle}}) FILTER (after) AS recurrence_site
FROM (SELECT r.*, coalesce({{after}}, FALSE) AS after, {{ours}} AS ours,
             CASE WHEN NOT after THEN {_UNSURE.format("recurrence")} END AS unsure
      FROM ({_ALIVE_AT.format("recurrence")}) r JOIN zero USING (patient_id) WHERE zero.lo IS NOT NULL)
GROUP BY patient_id"""
_TROUBLE = """
SELECT c.patient_id, max(clavien_dindo) FILTER (ours) AS clavien_dindo, max(ctcae) FILTER (ours) AS ctcae,
       coalesce(bool_or(ours), FALSE) AS troubled, bool_or(kind = 'biloma') FILTER (ours) AS had_biloma,
       bool_or(c.treatment IS NULL OR (ours AND kind IS NULL)) AS trouble_unsure
FROM (SELECT complication.*, zero.index_row = treatment AS ours FROM complication JOIN zero USING (patient_id)) c
GROUP BY c.patient_id"""
"""The grades of both scales are in the order of their names."""
_RELIEVED = """
SELECT s.patient_id,
       CASE WHEN count(DISTINCT s.relief) = 1 AND count(*) = count(s.relief) THEN min(s.relief) END AS relief,
       CASE WHEN count(DISTINCT s.relief) > 1 THEN '{several}' ELSE max(s.relief_unknown) END AS relief_why,
       min({middle}) AS until,
       CASE WHEN count(*) = 1 THEN min(s.hormone_fall_lo) END AS hormone_fall_lo,
       CASE WHEN count(*) = 1 THEN max(s.hormone_fall_hi) END AS hormone_fall_hi,
       CASE WHEN count(*) > 1 THEN '{several}' ELSE max(s.hormone_fall_unknown) END AS hormone_fall_why
FROM symptom s JOIN zero USING (patient_id) WHERE s.treatment = zero.index_row AND s.symptom = 'hormonal'
GROUP BY s.patient_id"""
_AT_ZERO = """
SELECT s.* FROM snapshot s JOIN zero USING (patient_id) WHERE s.as_of <= zero.lo
QUALIFY row_number() OVER (PARTITION BY s.patient_id ORDER BY s.as_of DESC, s.case_id) = 1"""
_WHOLE = """
SELECT patient.patient_id, patient.synthetic, zero.lo AS zero_lo, zero.hi AS zero_hi, zero.why,
       zero.lo + CAST((zero.hi - zero.lo) // 2 AS INTEGER) AS zero, zero.index_row,
       patient.sex AS told_sex, patient.sex_unknown AS told_sex_unknown,
       patient.birth_lo + CAST((patient.birth_hi - patient.birth_lo) // 2 AS INTEGER) AS birth,
       death.patient_id IS NOT NULL AS died, {death} AS death, death.date_lo AS death_lo, death.date_hi AS death_hi,
       death.date_unknown AS death_why, death.cause, alive.last_alive,
       covered.* EXCLUDE (patient_id), progress.* EXCLUDE (patient_id), recur.* EXCLUDE (patient_id),
       trouble.* EXCLUDE (patient_id),
       relieved.* EXCLUDE (patient_id), relieved.patient_id IS NOT NULL AS asked_relief,
       firsts.* EXCLUDE (patient_id),
       at_zero.* EXCLUDE (patient_id, case_text, case_hash, source_id, place),
       index.class, index.option, index.debulking_achieved_lo, index.debulking_achieved_hi,
       index.debulking_achieved_lo_open, index.debulking_achieved_hi_open,
       index.debulking_achieved_unknown AS debulking_why,
       index.margin, index.margin_unknown AS margin_why, index.lesions_treated_lo, index.lesions_treated_hi,
       index.lesions_treated_unknown AS lesions_why, index.primary_resected,
       index.primary_resected_unknown AS primary_why
FROM patient JOIN zero USING (patient_id)
LEFT JOIN death USING (patient_id) LEFT JOIN alive USING (patient_id) LEFT JOIN covered USING (patient_id)
LEFT JOIN progress USING (patient_id) LEFT JOIN recur USING (patient_id) LEFT JOIN trouble USING (patient_id)
LEFT JOIN relieved USING (patient_id) LEFT JOIN firsts USING (patient_id) LEFT JOIN at_zero USING (patient_id)
LEFT JOIN course index ON index.patient_id = patient.patient_id AND index.row = zero.index_row"""
_TIMED = """
SELECT *,
       CASE WHEN zero IS NULL THEN coalesce(why, 'no such time zero') END AS zero_unknown,
       CASE WHEN died THEN TRUE WHEN death_unknown IS NULL AND last_alive IS NOT NULL THEN FALSE END AS dead,
       CASE WHEN died THEN death WHEN dead IS NOT NULL THEN last_alive END AS ended,
       CASE WHEN progression IS NOT NULL THEN TRUE WHEN progression_unsure IS NOT NULL THEN NULL
            WHEN progression_complete THEN FALSE END AS progressed,
       CASE WHEN progressed IS NULL
            THEN coalesce(progression_unsure, progression_unknown, 'not recorded') END AS progressed_unknown,
       CASE WHEN recurrence_after THEN TRUE WHEN recurrence_unsure IS NOT NULL THEN NULL
            WHEN recurrence_complete THEN FALSE END AS recurred,
       CASE WHEN dead IS NULL THEN coalesce(death_unknown, 'no news of the patient') END AS dead_unknown,
       CASE WHEN zero IS NULL THEN zero_unknown WHEN dead IS NULL THEN dead_unknown
            WHEN ended IS NULL THEN coalesce(death_why, 'day of death not recorded')
            WHEN CASE WHEN died THEN death_hi ELSE last_alive END < zero_lo THEN 'last news before time zero'
            END AS os_days_unknown,
       CASE WHEN os_days_unknown IS NULL THEN greatest(0, ended - zero) END AS os_days,
       CASE WHEN zero IS NULL THEN zero_unknown WHEN progressed IS NULL THEN progressed_unknown
            WHEN progressed AND progression_unsure IS NOT NULL THEN progression_unsure
            WHEN NOT progressed THEN os_days_unknown END AS pfs_days_unknown,
       CASE WHEN case_id IS NULL THEN coalesce(zero_unknown, 'no case on or before time zero') END AS case_unknown,
       CASE WHEN index_row IS NULL THEN coalesce(zero_unknown, 'time zero is no treatment') END AS index_unknown,
       coalesce(NOT trouble_unsure, TRUE) AND coalesce(complication_complete, FALSE) AS trouble_known
FROM whole"""
