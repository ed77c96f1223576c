"""Promises about the documentation: what it shows is what happens, and the reference is what knowledge says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAFETY = ROOT / "CLINICAL_SAFETY.md"
PAGES = [
    ROOT / "README.md",
    SAFETY,
    *sorted(path for path in (ROOT / "docs").rglob("*.md") if "reference" not in path.parts),
]


def _commands(page: Path) -> Iterator[tuple[str, list[str]]]:
    """Command and the lines shown under it, for every ``$ netlm`` of a console block."""
    for block in re.findall(r"```console\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.DOTALL):
        command, shown = "", list[str]()
        for line in block.splitlines():
            if line.startswith("$ "):
                if command:
                    yield command, shown
                command, shown = line[2:], []
            else:
                shown.append(line)
        if command:
            yield command, shown


COMMANDS = {page: found for page in PAGES if (found := list(_commands(page)))}


def _appears(shown: list[str], printed: list[str]) -> bool:
    """Whether the lines shown stand in what was printed, in order; ``...`` leaves any number out."""
    at, gap = 0, False
    for line in shown:
        if line.strip() == "...":
            gap = True
        elif gap:
            while at < len(printed) and printed[at].rstrip() != line.rstrip():
                at += 1
            if at == len(printed):
                return False
            at, gap = at + 1, False
        elif at < len(printed) and printed[at].rstrip() == line.rstrip():
            at += 1
        else:
            return False
    return gap or at == len(printed)


def test_the_documentation_shows_commands() -> None:
    """A tutorial without commands would not be one."""
    assert len([command for found in COMMANDS.values() for command, _ in found if command.startswith("netlm")]) >= 20


@pytest.mark.parametrize("page", COMMANDS, ids=[page.name for page in COMMANDS])
def test_what_a_page_shows_is_what_happens(page: Path) -> None:
    """Every command of a page is run from the top of the repository; its output is the one shown.

    One after the other, since a command reads what those before it on the page have written.
    """
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for command, shown in COMMANDS[page]:
        done = subprocess.run(
            ["bash", "-c", command], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
            encoding="utf-8", env={**os.environ, "PATH": path},
        )  # fmt: skip
        assert done.returncode in (0, 1, 2), command
        assert _appears(shown, done.stdout.splitlines()), f"{command}\n{done.stdout}"


def test_the_reference_is_what_knowledge_says() -> None:
    """Generated pages are up to date: ``make docs`` renews them."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "build_reference.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link names a file of the repository."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), target


def _hazards() -> list[list[str]]:
    """The rows of the tables of hazards, cell by cell."""
    rows = [line.strip("|").split(" | ") for line in SAFETY.read_text(encoding="utf-8").splitlines()]
    return [[cell.strip() for cell in row] for row in rows if re.match(r" H\d\d$", row[0])]


def test_every_hazard_has_its_cause_effect_control_and_residual_risk() -> None:
    """Numbered without a gap, no cell empty, the words of the ratings as the page explains them."""
    hazards = _hazards()
    assert [row[0] for row in hazards] == [f"H{number:02}" for number in range(1, len(hazards) + 1)]
    assert len(hazards) >= 30
    for row in hazards:
        assert len(row) == 7, row[0]
        assert all(row), row[0]
        assert re.match(r"(severe|moderate|minor), \**(low|medium|high)", row[6]), row[0]


def test_every_test_that_a_hazard_names_exists() -> None:
    """As ``file::test``; a hazard without one says so in words."""
    for row in _hazards():
        named = re.findall(r"`(tests/[a-z0-9_/]+\.py)::(test_[a-z0-9_]+)`", row[5])
        assert named or "no test in this table yet" in row[5], row[0]
        assert len(named) == row[5].count("::"), row[0]
        for path, test in named:
            source = (ROOT / path).read_text(encoding="utf-8")
            assert re.search(rf"^def {test}\(", source, flags=re.MULTILINE), f"{path}::{test}"


def test_the_safety_page_says_what_the_software_is() -> None:
    """And never that it is something that it is not."""
    text = " ".join(SAFETY.read_text(encoding="utf-8").split())
    assert "research software, not CE-marked and not FDA-cleared" in text
    assert "not a medical device" not in text
    for page in (*PAGES, *(ROOT / "src").rglob("*.py"), *(ROOT / "src").rglob("*.yaml")):
        assert "not a medical device" not in page.read_text(encoding="utf-8").casefold(), page.name
