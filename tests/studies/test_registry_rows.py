"""What a study reads of a registry: who had no treatment is told from whose first treatment is not known."""

from __future__ import annotations

from pathlib import Path

import pytest

from netlm.errors import Problems
from netlm.registry import create_registry, import_files
from netlm.studies import find_analysis, read_patients


@pytest.mark.parametrize(
    ("treatments", "found", "reason"),
    [
        ("none", "none", None),
        ("[{option: cytoreduction, from: {unknown: elsewhere}}]", None, "elsewhere"),
        (
            "[{option: cytoreduction, from: 2020}, {option: cytoreduction, from: 2020-03}]",
            None, "which treatment came first is not known",
        ),
        ("{at_least: [{option: systemic.octreotide_lar, from: 2020}]}", None,
         "the list of treatments is not said to be complete"),
    ],
)  # fmt: skip
def test_a_treatment_of_unknown_day_is_not_none(
    tmp_path: Path, treatments: str, found: str | None, reason: str | None
) -> None:
    file, path = tmp_path / "p.yaml", tmp_path / "r.duckdb"
    file.write_text(f"netlm: follow-up/1\nid: p\nas_of: 2026-01-01\ntreatments: {treatments}\n", encoding="utf-8")
    create_registry(path)
    import_files(path, [file])
    cells = read_patients(path, find_analysis("debulking")).columns["index_class"]
    assert cells.words.tolist() == [found]
    if reason:
        assert cells.reasons.tolist() == [reason]


def test_a_table_with_two_rows_of_a_patient_is_refused(tmp_path: Path) -> None:
    """Who stands twice would count twice; without ids nobody can tell."""
    file, rows = tmp_path / "table.csv", "a,surgery,50\na,surgery,80\nb,surgery,95\n"
    file.write_text(f"patient_id,index_class,debulking_achieved\n{rows}", encoding="utf-8")
    with pytest.raises(Problems, match="1 patient with several rows"):
        read_patients(file, find_analysis("debulking"))
    file.write_text(f"number,index_class,debulking_achieved\n{rows}", encoding="utf-8")
    assert read_patients(file, find_analysis("debulking")).n == 3
