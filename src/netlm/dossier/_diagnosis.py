"""The diagnosis of a case in one sentence, unknowns said as unknown; page one, minutes and letters say the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..values import Numbers
from ._classification import UNDETERMINED
from ._wording import Wording

if TYPE_CHECKING:
    from ._model import Dossier

__all__ = ["diagnosis", "liver"]

_LIVER = {
    "liver_metastases": "number", "largest_metastasis": "the largest", "distribution": "distribution",
    "liver_involvement": "share of the liver", "disease_state": "disease state",
}  # fmt: skip


def diagnosis(dossier: Dossier, say: Wording) -> str:
    """Category, primary, sites, Ki-67 and mitoses of each specimen, function, receptors."""
    found = dossier.classification
    known = [one for one in found.possible if one != UNDETERMINED]
    open_words = f" (may be {', '.join(known)})" if len(found.possible) > 1 else ""
    parts = [
        f"{found.category}{open_words}; primary: {say.with_how('primary_site')}, {_whether_removed(say)}",
        f"{_metastases(say)}; elsewhere: {_elsewhere(say)}",
        *_specimens(dossier, say),
        *_inherited(say),
        f"function: {_function(say)}",
        _receptors(say),
        *_markers(dossier, say),
    ]
    said = "; ".join(parts)
    return f"{said[:1].upper()}{said[1:]}."


def liver(say: Wording) -> str:
    """The liver and the pace in one sentence, for documents that have no table of them."""
    return "; ".join(f"{called}: {say.inside(name)}" for name, called in _LIVER.items()) + "."


def _metastases(say: Wording) -> str:
    """That there are liver metastases is said only where the case states at least one."""
    value = say.facts.value("liver_metastases")
    certain = isinstance(value, Numbers) and (value.intervals[0].low or 0) >= 1
    return "liver metastases" if certain else f"liver metastases: {say.inside('liver_metastases')}"


def _elsewhere(say: Wording) -> str:
    said = say.with_how("extrahepatic_disease")
    if say.facts.finding("dominant_site"):
        said += f", dominant site {say.inside('dominant_site')}"
    return f"{said} ({say.inside('extrahepatic_sites')})" if say.facts.finding("extrahepatic_sites") else said


def _specimens(dossier: Dossier, say: Wording) -> Iterator[str]:
    entries = dossier.case.records.get("specimens", ())
    for entry in entries:
        told = {name: finding.typed for name, finding in entry.items()}
        where = " ".join(told[name] for name in ("site", "kind") if name in told) or "specimen"
        indices = [f"Ki-67 {told['ki67']}"] if "ki67" in told else ["Ki-67 not recorded"]
        indices += [f"mitoses {told['mitoses']}"] if "mitoses" in told else []
        indices += [f"differentiation {told['differentiation']}"] if "differentiation" in told else []
        yield f"{where} {told.get('date', '(undated)')}: {', '.join(indices)}"
    entered = {"ki67", "mitoses"} & set(say.facts.entered)
    if len(entries) != 1 or entered:
        counts = f"what counts{'' if entered else ', the highest category'}: " if entries else ""
        finding = say.facts.finding("ki67")
        bare = finding is not None and finding.unknown is None and not (finding.method or finding.date or entries)
        where = " (specimen and date not stated)" if bare else ""
        yield f"{counts}Ki-67 {say.with_how('ki67')}, mitoses {say.with_how('mitoses')}{where}"


def _inherited(say: Wording) -> Iterator[str]:
    if say.facts.finding("genetic_syndrome"):
        yield f"hereditary syndrome: {say.with_how('genetic_syndrome')}"


def _whether_removed(say: Wording) -> str:
    said = say.inside("primary_status")
    return f"whether removed {said}" if said.startswith("unknown") else said


def _markers(dossier: Dossier, say: Wording) -> Iterator[str]:
    """Hormones and tumour markers, as the laboratory reports them."""
    entries = dossier.case.records.get("hormone_markers", ())
    told = [
        " ".join(say.printed(entry[name].typed) if name != "date" else f"({entry[name].typed})"
                 for name in ("marker", "value", "date") if name in entry)
        for entry in entries
    ]  # fmt: skip
    if told:
        yield f"markers: {', '.join(told)}"


def _function(say: Wording) -> str:
    syndromes = say.with_how("syndromes")
    said = syndromes.replace("none", "no hormonal syndrome", 1) if syndromes.startswith("none") else syndromes
    return f"{said}, symptoms: {say.with_how('symptoms')}"


def _receptors(say: Wording) -> str:
    parts = [f"SSTR {say.with_how('sstr')}"]
    if say.facts.finding("sstr_negative_lesions"):
        parts.append(f"lesions without receptors {say.with_how('sstr_negative_lesions')}")
    parts += [f"Krenning {say.with_how('krenning')}"] if say.facts.finding("krenning") else []
    return ", ".join([*parts, f"FDG {say.with_how('fdg_pet')}"])
