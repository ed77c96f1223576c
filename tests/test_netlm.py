"""The package as a Python user meets it."""

from __future__ import annotations

import subprocess
import sys

import pytest

import netlm


def test_every_public_name_can_be_reached():
    for name in netlm.__all__:
        assert getattr(netlm, name) is not None
    assert set(dir(netlm)) == set(netlm.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="nothing_of_that_name"):
        _ = netlm.nothing_of_that_name


def test_the_documented_way_in_works(examples):
    dossier = netlm.board(netlm.load_case(examples[0]))
    assert dossier.options["transplantation.milan"].verdict
    assert dossier.to_dict()["netlm"]["format"] == "dossier/1"
    assert dossier._repr_html_().startswith("<iframe")


def test_importing_the_package_loads_nothing_else():
    code = "import sys, netlm; assert not [m for m in sys.modules if m.startswith('netlm.') or m == 'yaml']"
    subprocess.run([sys.executable, "-c", code], check=True)
