"""Promises about the arithmetic: damaged numbers raise an alarm, sound ones do not."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from netlm.dictionary import knowledge_folder, load_dictionary
from netlm.errors import Problem, Problems
from netlm.evidence import alarms, alarms_as_printed, load_evidence, read_publication
from netlm.evidence._numbers import read_number, read_p
from netlm.files import Record, parse_text

AUDIT = yaml.safe_load((Path(__file__).parent / "audit.yaml").read_text(encoding="utf-8"))
HEAD = """netlm: publication/1
id: a-trial
name: A trial
title: A trial
design: randomised-3
reports: [rinke-2009]
known: verified
seen: [address]
"""
TRIAL = (
    HEAD
    + """size: {value: '200'}
arms:
  drug: {title: drug, n: 100, role: experimental, class: drug}
  placebo: {title: placebo, n: 100, role: control, class: placebo}
results:
  - id: progression
    endpoint: pfs
    ratio: {hazard: 0.50 (0.35 to 0.71), arm: drug, against: placebo, p: '0.0001'}
    medians: {drug: 18.0 months (15.1 to 22.0), placebo: 9.0 months}
    values:
      - {what: free of progression, arm: drug, at: 12 months, value: 64 % (54 to 73), of: 100}
      - {what: objective response, arm: drug, value: 18 %, count: 18, of: 100}
"""
)
DAMAGED = {
    "interval": ("0.50 (0.35 to 0.71)", "0.50 (0.55 to 0.71)"),
    "off-centre": ("0.50 (0.35 to 0.71)", "0.37 (0.35 to 0.71)"),
    "direction": ("0.50 (0.35 to 0.71)", "2.00 (1.41 to 2.86)"),
    "p-and-interval": ("p: '0.0001'", "p: '0.03'"),
    "p-and-one": ("0.50 (0.35 to 0.71), arm: drug, against: placebo, p: '0.0001'",
                  "0.80 (0.50 to 1.28), arm: drug, against: placebo, p: '0.03'"),
    "p-one-sided": ("0.50 (0.35 to 0.71), arm: drug, against: placebo, p: '0.0001'",
                    "0.64 (0.40 to 1.05), arm: drug, against: placebo, p: '0.037'"),
    "arms-sum": ("value: '200'", "value: '205'"),
    "out-of-range": ("64 % (54 to 73)", "64 % (54 to 103)"),
    "symmetric": ("64 % (54 to 73)", "95 % (91 to 99)"),
    "median-and-rate": ("64 % (54 to 73)", "34 % (25 to 43)"),
    "no-such-share": ("value: 18 %, count: 18", "value: 18 %, count: 19"),
    "no-denominator": ("value: 18 %, count: 18, of: 100", "value: 18 %"),
    "denominator": ("count: 18, of: 100", "count: 54, of: 300"),
    "interim": ("endpoint: pfs\n", "endpoint: pfs\n    analysis: interim\n"),
    "rates-rise": ("what: objective response, arm: drug, value: 18 %, count: 18",
                   "what: free of progression, arm: drug, at: 15 months, value: 69 %"),
}  # fmt: skip


def _read(text: str):
    return read_publication(Record(parse_text(text, "trial.yaml"), "trial.yaml"), load_dictionary())


def test_a_sound_trial_raises_nothing() -> None:
    """Rounding is allowed for."""
    assert list(alarms(_read(TRIAL))) == []


@pytest.mark.parametrize("check", DAMAGED)
def test_damage_is_refused_at_load_with_file_line_and_remedy(check: str) -> None:
    """Each rule by itself, told so that it can be mended."""
    old, new = DAMAGED[check]
    assert old in TRIAL
    with pytest.raises(Problems) as caught:
        _read(TRIAL.replace(old, new))
    told = [problem for problem in caught.value.problems if f"{{{check}: ...}}" in problem.remedy]
    assert told, caught.value
    assert told[0].code == "evidence-alarm"
    assert told[0].file == "trial.yaml"
    assert told[0].line or told[0].place in ("size", "baseline")


@pytest.mark.parametrize("check", DAMAGED)
def test_an_accepted_alarm_needs_its_reason_and_its_alarm(check: str) -> None:
    """What stands nevertheless says why; a reason for an alarm that is not raised is refused."""
    if check == "arms-sum":
        with pytest.raises(Problems, match="accepted where it raises no alarm"):
            _read(TRIAL + "accepted: {arms-sum: a reason}\n")
        return
    old, new = DAMAGED[check]
    text = TRIAL.replace(old, new)
    raised = {alarm.check for alarm in alarms(_unchecked(text))}
    reasons = ", ".join(f"{one}: a reason" for one in sorted(raised))
    _read(f"{text}    accepted: {{{reasons}}}\n")
    with pytest.raises(Problems, match="accepted where it raises no alarm"):
        _read(f"{TRIAL}    accepted: {{{check}: a reason}}\n")


def test_more_than_all_are_refused_beside_a_share_too() -> None:
    """A count above its denominator is none, whatever share stands beside it."""
    with pytest.raises(Problems, match="a count within its denominator"):
        _read(TRIAL.replace("value: 64 % (54 to 73), of: 100", "value: 64 % (54 to 73), count: 104, of: 100"))


def test_no_share_of_the_patients_at_the_start_is_more_than_all() -> None:
    """106 % of 189 is a count of 200 of them."""
    with pytest.raises(Problems, match="106 % leaves 0 to 100 %"):
        _read(TRIAL.replace("results:\n", "baseline: [{what: symptoms, value: 106 %, of: 189}]\nresults:\n", 1))


def test_the_count_beside_a_rate_gives_the_rate() -> None:
    """33 of 41 are 80.5 %, at whatever month."""
    rate = "value: 64 % (54 to 73)"
    assert not list(alarms(_read(TRIAL.replace(rate, f"{rate}, count: 64"))))
    with pytest.raises(Problems, match="no count of 100 is 64 %"):
        _read(TRIAL.replace(rate, f"{rate}, count: 46"))


def test_who_dies_before_progression_counts_for_both() -> None:
    """Progression-free survival ends with death, so half are past it no later than half have died."""
    death = "  - id: survival\n    endpoint: os\n    medians: {drug: 9.5 months, placebo: not reached}\n"
    with pytest.raises(Problems, match=r"median progression-free survival 18.0 months .* median survival 9.5 months"):
        _read(TRIAL + death)
    assert not list(alarms(_read(TRIAL + death.replace("9.5", "29.5"))))


def _unchecked(text: str):
    record = Record(parse_text(text, "trial.yaml"), "trial.yaml")
    return read_publication(record, load_dictionary(), printed=True)


def test_every_study_that_ships_can_be_true() -> None:
    """Whatever alarm its numbers raise is accepted with a reason, which is text."""
    evidence = load_evidence()
    for study in evidence.studies.values():
        reasons = {check: why for result in study.results for check, why in result.accepted.items()} | study.accepted
        for alarm in alarms(study):
            assert reasons[alarm.check].strip(), (study.id, alarm)


def test_the_print_raises_an_alarm_on_every_damage_that_arithmetic_can_see() -> None:
    """Item by item of the audit."""
    printed = alarms_as_printed()
    for item, one in AUDIT["caught"].items():
        found = {(alarm.place, alarm.check) for alarm in printed[one["study"]]}
        assert (one["place"], one["check"]) in found, item
    for one in AUDIT["also_caught"]:
        found = {(alarm.place, alarm.check) for alarm in printed[one["study"]]}
        assert (one["place"], one["check"]) in found, one


def test_what_no_alarm_catches_is_said_in_the_audit() -> None:
    """The wrong denominator of Kwekkeboom's responses, entered as if it were printed, fits the shares."""
    text = (knowledge_folder() / "publications" / "kwekkeboom-2008.yaml").read_text(encoding="utf-8")
    for share, count in ((2, 10), (28, 141), (16, 81)):
        old = f"arm: all, value: {share} %}}"
        assert old in text
        text = text.replace(old, f"arm: all, value: {share} %, of: 504}}")
        assert f"{count}" in AUDIT["not_caught"]["A17"]
        assert round(100 * count / 504) == share
    record = Record(parse_text(text, "as-printed.yaml"), "as-printed.yaml")
    printed = read_publication(record, load_dictionary(), printed=True)
    assert not [alarm for alarm in alarms(printed) if alarm.place == "response"]
    assert set(AUDIT["not_caught"]) <= set(AUDIT["caught"])


def test_the_corrected_values_do_not_raise_what_the_print_raises() -> None:
    """Correcting a value silences its alarm, unless the study says why the alarm stands."""
    evidence = load_evidence()
    for item, one in AUDIT["caught"].items():
        study = evidence.study(one["study"])
        found = {(alarm.place, alarm.check) for alarm in alarms(study)}
        result = study.result(one["place"])
        accepted = result.accepted if result else study.accepted
        stands = one["check"] in accepted
        assert ((one["place"], one["check"]) in found) == stands, item


def test_every_item_of_the_audit_is_caught_or_says_why_not() -> None:
    """A01 to A36, each once."""
    items = [*AUDIT["caught"], *AUDIT["beyond_arithmetic"]]
    assert sorted(items) == [f"A{number:02}" for number in range(1, 37)]
    assert all(reason.strip() for reason in AUDIT["beyond_arithmetic"].values())


@pytest.mark.parametrize(
    ("text", "value", "unit", "low", "high"),
    [
        ("14.3 months", 14.3, "months", None, None),
        ("10.5 years", 126.0, "months", None, None),
        ("2.2 years (1.5 to 3)", 26.4, "months", 18.0, 36.0),
        ("0.34 (0.20 to 0.59)", 0.34, "", 0.2, 0.59),
        ("22.8 months (19.4 to not reached)", 22.8, "months", 19.4, None),
        ("not reached", None, "", None, None),
        ("80.5 %", 80.5, "%", None, None),
        ("-70 %", -70.0, "%", None, None),
        ("0.46 Gy/GBq", 0.46, "Gy/GBq", None, None),
    ],
)
def test_numbers_are_read_as_printed(text: str, value: float, unit: str, low: float, high: float) -> None:
    """Times become months; an open end stays open."""
    number = read_number(text)
    assert number.value == pytest.approx(value) if value is not None else number.value is None
    assert (number.unit, number.low, number.high) == (unit, pytest.approx(low) if low else low, high)


@pytest.mark.parametrize("text", ["", "about 5", "5-6 months", "1,5 months", "0.34 (0.20-0.59)", "12 (3 to)", "nan"])
def test_other_text_is_no_number(text: str) -> None:
    """Refused with an example of what is."""
    with pytest.raises(Problem):
        read_number(text)


@pytest.mark.parametrize("text", ["", "0", "1.5", "p = 0.03", "< ", "-0.1"])
def test_other_text_is_no_p(text: str) -> None:
    """p lies above 0 and at most at 1."""
    with pytest.raises(Problem):
        read_p(text)


@given(
    log_ratio=st.floats(-1.8, 1.8), se=st.floats(0.08, 0.6), months=st.floats(3.0, 40.0),
    decimals=st.sampled_from([2, 3]),
)  # fmt: skip
def test_a_consistent_trial_never_raises_an_alarm(log_ratio: float, se: float, months: float, decimals: int) -> None:
    """Whatever the truth, numbers computed from it and rounded are accepted."""
    from math import erf, exp, sqrt

    z = 1.959964
    ratio, low, high = (f"{exp(log_ratio + k * z * se):.{decimals}f}" for k in (0, -1, 1))
    p = 2 * (1 - (1 + erf(abs(log_ratio) / se / sqrt(2))) / 2)
    told = f"{p:.3f}" if p >= 0.001 else "<0.001"
    if float(ratio) == 1 or float(low) <= 0 or not float(low) < float(ratio) < float(high):
        return
    other = months * exp(log_ratio)
    text = (
        HEAD
        + "arms:\n  drug: {title: drug}\n  placebo: {title: placebo}\n"
        + "results:\n  - id: progression\n    endpoint: pfs\n"
        + f"    ratio: {{hazard: {ratio} ({low} to {high}), arm: drug, against: placebo, p: '{told}'}}\n"
        + f"    medians: {{drug: {months:.1f} months, placebo: {other:.1f} months}}\n"
    )
    found = [alarm for alarm in alarms(_unchecked(text)) if alarm.check != "p-and-one"]
    assert found == []
