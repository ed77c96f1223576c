"""An old finding still speaks against a treatment; it no longer reassures where an absolute exclusion hangs on it."""

from __future__ import annotations

import pytest

OLD, NEW = "2026-01-01", "2026-11-10"
EMBOLIZATION = ("embolization.tae", "embolization.tace", "embolization.tare")


@pytest.fixture(scope="module")
def possible(board, clean):
    def possible(option, **facts):
        return set(board({**clean, **facts}).options[option].possible)

    return possible


def finding(value: str, date: str) -> str:
    return f"{{value: {value}, date: {date}}}"


@pytest.mark.parametrize("option", EMBOLIZATION)
@pytest.mark.parametrize(
    ("fact", "reassures", "against"),
    [
        ("main_portal_vein_thrombosis", "no", "yes"),
        ("bilirubin", "0.7 mg/dL", "3 mg/dL"),
        ("hepatic_insufficiency", "no", "yes"),
    ],
)
def test_a_stale_reassuring_finding_counts_as_unknown_for_an_absolute_exclusion(
    possible, option, fact, reassures, against
):
    current = possible(option, **{fact: finding(reassures, NEW)})
    assert "excluded" not in current
    assert possible(option, **{fact: reassures}) == current
    assert possible(option, **{fact: finding(reassures, OLD)}) == current | {"excluded"}


@pytest.mark.parametrize("option", EMBOLIZATION)
@pytest.mark.parametrize(("fact", "against"), [("main_portal_vein_thrombosis", "yes"), ("bilirubin", "3 mg/dL")])
def test_a_stale_finding_that_speaks_against_still_counts(possible, option, fact, against):
    assert possible(option, **{fact: finding(against, OLD)}) == {"excluded"}
    assert possible(option, **{fact: finding(against, NEW)}) == {"excluded"}


def test_a_stale_finding_is_asked_for_again(board, clean):
    facts = {**clean, "main_portal_vein_thrombosis": finding("no", OLD)}
    option = board(facts).options["embolization.tae"]
    assert "main_portal_vein_thrombosis" in [missing.fact for missing in option.missing]
    again = board(facts, what_if={"main_portal_vein_thrombosis": "no"}).options["embolization.tae"]
    assert "excluded" not in again.possible


def test_a_stale_list_of_absent_findings_no_longer_reassures(board, clean):
    facts = {name: value for name, value in clean.items() if name != "main_portal_vein_thrombosis"}
    for date, open_again in ((OLD, True), (NEW, False)):
        tail = f"checked_absent: {{facts: [main_portal_vein_thrombosis], date: {date}}}\n"
        assert ("excluded" in board(facts, tail=tail).options["embolization.tae"].possible) == open_again


def test_what_never_goes_stale_reassures_for_ever(board, clean):
    dossier = board({**clean, "ki67": finding("2 %", "2010-01-01")})
    assert not dossier.assessment.stale


def test_stale_findings_are_named_with_their_date(board, clean):
    dossier = board({**clean, "main_portal_vein_thrombosis": finding("no", OLD)})
    (flag,) = [flag for flag in dossier.assessment.flags if flag.id == "stale"]
    assert flag.fact == "main_portal_vein_thrombosis"
    assert OLD in flag.says


def test_a_convention_of_a_month_and_a_half_is_not_read_as_one_month():
    """Months are calendar months: a part of one is refused, not cut off."""
    import netlm

    with pytest.raises(netlm.Problems, match="whole number"):
        netlm.load_pack(conventions={"valid_for_laboratory": "1.5 months"})
