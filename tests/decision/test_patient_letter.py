"""Promises about the letter to the patient: plain words, nothing claimed that the dossier does not say."""

from __future__ import annotations

import datetime
import re

import pytest

from netlm.decision import INTENTS, STATUSES, Decision, Recommendation
from netlm.dossier import Decided, basis_of
from netlm.dossier._plain import plain_words
from netlm.guidance import load_pack, program_of
from netlm.logic import VERDICTS, facts_of

DAY = datetime.date(2026, 11, 24)
LONGEST_MEAN_SENTENCE = 12
HIGHEST_LIX = 30
HIGHEST_GRADE = 6
"""School grade of the Flesch-Kincaid formula; a reader of 12 to 14 years is in grade 7 or 8."""
JARGON = (
    r"verdict|criteri|exclud|eligib|supported|conditional|outside_evidence|cannot_tell|cytoreduc|emboli[sz]ation|"
    r"ablation|hepatic|neoplasm|progressi|stable disease|somatostatin|receptor|bilobar|metasta|prognos|surviv|mortal|"
    r"median|hazard|\d ?%|per cent|will cure|will work|guarantee|safe and effective|extrahepatic|contraindic"
)
COULD = "These may also be possible for you."


def _letter(dossier, *chosen: str | None) -> str:
    recommendations = tuple(
        Recommendation(number, "tumour_control", option, None if option else "a walk", reason="as said")
        for number, option in enumerate(chosen, 1)
    )
    nothing = None if chosen else "put off"
    return Decided(dossier, Decision(basis_of(dossier), DAY, recommendations, nothing)).letter_to_patient()


def _own_words(letter: str) -> str:
    """The sentences of the letter itself: no heading, nothing in brackets, no note for the clinician."""
    body = letter.partition("Dear [name],")[2].partition("With kind regards")[0]
    body = re.sub(r"\n(- |\d\. )", "\n\n", body)
    return re.sub(r"\n[A-Z ,]+\n-+\n", "\n\n", re.sub(r"\[[^\]]*\]", "", body))


def _sentences(letter: str) -> list[list[str]]:
    parts = re.split(r"[.?!:](?=\s)|\n\n", _own_words(letter))
    found = [re.findall(r"[A-Za-z]+(?:-[a-z]+)?", part) for part in parts]
    return [words for words in found if words]


def _syllables(word: str) -> int:
    """Groups of vowels, a silent e at the end not counted."""
    groups = re.findall(r"[aeiouy]+", word.lower())
    silent = word.lower().endswith("e") and not word.lower().endswith("le") and len(groups) > 1
    return max(1, len(groups) - silent)


@pytest.mark.parametrize("chosen", [(), ("first",), ("all",)], ids=["none", "first", "all"])
def test_a_reader_of_twelve_to_fourteen_can_read_it(dossier_of, examples, chosen) -> None:
    """By three measures: words in a sentence, LIX (Björnsson 1968), and Flesch-Kincaid grade (Kincaid 1975)."""
    for path in examples:
        dossier = dossier_of(path.stem)
        options = {"first": list(dossier.options)[:1], "all": list(dossier.options)}.get("".join(chosen), [])
        sentences = _sentences(_letter(dossier, *options))
        words = [word for sentence in sentences for word in sentence]
        mean = len(words) / len(sentences)
        long_words = sum(len(word) > 6 for word in words) / len(words)
        grade = 0.39 * mean + 11.8 * sum(map(_syllables, words)) / len(words) - 15.59
        assert mean <= LONGEST_MEAN_SENTENCE, path.stem
        assert mean + 100 * long_words <= HIGHEST_LIX, path.stem
        assert grade <= HIGHEST_GRADE, path.stem
        assert max(map(len, sentences)) <= 40, path.stem


def test_the_measure_can_tell_plain_from_learned() -> None:
    """The measure itself, on text of a kind that a patient should not get."""
    learned = (
        "Dear [name],\nTransarterial radioembolisation necessitates multidisciplinary evaluation of hepatic"
        " functional reserve, particularly where previous biliary instrumentation predisposes to infectious"
        " complications of considerable severity. With kind regards"
    )
    (sentence,) = _sentences(learned)
    assert len(sentence) + 100 * sum(len(word) > 6 for word in sentence) / len(sentence) > 60


def test_no_jargon_no_figures_no_promises(dossier_of, examples) -> None:
    for path in examples:
        dossier = dossier_of(path.stem)
        for letter in (_letter(dossier, *dossier.options), _letter(dossier), _letter(dossier, None)):
            found = re.findall(JARGON, _own_words(letter), flags=re.IGNORECASE)
            assert not found, (path.stem, found)


def _listed(letter: str) -> dict[str, str]:
    """The treatments that were not chosen, each with the heading that it stands under."""
    part = letter.partition("THE TREATMENTS")[2] or letter.partition("OTHER TREATMENTS")[2]
    part = part.partition("Things can change")[0]
    found, heading = {}, ""
    for block in re.split(r"\n(?=- )|\n\n", part):
        text = " ".join(block.split())
        if text.startswith("- "):
            found[text[2:].partition(".")[0].lower()] = heading
        else:
            heading = text.rpartition("] ")[2] or text
    return found


def test_what_is_not_chosen_stands_under_what_the_dossier_says(dossier_of, examples, cautious_dossier) -> None:
    """Nothing that fails or is open is told as possible, and nothing possible or open as ruled out."""
    words, seen = plain_words(), set()
    grouped = {option: group.name for group in words.groups for option in group.options}
    for dossier in (*(dossier_of(path.stem) for path in examples), cautious_dossier):
        listed, case = _listed(_letter(dossier)), dossier.case.id
        members: dict[str, set[str]] = {}
        for option, one in dossier.options.items():
            members.setdefault(grouped.get(option, words.options[option][0]).lower(), set()).add(one.verdict)
        assert set(listed) == set(members), case
        for name, verdicts in members.items():
            seen |= verdicts
            possible = listed[name].startswith(COULD)
            assert possible == bool(verdicts & {"supported", "conditional"}), (case, name)
            if listed[name].startswith("The guide that we use does not advise"):
                assert verdicts <= {"excluded", "not_recommended"}, (case, name)
            if verdicts & {"cannot_tell"} and not possible and "extreme_caution" not in verdicts:
                assert listed[name] == "We cannot say yet if these would suit you:", (case, name)
    assert seen == {*VERDICTS, "cannot_tell"}


def test_what_is_chosen_is_not_listed_as_not_chosen(dossier_of) -> None:
    dossier = dossier_of("clean-ileal-g1")
    letter = _letter(dossier, *dossier.options)
    assert _listed(letter) == {}


def test_every_option_fact_intent_and_outcome_has_its_plain_words() -> None:
    """For whatever the pack can ask of a patient."""
    pack, words = load_pack(), plain_words()
    assert set(words.options) == set(pack.dictionary.options)
    assert {option for group in words.groups for option in group.options} <= set(words.options)
    facts = pack.dictionary.facts
    asked = {name for names in program_of(pack).inputs.values() for name in names if facts[name].is_entered}
    deciding = {
        fact
        for arguments in pack.arguments.values()
        for argument in arguments
        if argument.role not in ("supports", "conditions")
        for fact in facts_of(argument.when)
    }
    silent = {name for name in asked if facts[name].type.kind == "opaque"}
    assert (asked | deciding) - silent - set(words.facts) == set()
    assert set(words.intents) == set(INTENTS)
    assert set(words.statuses) == set(STATUSES)
    assert set(words.chosen) == {*VERDICTS, "cannot_tell", "other"}


def test_the_reason_names_what_really_failed(dossier_of) -> None:
    """The clean case fails the transplant criteria by one thing alone: its primary tumour is in place."""
    letter = " ".join(_letter(dossier_of("clean-ileal-g1"), "cytoreduction").split())
    assert "A liver transplant. This has to do with whether the first tumour has been taken out." in letter


def test_only_what_decided_is_given_as_the_reason(dossier_of, examples) -> None:
    """Every reason of a treatment that is not advised is a fact of an argument that certainly gave its verdict."""
    words, seen = plain_words(), 0
    for path in examples:
        dossier = dossier_of(path.stem)
        letter = " ".join(_letter(dossier).split())
        for option, one in dossier.options.items():
            name = words.options[option][0]
            said = re.search(rf"- {re.escape(name[:1].upper() + name[1:])}\. This has to do with (.+?)\.", letter)
            if said is None or any(option in group.options for group in words.groups):
                continue
            biting = [judged for judged in one.arguments if judged.effect.word == "true"]
            allowed = {words.facts[fact] for judged in biting for fact in facts_of(judged.argument.when)}
            named = re.split(r", (?!and )| and (?=wh|how|your|other)", said[1])
            assert {part for part in named if part in set(words.facts.values())} <= allowed, (path.stem, option)
            seen += 1
    assert seen > 20


@pytest.mark.parametrize(
    ("declined", "said"),
    [
        ("[embolization.tae]", "You told us that you do not want some of this. [Say what.]"),
        ("[embolization.tae, embolization.tace, embolization.deb_tace]", "You told us that you do not want this."),
        ("[embolization.tare]", None),
    ],
)
def test_a_wish_is_told_of_no_more_than_it_was_said_of(board, clean, declined, said) -> None:
    letter = " ".join(_letter(board({**clean, "declined_options": declined})).split())
    item = letter.partition("- Blocking the blood vessels that feed the tumours in your liver.")[2].partition(" - ")[0]
    assert item.strip().startswith(said) if said else "You told us" not in item


def test_what_is_done_elsewhere_is_told_of_no_more_than_that(board, clean) -> None:
    one = " ".join(_letter(board({**clean, "unavailable_options": "[ablation.cryotherapy]"})).split())
    assert "electric pulses. Some of this is not done here. [Say what.]" in one
    alone = " ".join(_letter(board({**clean, "unavailable_options": "[systemic.prrt]"})).split())
    assert "(PRRT). This is not done here. [Say where it is done.]" in alone


def test_the_board_s_own_words_are_bracketed_for_editing(dossier_of) -> None:
    letter = " ".join(_letter(dossier_of("clean-ileal-g1"), "cytoreduction").split())
    assert '[Say why in plain words. The minutes say: "as said".]' in letter


def test_the_plain_words_say_that_no_clinician_has_reviewed_them(decided) -> None:
    assert "Its plain words have not been reviewed by a clinician" in " ".join(decided.letter_to_patient().split())
