"""The columns against a second compiler that was written apart from them."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import polars as pl
import pytest

from netlm.registry import assess, facts_of, write_facts
from netlm.registry._engine import rows_of

_spec = importlib.util.spec_from_file_location("_polars_oracle", Path(__file__).with_name("_polars.py"))
_oracle = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_oracle)


def _compare(pack, path):
    assessed = assess(facts_of(path, pack.dictionary), pack, truths=True)
    given = dict(zip(assessed.table.columns, zip(*rows_of(assessed.table), strict=True), strict=True))
    oracle = _oracle.Oracle(pack, pl.read_parquet(path))
    wrong = []
    for option in pack.order:
        if list(given[f"{option}.possible"]) != oracle.possible(option).to_list():
            wrong.append(option)
        for argument in pack.arguments[option]:
            if not argument.lesion:
                expected = [1 if truth is None else 2 * truth for truth in oracle.argument(argument)]
                if list(given[f"{option}.{argument.id}"]) != expected:
                    wrong.append((option, argument.id))
    return wrong


@pytest.mark.parametrize(
    ("number", "seed"), [(1000, 11), pytest.param(20000, 12, marks=pytest.mark.slow)], ids=["1000", "20000"]
)
def test_a_second_compiler_gives_the_same_cells(pack, make, tmp_path, number, seed):
    write_facts(tmp_path / "facts.parquet", make(number, seed), pack.dictionary)
    assert _compare(pack, tmp_path / "facts.parquet") == []
