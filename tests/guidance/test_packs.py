"""Promises about a centre's own pack: what it may change, and how its mistakes are told."""

from __future__ import annotations

from pathlib import Path

import pytest

import netlm
from netlm.errors import Problems
from netlm.guidance import Program, load_pack

HEAD = "netlm: guidance-pack/1\nid: centre\ntitle: A centre\nyear: 2026\n"
REFERENCES = """netlm: references/1
references:
  house-rules: {authors: The centre, title: House rules, year: 2026}
"""
ARGUMENT = """netlm: guidance/1
option: {option}
arguments:
  - id: {id}
    role: {role}
    strength: general
    when: '{when}'
    limit: {limit}
    says: A rule of the house
    provenance: convention
    facts: []
    cite: {{via: {via}, section: surgery, refs: []}}
"""


def _argument(**more: str) -> str:
    given = {"option": "cytoreduction", "id": "house", "role": "excludes", "when": "age > limit", "limit": "80 years",
             "via": "netlm-boundary-decisions", **more}  # fmt: skip
    return ARGUMENT.format(**given)


def _pack(folder: Path, head: str = "extends: landmark_2020\n", **files: str) -> Path:
    (folder / "pack.yaml").write_text(HEAD + head, encoding="utf-8")
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def _problem(folder: Path) -> str:
    with pytest.raises(Problems) as caught:
        Program(load_pack(folder))
    return str(caught.value)


def test_an_argument_of_the_same_option_and_id_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    """Everything else stays."""
    base = load_pack()
    pack = load_pack(_pack(tmp_path, house=_argument(id="multiple-comorbidities")))
    found = {argument.id: argument for argument in pack.arguments["cytoreduction"]}
    assert found["multiple-comorbidities"].says == "A rule of the house"
    assert set(found) == {argument.id for argument in base.arguments["cytoreduction"]}
    prrt = [[argument.id for argument in one.arguments["systemic.prrt"]] for one in (pack, base)]
    assert prrt[0] == prrt[1]


def test_an_argument_is_added_and_another_left_out_with_its_reason(tmp_path: Path) -> None:
    """The reason is asked for."""
    omit = "omit: [{option: cytoreduction, argument: net-g3, because: operated here}]\n"
    pack = load_pack(_pack(tmp_path, "extends: landmark_2020\n" + omit, house=_argument()))
    found = {argument.id for argument in pack.arguments["cytoreduction"]}
    assert "house" in found
    assert "net-g3" not in found


def test_a_pack_brings_its_own_references(tmp_path: Path) -> None:
    """House rules are cited as what they are."""
    pack = load_pack(_pack(tmp_path, house=_argument(via="house-rules"), references=REFERENCES))
    assert pack.references["house-rules"].short == "The centre 2026"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"house": _argument(when="agee > limit")}, "Did you mean `age`"),
        ({"house": _argument(limit="80 mm")}, "a value in years"),
        ({"house": _argument(limit="500 years")}, "0 to 130"),
        ({"house": _argument(limit="0 years", when="age < limit")}, "some possible values meet"),
        ({"house": _argument(when="age > 80")}, "numbers stand under a name"),
        ({"house": _argument(option="cytoreducton")}, "Did you mean `cytoreduction`"),
        ({"house": _argument(via="nobody")}, "a reference of references.yaml"),
        ({"house": _argument(role="forbids")}, "one of advises_against"),
        ({"house": _argument(when="(" * 60 + "age > limit" + ")" * 60)}, "nested too deeply"),
        ({"house": _argument(when="not verdict(ablation.intraoperative) in [supported] and age > limit")}, "circle"),
        ({"house": "netlm: guidance/1\noption: [cytoreduction\n"}, "not YAML"),
    ],
)
def test_mistakes_are_told_with_file_place_and_remedy(tmp_path: Path, files: dict[str, str], said: str) -> None:
    """Never a traceback, and the file is named."""
    message = _problem(_pack(tmp_path, **files))
    assert said in message
    assert "house.yaml" in message or "centre" in message


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("extends: landmark_2020\nyaer: 2026\n", "Did you mean `year`"),
        ("extends: nowhere\n", "the name of a pack"),
        ("extends: landmark_2020\norder: [ablation.percutaneous, ablation.intraoperative]\n", "cytoreduction"),
        ("extends: landmark_2020\nomit: [{option: cytoreduction, argument: nothing, because: x}]\n", "an argument of"),
        ("order: [systemic.prrt]\nsource: gangi-howe-2020\n", "without a `within`"),
    ],
)
def test_mistakes_in_the_head_are_told(tmp_path: Path, head: str, said: str) -> None:
    """The same of ``pack.yaml``."""
    assert said in _problem(_pack(tmp_path, head))


def test_a_pack_cannot_extend_itself(tmp_path: Path) -> None:
    """Nor lead back to itself."""
    assert "leads back to itself" in _problem(_pack(tmp_path, f"extends: {tmp_path}\n"))


def test_a_year_is_a_year(tmp_path: Path) -> None:
    """It is printed beside every verdict."""
    folder = _pack(tmp_path)
    text = (folder / "pack.yaml").read_text(encoding="utf-8").replace("year: 2026", "year: soon")
    (folder / "pack.yaml").write_text(text, encoding="utf-8")
    assert "a year such as 2020" in _problem(folder)


def test_a_rule_over_the_lesions_is_told_lesion_by_lesion(tmp_path: Path) -> None:
    """``any lesions(...)`` in an argument on the patient."""
    import netlm
    from netlm.case import read_case
    from netlm.files import parse_text

    house = _argument(when="any lesions(size > limit)", limit="4 cm")
    pack = load_pack(_pack(tmp_path, house=house))
    lesions = "[{id: A, size: 3 cm, near: []}, {id: B, size: 6 cm, near: []}]"
    text = f"netlm: case/1\nid: x\nas_of: 2026-11-20\nfacts:\n  lesions: {lesions}\n"
    dossier = netlm.board(read_case(parse_text(text, "x"), "x", pack.dictionary), guidance=pack)
    assert dossier.options["cytoreduction"].verdict == "excluded"
    shown = dossier.to_dict("cytoreduction")["options"][0]["arguments"]
    trace = next(one for one in shown if one["id"] == "house")["trace"]
    assert [(part["typed"], part["truth"]) for part in trace["parts"]] == [("3 cm", "false"), ("6 cm", "true")]
    assert "for any lesion, longest diameter is above 4 cm" in dossier.to_text("cytoreduction")


@pytest.mark.parametrize(
    "when", ["size > limit and verdict(systemic.prrt) in [supported]", "size > limit and bilirubin > limits.jaundice"]
)
def test_arguments_on_lesions_may_ask_for_verdicts_and_read_stale_facts(tmp_path: Path, when: str, read) -> None:
    """A lesion is judged with its own fields also where the argument asks for a verdict or meets a stale finding."""
    text = _argument(option="ablation.microwave", when=when, limit="3 cm")
    text = text.replace("strength: general", "strength: absolute\n    scope: lesion")
    text = text.replace("    says:", "    limits: {jaundice: {value: 2 mg/dL, provenance: convention}}\n    says:")
    case = read({
        "lesions": "[{id: A, size: 4 cm, near: []}, {id: B, size: 1 cm, near: []}]", "primary_site": "ileum",
        "bilirubin": "{value: 1 mg/dL, date: 2010-01-01}",
    })  # fmt: skip
    dossier = netlm.board(case, guidance=load_pack(_pack(tmp_path, house=text)))
    assert [lesion.id for lesion in dossier.options["ablation.microwave"].lesions] == ["A", "B"]
    assert dossier.to_html()
