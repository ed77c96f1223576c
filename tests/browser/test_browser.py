"""The page in a browser: accessible (WCAG 2.2 AA), silent, self-contained, narrow enough, readable without script.

Needs Chromium, Node.js and ``npm ci`` in this folder; ``.ci/run`` sees to them.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

import netlm
from netlm.dossier import NotShown, basis_of, booklet_html
from netlm.registry import create_registry, synthesize
from netlm.studies import load_analyses, read_patients, run_study

HERE = Path(__file__).parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NODE = shutil.which("node")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
    pytest.mark.skipif(NODE is None, reason="Node.js is not installed"),
    pytest.mark.skipif(not (HERE / "node_modules").is_dir(), reason="run `npm ci` in tests/browser first"),
]
PARTS = 4
STUDIES = (
    "debulking",
    "surgery-or-embolization",
    "embolization-methods",
    "transplantation",
    "recurrence",
    "concordance",
)


def opened(pages: dict[str, str], folder: Path) -> dict[str, dict]:
    """What Chromium and axe say of each page."""
    paths = {name: folder / f"{name}.html" for name in pages}
    for name, path in paths.items():
        path.write_text(pages[name], encoding="utf-8")
    ran = subprocess.run(
        [str(NODE), "check.mjs", str(CHROMIUM), *map(str, paths.values())],
        cwd=HERE, capture_output=True, text=True, check=True,
    )  # fmt: skip
    reports = json.loads(ran.stdout)
    return {name: reports[str(path)] for name, path in paths.items()}


def faultless(report: dict) -> bool:
    return not (report["violations"] or report["console"] or report["requests"] or report["wide"])


@pytest.mark.parametrize("part", range(PARTS))
def test_every_example_is_faultless_and_prints_on_three_pages(examples, tmp_path, part):
    chosen = examples[part::PARTS]
    reports = opened({path.stem: netlm.board(netlm.load_case(path)).to_html() for path in chosen}, tmp_path)
    for name, report in reports.items():
        assert faultless(report), (name, report["violations"], report["console"], report["requests"], report["wide"])
        assert report["pages"] <= 3, name
        assert "Decision of the board" in report["text"], name


@pytest.mark.parametrize("patients", [300, 12, 0])
def test_the_pages_of_studies_are_faultless_of_many_few_and_nobody(tmp_path, patients):
    path = tmp_path / "registry.duckdb"
    if patients:
        synthesize(path, patients, 1, decisions=12, basis=lambda case: basis_of(netlm.board(case)))
    else:
        create_registry(path)
    analyses = [load_analyses()[name] for name in STUDIES]
    pages = {one.id: run_study(one, read_patients(path, one)).to_html() for one in analyses}
    for name, report in opened(pages, tmp_path).items():
        assert faultless(report), (name, report["violations"], report["console"], report["requests"], report["wide"])


def test_hostile_long_and_many_are_faultless_too(board, clean, examples, tmp_path):
    hostile = "</style><script>document.title='owned'</script><img src=http://127.0.0.1:9/x onerror=alert(1)>"
    quoted = "'" + hostile.replace("'", "''") + "'"
    lesions = ", ".join(
        f"{{id: {'L' * 60}{n}, size: {1 + n % 7} cm, segment: {1 + n % 8}, near: []}}" for n in range(40)
    )
    facts = {
        **clean, "lesions": f"[{lesions}]", "liver_metastases": "40", "largest_metastasis": "7 cm",
        "treatments": f"[{{what: {quoted}, from: 2024-01, best_response: stable}}]",
    }  # fmt: skip
    dossier = board(facts, head=f"question: {quoted}\npresenter: {'P' * 60}\n")
    booklet = booklet_html([dossier, NotShown(f"{hostile}.yaml", hostile), netlm.board(netlm.load_case(examples[0]))])
    reports = opened({"hostile": dossier.to_html(label=hostile), "booklet": booklet}, tmp_path)
    for name, report in reports.items():
        assert faultless(report), (name, report["violations"], report["console"], report["requests"], report["wide"])
        assert hostile in report["text"]
