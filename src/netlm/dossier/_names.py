"""How facts, values, options and verdicts are called when people read them."""

from __future__ import annotations

from ..dictionary import NEAR_GIVEN, Dictionary

__all__ = ["DATA_SAID", "FAMILIES", "KEY", "SIGNS", "WORDS", "DossierNames"]

WORDS = {
    "supported": "meets this source's criteria",
    "conditional": "meets this source's criteria, with conditions",
    "extreme_caution": "this source advises extreme caution",
    "outside_evidence": "outside what this source studied",
    "excluded": "fails a criterion of this source",
    "not_recommended": "this source advises against it",
    "cannot_tell": "cannot be told yet",
}
"""What is printed for each verdict; never a bare "supported"."""

SIGNS = {
    "supported": "+", "conditional": "~", "extreme_caution": "!", "outside_evidence": "o", "excluded": "x",
    "not_recommended": "-", "cannot_tell": "?",
}  # fmt: skip
"""A sign beside the words, so that nothing hangs on colour."""
ON_STALE = "?"
"""After the sign of a verdict that rests on a stale finding."""

KEY = {
    "supported": "meets this source's criteria", "conditional": "meets them with conditions",
    "extreme_caution": "extreme caution", "outside_evidence": "outside what was studied",
    "excluded": "fails a criterion", "not_recommended": "advised against", "cannot_tell": "cannot be told yet",
}  # fmt: skip
"""The words beside the signs where all stand in one line."""

FAMILIES = {
    "debulking": "Debulking", "transplantation": "Transplantation", "ablation": "Ablation",
    "embolisation": "Embolisation", "somatostatin_analogue": "Somatostatin analogue", "targeted": "Targeted drugs",
    "chemotherapy": "Chemotherapy", "prrt": "PRRT",
}  # fmt: skip
"""The families of treatment, in the order in which a board goes through them."""

DATA_SAID = {
    "real": "a real patient", "synthetic": "synthetic: a made-up patient", "published": "from a published report",
    None: "not stated whether real or synthetic",
}  # fmt: skip
"""What is printed of whose data a case holds."""


class DossierNames:
    """Titles from the dictionary, as they stand inside a sentence."""

    def __init__(self, dictionary: Dictionary) -> None:
        self.dictionary = dictionary
        self.fields = dictionary.facts["lesions"].fields

    def fact(self, name: str) -> str:
        """A fact or a field of a lesion."""
        if name == NEAR_GIVEN:
            return "statement of what lies near"
        known = self.dictionary.facts.get(name) or self.fields.get(name)
        return known.subject if known else name.replace("_", " ")

    def word(self, fact: str, word: str) -> str:
        """A value of a fact."""
        known = self.dictionary.facts.get(fact) or self.fields.get(fact)
        title = known.values.get(word, word) if known else word
        return title[:1].lower() + title[1:] if title.split()[0][1:].islower() else title

    def option(self, name: str) -> str:
        """An option."""
        return self.dictionary.options[name].short
