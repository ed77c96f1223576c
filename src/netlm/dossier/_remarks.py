"""What page one says below the verdicts: what disagrees, later studies, limits, and what is the same for many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..evidence import included_since, winner
from ..guidance import Raised
from ..logic import Compare
from ..values import Members
from ._wording import Wording

if TYPE_CHECKING:
    from ._model import Dossier

__all__ = ["Remarks"]

_DISAGREEMENTS = {
    "The sources disagree": ("sources-disagree",),
    "The findings disagree": (
        "contradiction", "grade-contradiction", "grade-discordance", "pathology-review", "entered-beats-default",
        "at-odds",
    ),
}  # fmt: skip
_ELSEWHERE = (
    "borderline", "stale", "single-correctable-failure", "not-considered", "declined", "unavailable", "given-before",
    "location-not-given",
)  # fmt: skip
"""Flags that page one tells in another place, or that only the details need."""
MOST_LATER = 5
"""How many of the studies since the review page one names; all stand under their options."""
_RULED_OUT = ("excluded", "not_recommended")


class Remarks:
    """The remarks on one dossier, each with its title."""

    def __init__(self, dossier: Dossier, say: Wording) -> None:
        self.dossier = dossier
        self.say = say
        self.facts = dossier.case.facts

    def beside_verdicts(self) -> Iterator[tuple[str, str]]:
        """What of the flags has to stand beside the verdicts: disagreement, limits, wishes; "none" is said as well."""
        flags = self.dossier.assessment.flags
        for title, ids in _DISAGREEMENTS.items():
            said = dict.fromkeys(self._with_options(flag) for flag in flags if flag.id in ids)
            said |= dict.fromkeys(self._disputed() if "sources-disagree" in ids else ())
            yield title, "; ".join(said) or "on nothing that decides here"
        later = _few(list(self._later()), MOST_LATER)
        yield "Later studies whose criteria, as far as judged here, are met", later or "none for certain"
        placed = (*_ELSEWHERE, *(one for ids in _DISAGREEMENTS.values() for one in ids))
        pointed_out = dict.fromkeys(
            f"{flag.says}{self._for(list(flag.options))}"
            for flag in flags
            if flag.id not in placed and self._is_left(flag.options)
        )
        if pointed_out:
            yield "Pointed out", "; ".join(pointed_out)
        yield "Exactly at a limit", "; ".join(self._at_limits()) or "nothing that would matter here"
        near = "; ".join(self._near_limits())
        if near:
            yield "A limit within the range entered, or within reader error", near
        given = self.facts.value("prior_treatments")
        if isinstance(given, Members) and given.must:
            yield "Given before or being given", "whether it can help, or help again, is not judged"

    def _with_options(self, flag: Raised) -> str:
        """What a flag says; of sources that disagree, first about which options."""
        about = f"{self.say.concerned(flag.options)}: " if flag.id == "sources-disagree" and flag.options else ""
        return f"{about}{flag.says}"

    def _disputed(self) -> Iterator[str]:
        """What the pack's own sources disagree on, of options that are left."""
        for note in self.dossier.assessment.notes:
            if note.disagreement and self._is_left(note.options):
                yield f"{self.say.concerned(note.options)}: {note.disagreement}"

    def _later(self) -> Iterator[str]:
        """``NETTER-2, 2024 (PRRT)``: studies since the review, which stand under their options in the details.

        Of a treatment that is no option, ``CABINET, 2024 (cabozantinib over placebo)``, where it won.
        """
        for study, result in included_since(self.dossier.studies, self.facts, self.dossier.pack.year):
            options = tuple(option for option in study.options if option in self.dossier.options)
            found = winner(study, result, self.dossier.studies)
            if self._is_left(options) if options else found is not None and not study.options:
                dated = study.name if str(result.year) in study.name else f"{study.name}, {result.year}"
                about = f"{found[0].title} over {found[1].title}" if found else self.say.concerned(options)
                yield f"{dated} ({about}{'; partly judged' if study.unjudged else ''})"

    def _is_left(self, options: tuple[str, ...]) -> bool:
        """Whether a flag speaks of the patient, or of some option that nothing speaks against."""
        ruled_out = (self.dossier.options[option].verdict in _RULED_OUT for option in options)
        return not options or not all(ruled_out)

    def asides(self) -> Iterator[tuple[str, str]]:
        """What is the same for many patients."""
        notes = [note.title for note in self.dossier.assessment.notes]
        if notes:
            yield "Standing notes, in full at the end", "; ".join(notes)
        yield "Not covered by this source", self.say.not_covered()

    def _at_limits(self) -> Iterator[str]:
        """``liver involvement 50 % is not below 50 % (speaks against transplantation)``."""
        lesions = dict.fromkeys(
            flag.says for flag in self.dossier.assessment.flags if flag.limit and flag.fact == "lesions"
        )
        sides: dict[str, dict[str, list[tuple[Compare, tuple[str, ...]]]]] = {}
        for limit, options in self._limits():
            side = self.say.side(limit)
            if side:
                sides.setdefault(limit.fact, {}).setdefault(side, []).append((limit, options))
        for name, said in sides.items():
            told = {side: self.say.weighed(limits) for side, limits in said.items()}
            each = (f"{side} ({weighed})" if weighed else side for side, weighed in told.items())
            yield f"{self.say.names.fact(name)} {self.say.inside(name)} {', '.join(each)}"
        yield from lesions

    def _near_limits(self) -> Iterator[str]:
        """``liver involvement 21 % (25 %: TAE)``: the limits that the value, as it was read, may lie beyond."""
        near: dict[str, dict[str, list[str]]] = {}
        for limit, options in self._limits():
            if not self.say.side(limit):
                near.setdefault(limit.fact, {}).setdefault(limit.limit.text, []).extend(options)
        for name, texts in near.items():
            each = (f"{text}{self._for(options)}" for text, options in texts.items())
            yield f"{self.say.names.fact(name)} {self.say.inside(name)}, limit {', '.join(each)}"

    def _limits(self) -> Iterator[tuple[Compare, tuple[str, ...]]]:
        """The limits on the patient that a value lies at or near, each with the options that the flag names."""
        for flag in self.dossier.assessment.flags:
            if flag.limit is not None and flag.fact != "lesions":
                yield flag.limit, flag.options

    def _for(self, options: list[str]) -> str:
        return f" ({self.say.concerned(options)})" if options else ""


def _few(said: list[str], most: int) -> str:
    more = f"; and {len(said) - most} more" if len(said) > most else ""
    return f"{'; '.join(said[:most])}{more}"
