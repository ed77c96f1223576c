"""The dossier: everything a board is told of one patient, in one object that every format renders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from ..case import Case, with_facts
from ..errors import Problem, Problems
from ..evidence import Evidence, PatientEvidence, SinceReview, evidence_of, load_evidence, since_review
from ..files import write_atomically
from ..guidance import Assessment, OptionVerdict, Pack, Raised, assess, load_pack
from ._classification import Classification, classify

__all__ = ["Dossier", "board"]


@dataclass(frozen=True)
class Dossier:
    """What the sources say for and against each treatment of one patient.

    ``options`` maps option ids to verdicts with their arguments; ``as_written`` is the dossier of the case as it was
    written, where this one is a what-if. ``studies`` are those looked at; what came since the review and points the
    other way is among the flags.
    """

    case: Case
    assessment: Assessment
    classification: Classification
    studies: Evidence = field(repr=False, compare=False)
    since: tuple[SinceReview, ...] = field(repr=False, compare=False)
    as_written: Dossier | None = field(default=None, repr=False)

    @property
    def pack(self) -> Pack:
        """The guidance pack that gave the verdicts."""
        return self.assessment.pack

    @cached_property
    def evidence(self) -> PatientEvidence:
        """Under each option the studies that speak of this patient, and what was seen after it."""
        verdicts = {name: option.verdict for name, option in self.options.items()}
        return evidence_of(self.studies, self.case.facts, verdicts, self.pack.year)

    @property
    def options(self) -> Mapping[str, OptionVerdict]:
        """The verdict on every option."""
        return self.assessment.options

    @property
    def changed(self) -> tuple[tuple[str, str, str], ...]:
        """For a what-if: the options whose verdict differs, with the verdict as written and now."""
        if self.as_written is None:
            return ()
        before = self.as_written.options
        return tuple(
            (name, before[name].verdict, option.verdict)
            for name, option in self.options.items()
            if (before[name].verdict, before[name].possible) != (option.verdict, option.possible)
        )

    def to_dict(self, option: str | None = None, *, evidence: bool = False) -> dict[str, Any]:
        """The dossier as JSON, format ``dossier/1``; with ``option`` only that one is listed.

        ``evidence`` adds the studies under each option.
        """
        import orjson

        return cast("dict[str, Any]", orjson.loads(self.to_json(option, evidence=evidence)))

    def to_json(self, option: str | None = None, *, evidence: bool = False) -> bytes:
        """``to_dict`` as one line of UTF-8."""
        from ._json import dossier_json

        return dossier_json(self, option, evidence)

    @cached_property
    def hash(self) -> str:
        """The SHA-256 of the dossier as ``netlm board --format json`` writes it, in hexadecimal."""
        return sha256(self.to_json() + b"\n").hexdigest()

    def to_text(self, option: str | None = None) -> str:
        """The dossier for a terminal or a printer, 100 columns; with ``option`` its full trace."""
        from ._text import dossier_text, option_text

        return option_text(self, option) if option else dossier_text(self)

    def to_html(self, label: str | None = None) -> str:
        """The dossier as one self-contained page; ``label`` is a bedside identifier, printed and never stored."""
        from ._booklet import booklet_html

        return booklet_html([self], label)

    def to_pdf(self, label: str | None = None) -> bytes:
        """The dossier on A4, as a tagged PDF (PDF/UA-1); ``label`` as for ``to_html``."""
        from ._booklet import booklet_pdf

        return booklet_pdf([self], label)

    def to_fhir(self) -> dict[str, Any]:
        """The dossier as a FHIR R4 document Bundle, the PDF inside; ``Decided.to_fhir`` adds the decision."""
        from ._fhir import document_bundle

        return document_bundle(self)

    def to_cards(self) -> dict[str, Any]:
        """The verdicts as CDS Hooks cards, one for each option: ``{"cards": [...]}``."""
        from ._cards import dossier_cards

        return dossier_cards(self)

    def _repr_html_(self) -> str:
        """The page in a frame of its own, so that its styles stay inside."""
        import html

        return f'<iframe srcdoc="{html.escape(self.to_html())}" style="width:100%;height:48em;border:0"></iframe>'

    def save(self, path: str | Path) -> None:
        """Write the dossier, whole or not at all: ``.html``, ``.pdf``, ``.json`` or ``.txt``, by the end of the name.

        Raises ``Problems`` for another ending or a path that cannot be written.
        """
        target = Path(path)
        if target.suffix == ".json":
            content = self.to_json() + b"\n"
        elif target.suffix == ".txt":
            content = self.to_text().encode()
        elif target.suffix == ".html":
            content = self.to_html().encode()
        elif target.suffix == ".pdf":
            content = self.to_pdf()
        else:
            problem = Problem(
                f"a name ending in `{target.suffix}`", "a name ending in .html, .pdf, .json or .txt",
                "Choose one of these formats.", "unknown-format", file=str(path),
            )  # fmt: skip
            raise Problems([problem], str(path))
        write_atomically(target, content)


def board(
    case: Case,
    *,
    guidance: Pack | None = None,
    what_if: Mapping[str, str] | None = None,
    evidence: Evidence | None = None,
) -> Dossier:
    """Prepare the board for one patient.

    ``guidance`` is a pack loaded over the same dictionary as the case (default: the landmark review of 2020);
    ``evidence`` holds the studies looked at (default: all that come with netlm); ``what_if`` maps facts to values as
    one would type them and sets them against the case.
    Raises ``Problems`` for an unknown fact or an impossible value in ``what_if``.
    """
    pack = guidance or load_pack()
    if case.facts.dictionary is not pack.dictionary:
        from ..case import read_case

        case = read_case(case.document, case.file, pack.dictionary, dict(case.what_if), case.issues)
    studies = evidence or load_evidence()
    plain = _dossier(case, pack, studies)
    if not what_if:
        return plain
    changed = with_facts(case, [f"{name}={text}" for name, text in what_if.items()])
    return _dossier(changed, pack, studies, plain)


def _dossier(case: Case, pack: Pack, studies: Evidence, as_written: Dossier | None = None) -> Dossier:
    assessment = assess(pack, case.facts, case.as_of)
    verdicts = {name: option.verdict for name, option in assessment.options.items()}
    since = since_review(studies, case.facts, verdicts, pack.year)
    if since:
        raised = (Raised("sources-disagree", None, one.says, (one.option,)) for one in since)
        assessment = replace(assessment, flags=(*raised, *assessment.flags))
    return Dossier(case, assessment, classify(case.facts), studies, since, as_written)
