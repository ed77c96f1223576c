"""Promises about broken files of one's own: told in words, whatever is wrong with them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from netlm.dictionary import knowledge_folder
from netlm.errors import Problem, Problems
from netlm.evidence import load_evidence

FILES = ("promid", "clarinet", "netter-2", "morgan-2018", "scott-2019", "oclurandom")
NASTY = (
    "", "[]", "{}", "'0'", "-1", "nan", "inf", "1e999", "0 %", "100 %", "101 %", "not reached", "0.0 (0.0 to 0.0)",
    "1 (1 to 1)", "0.5 (not reached to not reached)", "5 (4 to not reached)", "[a, b]", "{a: b}", "0 months", "no",
    "2 (1 to 3) months", "9999999999999999999999", "0.000000000000000001 (0.0000000000000000001 to 1)", "é", "\\u202e",
    "always", "not always", "<0", "<1", ">0.5", "1", "promid/progression", "A" * 300,
)  # fmt: skip


def _broken(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    for _ in range(chance.randint(1, 3)):
        at, kind = chance.randrange(len(lines)), chance.randrange(5)
        line = lines[at]
        if kind == 0 and ":" in line:
            lines[at] = f"{line.partition(':')[0]}: {chance.choice(NASTY)}"
        elif kind == 1:
            del lines[at]
        elif kind == 2:
            lines.insert(at, lines[chance.randrange(len(lines))])
        elif kind == 3:
            lines[at] = "".join(str(chance.randrange(10)) if sign.isdigit() else sign for sign in line)
        elif len(line) > 2:
            cut = chance.randrange(len(line))
            lines[at] = line[:cut] + chance.choice(NASTY) + line[cut + 1 :]
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(6))
def test_a_broken_file_is_refused_in_words_or_read(seed: int, tmp_path: Path) -> None:
    """Never a trace, never a silent reading of half a file."""
    chance, evidence = random.Random(seed), load_evidence()
    text = (knowledge_folder() / "publications" / f"{FILES[seed]}.yaml").read_text("utf-8")
    text = text.replace(f"id: {FILES[seed]}\n", "id: mine\n").replace(f"{FILES[seed]}/", "mine/")
    path = tmp_path / "mine.yaml"
    refused = 0
    for _ in range(150):
        path.write_text(_broken(text, chance), encoding="utf-8")
        try:
            evidence.with_files(path)
        except (Problem, Problems) as error:
            refused += 1
            problems = error.problems if isinstance(error, Problems) else (error,)
            for problem in problems:
                assert problem.remedy
                assert problem.file == str(path)
    assert refused > 50
