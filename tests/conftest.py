"""What all tests share: no network at all, and short ways to write a case, read it and put it on the board."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

import netlm
from netlm.case import Case, read_case
from netlm.dictionary import Dictionary, load_dictionary
from netlm.dossier import Dossier
from netlm.errors import Problem, Problems
from netlm.files import parse_text

ROOT = Path(__file__).resolve().parent.parent
NETWORK = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "socket.bind")


class NetworkBlockedError(AssertionError):
    """Something reached for the network."""


def _no_network(event: str, args: object) -> None:
    if event in NETWORK:
        raise NetworkBlockedError(event)


sys.addaudithook(_no_network)
os.environ["NETLM_CACHE"] = "off"  # no test leaves anything in the folder of whoever runs it

hypothesis.settings.register_profile(
    "netlm", deadline=None, derandomize=True, database=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("netlm")


def write_case(facts: dict[str, str] | None = None, head: str = "", tail: str = "", as_of: str = "2026-11-20") -> str:
    """A case file: ``head`` goes before ``facts:`` (which is on line 4 without one), ``tail`` after the facts."""
    lines = [f"  {name}: {value}\n" for name, value in (facts or {}).items()]
    return f"netlm: case/1\nid: case-1\nas_of: {as_of}\n{head}facts:\n{''.join(lines)}{tail}"


@pytest.fixture(scope="session")
def case_text():
    """``case_text(facts, head, tail, as_of)``: a case file as text."""
    return write_case


@pytest.fixture(scope="session")
def read():
    """``read(text or facts, ...)``: the case."""

    def read(facts: str | dict[str, str] | None = None, *, dictionary: Dictionary | None = None, **more: str) -> Case:
        text = facts if isinstance(facts, str) else write_case(facts, **more)
        return read_case(parse_text(text, "case.yaml"), "case.yaml", dictionary)

    return read


@pytest.fixture(scope="session")
def problems(read):
    """``problems(text or facts, ...)``: everything for which the case is refused."""

    def problems(facts: str | dict[str, str] | None = None, **more: str) -> tuple[Problem, ...]:
        with pytest.raises(Problems) as caught:
            read(facts, **more)
        return caught.value.problems

    return problems


@pytest.fixture(scope="session")
def board(read):
    """``board(text or facts, what_if=..., ...)``: the dossier."""

    def board(
        facts: str | dict[str, str] | None = None, *, what_if: dict[str, str] | None = None, **more: str
    ) -> Dossier:
        return netlm.board(read(facts, **more), what_if=what_if)

    return board


@pytest.fixture(scope="session")
def flags(board):
    """``flags(facts, ...)``: what is flagged, as (flag, fact) pairs."""

    def flags(facts: str | dict[str, str] | None = None, **more: str) -> set[tuple[str, str | None]]:
        return {(flag.id, flag.fact) for flag in board(facts, **more).assessment.flags}

    return flags


@pytest.fixture(scope="session")
def dictionary() -> Dictionary:
    """The dictionary as shipped."""
    return load_dictionary()


@pytest.fixture(scope="session")
def clean() -> dict[str, str]:
    """Facts of a patient of whom everything of the core is known (synthetic)."""
    return {
        "age": "52",
        "primary_site": "ileum",
        "primary_status": "resected",
        "differentiation": "well",
        "ki67": "2 %",
        "mitoses": "1",
        "syndromes": "[carcinoid_syndrome]",
        "symptoms": "[hormonal]",
        "sstr": "positive",
        "extrahepatic_disease": "none",
        "disease_state": "stable",
        "disease_state_months": "8",
        "months_since_progression": "20",
        "liver_involvement": "20 %",
        "liver_metastases": "9",
        "largest_metastasis": "3.2 cm",
        "distribution": "bilobar",
        "achievable_debulking": "95 %",
        "bilirubin": "0.7 mg/dL",
        "main_portal_vein_thrombosis": "no",
        "bilioenteric_anastomosis": "no",
        "renal_insufficiency": "no",
        "hepatic_insufficiency": "no",
        "carcinoid_heart_disease": "no",
        "multiple_comorbidities": "no",
    }


@pytest.fixture(scope="session")
def examples() -> list[Path]:
    """The example cases."""
    return sorted((ROOT / "examples" / "cases").glob("*.yaml"))


NAME = "Zebediah Quuxenstein"
NASTY = (
    NAME,
    f"question: {NAME}\n",
    f"  note: {NAME}\n",
    f"{{value: yes, source: {NAME}, note: {NAME}}}",
    f"{{unknown: {NAME}}}",
    f"{NAME}: 1\n",
    f"52 {NAME}",
    "{",
    "}",
    "[",
    "]",
    ": ",
    "#",
    "'",
    '"',
    "\n",
    "\t",
    "  ",
    "- ",
    "|\n",
    ">\n",
    "&a ",
    "*a",
    "!!int ",
    "<<: ",
    "---\n",
    "?",
    "\x00",
    "\ufeff",
    "\u2028",
    "é",
    "𝟙",
    "٣",
    "-",
    "~",
    ",",
    ".",
    "%",
    "9999999999999999",
    "0.15",
    "3,2 cm",
    "25-18 %",
    "18-25 %",
    "at least 8",
    "8+",
    "more than 0",
    "1e400",
    "nan",
    "inf",
    "yes",
    "no",
    "none",
    "null",
    "[]",
    "{}",
    "9999",
    "9999-12-31",
    "0000-00-00",
    "0001-01-01",
    "2026-02-30",
    "{min: 1, max: 0}",
    "{one_of: []}",
    "{not: []}",
    "{value: {value: {value: 1}}}",
    "{at_least: []}",
    "{above: 100 %}",
    "{value: 5 %, error: 200 %}",
    "{value: 1, error: 1}",
    "lesions: [{}]\n",
    "  specimens: [{}, {}]\n",
    "  treatments: [{what: x}]\n",
    "  liver_metastases: 0\n",
    "  lesions: {at_least: [{size: 1 mm}]}\n",
    "history: [{}]\n",
    "checked_absent: []\n",
    "% of liver volume",
    "umol/L",
    "per 10 HPF",
    "\\",
    "\r",
    "[[[[[[[[[[[[[[[[[[[[[",
    "{a: {a: {a: {a: {a: {a: {a: {a: ",
)

KINDS = (0, 1, 2, 2, 2, 2, 3, 4, 5, 5, 5, 6, 7, 7, 7, 8)


def _mutant(chance: random.Random, texts: list[str]) -> bytes:
    """One case file with one to three things wrong with it, or not."""
    text = chance.choice(texts)
    for _ in range(chance.randint(1, 3)):
        lines, kind = text.split("\n"), chance.choice(KINDS)
        at, line = chance.randrange(len(text) + 1), chance.randrange(len(lines))
        if kind == 0:
            text = text[:at] + chance.choice(NASTY) + text[at:]
        elif kind == 1:
            text = text[:at] + text[at + chance.randint(1, 12) :]
        elif kind == 2 and ":" in lines[line]:
            lines[line] = f"{lines[line].partition(':')[0]}: {chance.choice(NASTY)}"
            text = "\n".join(lines)
        elif kind == 3:
            other = chance.choice(texts).split("\n")
            lines.insert(line, chance.choice(other))
            text = "\n".join(lines)
        elif kind == 4:
            del lines[line]
            text = "\n".join(lines)
        elif kind == 5:
            other = chance.randrange(len(lines))
            head, colon, _ = lines[line].partition(":")
            lines[line] = head + colon + lines[other].partition(":")[2]
            text = "\n".join(lines)
        elif kind == 6:
            lines[line] = (
                (" " * chance.randint(0, 4)) + lines[line].lstrip() if chance.random() < 0.5 else f" {lines[line]}"
            )
            text = "\n".join(lines)
        elif kind == 7:
            lines[line] = "".join(
                str(chance.randrange(10)) if sign.isdigit() and chance.random() < 0.5 else sign for sign in lines[line]
            )
            text = "\n".join(lines)
        else:
            text = text[:at] if chance.random() < 0.2 else text[:at] + text[at : at + 30] + text[at:]
    content = bytearray(text.encode())
    for _ in range(chance.choice((0,) * 10 + (1, 3))):
        if content:
            content[chance.randrange(len(content))] = chance.randrange(256)
    return bytes(content)


@pytest.fixture(scope="session")
def mutants(examples):
    """``mutants(number, seed)``: so many broken case files, the same every time."""
    texts = [path.read_text(encoding="utf-8") for path in examples]

    def mutants(number: int, seed: int) -> Iterator[bytes]:
        chance = random.Random(seed)
        return (_mutant(chance, texts) for _ in range(number))

    return mutants


@pytest.fixture(scope="session")
def planted() -> tuple[str, ...]:
    """Parts of a name planted in the broken files; no message or log may hold them."""
    return tuple(NAME.lower().split())
