"""Promises about decision/1: what is written is read back as it was, whatever was typed, and nothing ever crashes."""

from __future__ import annotations

import dataclasses
import datetime
import json
import random
import string

import hypothesis.strategies as st
import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings

from netlm.decision import (
    INTENTS,
    NEEDS_REASON,
    STATUSES,
    Again,
    Alternative,
    Basis,
    CarriedOut,
    Decision,
    Recommendation,
    Standing,
    Task,
    Trial,
    read_decision,
)  # fmt: skip
from netlm.dossier import Decided
from netlm.errors import Problems
from netlm.files import parse_text
from netlm.logic import VERDICTS

DAYS = st.dates(datetime.date(2026, 11, 24), datetime.date(2099, 12, 31))
NOT_MEANT = ("null", "none", "no", "tbd", "todo", "unknown")


def _clean(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


TEXTS = (
    st.text(min_size=1, max_size=60)
    .map(_clean)
    .filter(lambda text: any(sign.isalnum() for sign in text) and text.casefold() not in NOT_MEANT)
    .map(lambda text: f"{text} a1")
)
OPTIONS = {
    "cytoreduction": Standing("supported", ("supported",)),
    "transplantation.milan": Standing("excluded", ("excluded",)),
    "embolization.tae": Standing("cannot_tell", ("excluded", "conditional")),
    "embolization.tare": Standing("extreme_caution", ("extreme_caution",)),
    "systemic.prrt": Standing("outside_evidence", ("outside_evidence",)),
    "systemic.captem": Standing("conditional", ("conditional",)),
}
BASES = st.builds(
    Basis,
    case=st.text(string.ascii_letters + string.digits + "._-", min_size=1, max_size=64).filter(str.isalnum),
    as_of=st.dates(datetime.date(2020, 1, 1), datetime.date(2026, 11, 24)),
    dossier=st.text("0123456789abcdef", min_size=64, max_size=64),
    guidance=st.just("landmark_2020"),
    guidance_year=st.integers(1990, 2099),
    version=st.just("0.1.0"),
    options=st.just(OPTIONS),
    conventions=st.dictionaries(st.sampled_from(["few_lesions", "lab_valid_for"]), st.just("4"), max_size=2),
    data=st.sampled_from([None, "real", "synthetic", "published"]),
)
DONE = st.builds(
    CarriedOut,
    status=st.sampled_from(STATUSES),
    date=DAYS,
    reason=TEXTS,
    patient_wish=st.sampled_from([None, True, False]),
)
MAYBE_TEXTS = st.none() | st.lists(TEXTS, max_size=3).map(tuple)


@st.composite
def _recommendation(draw, order: int) -> Recommendation:
    option = draw(st.sampled_from([None, *list(OPTIONS)[:3]]))
    needed = option is not None and OPTIONS[option].verdict in NEEDS_REASON
    return Recommendation(
        order, draw(st.sampled_from(INTENTS)), option, None if option else draw(TEXTS),
        draw(TEXTS if needed else st.none() | TEXTS), draw(MAYBE_TEXTS), draw(st.none() | DONE),
    )  # fmt: skip


@st.composite
def decisions(draw) -> Decision:
    orders = draw(st.lists(st.integers(1, 50), unique=True, max_size=3))
    recommendations = tuple(draw(_recommendation(order)) for order in orders)
    alternatives = st.lists(
        st.builds(Alternative, option=st.sampled_from(list(OPTIONS)[3:]), reason=st.none() | TEXTS)
        | st.builds(Alternative, other=TEXTS, reason=st.none() | TEXTS),
        max_size=2,
    ).map(tuple)
    return Decision(
        basis=draw(BASES),
        date=datetime.date(2026, 11, 24),
        recommendations=recommendations,
        no_decision=None if recommendations else draw(TEXTS),
        present=draw(st.none() | st.lists(TEXTS, min_size=1, max_size=4).map(tuple)),
        alternatives=draw(st.none() | alternatives),
        dissent=draw(MAYBE_TEXTS),
        patient_view=draw(st.none() | TEXTS),
        trial=draw(st.none() | st.builds(Trial, considered=st.booleans(), note=st.none() | TEXTS)),
        tasks=draw(st.none() | st.lists(st.builds(Task, what=TEXTS, owner=TEXTS, due=DAYS), max_size=2).map(tuple)),
        discuss_again=draw(st.none() | st.builds(Again, date=DAYS, when=st.none() | TEXTS)),
    )


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(decisions())
def test_what_is_written_is_read_back_as_it_was(decision_schema, decision: Decision) -> None:
    """Nothing lost, nothing added: "none" stays none, "not recorded" stays not recorded."""
    content = decision.to_json()
    assert read_decision(parse_text(content, "d.json"), "d.json") == decision
    decision_schema.validate(json.loads(content))
    pretty = json.dumps(decision.to_dict(), indent=2, ensure_ascii=True)
    assert read_decision(parse_text(pretty, "d.json"), "d.json") == decision


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(decisions())
def test_whatever_was_recorded_becomes_every_document(decided, clean_dossier, decision: Decision) -> None:
    """Within its columns, with every recommendation and task in it."""
    record = dataclasses.replace(decision, basis=decided.decision.basis)
    made = Decided(clean_dossier, record)
    for text in (made.minutes(), made.tasks(), made.letter_to_referrer(), made.letter_to_patient()):
        assert max(map(len, text.splitlines())) <= 100
        assert all(sign.isprintable() or sign == "\n" for sign in text)
    minutes = "".join(made.minutes().split())
    for said in (*(one.other for one in record.recommendations), *(task.what for task in record.tasks or ())):
        assert said is None or "".join(said.split()) in minutes


@pytest.fixture(scope="session")
def decision_schema() -> jsonschema.Draft202012Validator:
    from importlib.resources import files

    schema = json.loads((files("netlm.decision") / "decision-1.schema.json").read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(schema)


def test_the_schema_says_what_the_model_says(decision_schema) -> None:
    schema = decision_schema.schema["$defs"]
    assert schema["recommendation"]["properties"]["intent"]["enum"] == list(INTENTS)
    assert schema["carried_out"]["properties"]["status"]["enum"] == list(STATUSES)
    assert schema["verdict"]["enum"] == list(VERDICTS)


NAME = "Zebediah Quuxenstein"
NASTY = (
    NAME, f"{NAME}: 1", f"{{what: {NAME}}}", f"[{NAME}, {NAME}]", "{", "}", "[", "]", "- ", "...", "null", "~", "none",
    "&a ", "*a", "!!python/object:os.system ", "<<: ", "---\n", "|\n  x", ">\n", "\x00", "\u202e", "9999-12-31",
    "0000-00-00", "0001-01-01", "2026-02-30", "-1", "1e400", "99999999999999999999", "0x10", "1_0", "yes", "{}", "[]",
    "{status: done}", "[[[[[[[[[[[[[[[[[[[[[[", "systemic.prrt", "\ud7ff", "é", "\U0001f600", "'", '"', "\\u0000",
)  # fmt: skip


def _mutant(chance: random.Random, text: str) -> bytes:
    for _ in range(chance.randint(1, 3)):
        lines = text.split("\n")
        at, kind = chance.randrange(len(lines)), chance.randrange(6)
        if kind == 0 and ":" in lines[at]:
            lines[at] = f"{lines[at].partition(':')[0]}: {chance.choice(NASTY)}"
        elif kind == 1:
            del lines[at]
        elif kind == 2:
            lines.insert(at, chance.choice(lines))
        elif kind == 3:
            lines[at] = " " * chance.randrange(6) + lines[at].lstrip()
        elif kind == 4:
            place = chance.randrange(len(lines[at]) + 1)
            lines[at] = lines[at][:place] + chance.choice(NASTY) + lines[at][place:]
        else:
            lines[at] = "".join(chance.choice("0123456789") if sign.isdigit() else sign for sign in lines[at])
        text = "\n".join(lines)
    return text.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("seed", range(4))
def test_no_broken_file_crashes_or_repeats_a_name(form, full, decided, seed) -> None:
    """A decision or ``Problems``, each with file, remedy and code; free text never comes back in a message."""
    chance = random.Random(seed)
    texts = [form + full, json.dumps(decided.decision.to_dict(), indent=1)]
    refused = [*filter(None, (_refused(_mutant(chance, chance.choice(texts)), decided) for _ in range(400)))]
    assert len(refused) > 200
    for problems in refused:
        said = json.dumps(problems.to_dict()).lower() + str(problems).lower()
        assert not any(part in said for part in NAME.lower().split()), said
        assert all(one.file == "d.yaml" and one.remedy and one.code for one in problems.problems)


def _refused(content: bytes, decided) -> Problems | None:
    try:
        read_decision(parse_text(content, "d.yaml"), "d.yaml", decided.decision.basis)
    except Problems as problems:
        return problems
    return None


def test_a_name_where_an_option_or_a_convention_stands_is_not_repeated(form, full, decided) -> None:
    for old, new in (
        ("    cytoreduction: {", f"    {NAME}: {{"),
        ("    cytoreduction: {", f"    {NAME}: 1\n    cytoreduction: {{"),
        ("  options:\n", f"  conventions: {{{NAME}: {NAME}}}\n  options:\n"),
        ("  options:\n", f"  conventions: {{{NAME}: }}\n  options:\n"),
        ("  options:\n", f"  {NAME}: 1\n  options:\n"),
    ):
        assert old in form
        problems = _refused((form.replace(old, new) + full).encode(), decided)
        assert problems is not None
        assert not any(part in str(problems.to_dict()).lower() for part in NAME.lower().split())
