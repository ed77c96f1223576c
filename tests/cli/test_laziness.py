"""What the board does not need is never loaded: a test of modules, not a stopwatch."""

from __future__ import annotations

import subprocess
import sys

HEAVY = (
    "numpy",
    "pandas",
    "scipy",
    "ibis",
    "duckdb",
    "matplotlib",
    "SimpleITK",
    "jinja2",
    "typst",
    "rich",
    "pint",
    "pydantic",
)
CODE = """\
import sys
from netlm.cli import main
try:
    main()
except SystemExit as left:
    assert not left.code, left.code
sys.stdout.flush()
print([name for name in {heavy!r} if name in sys.modules], file=sys.stderr)
"""


def test_the_board_in_json_loads_none_of_the_heavy_libraries(good):
    command = [sys.executable, "-c", CODE.format(heavy=HEAVY), "board", str(good), "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.startswith('{"netlm"')
    assert done.stderr.strip() == "[]"


def test_help_loads_no_knowledge(good):
    code = CODE.format(heavy=(*HEAVY, "netlm.guidance", "netlm.dictionary"))
    done = subprocess.run([sys.executable, "-c", code, "--help"], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
