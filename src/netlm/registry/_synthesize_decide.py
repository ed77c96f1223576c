"""What a made-up board decided on a real dossier of a made-up case, and what became of it.

The verdicts are those of the dossier. Only the choice is made up: it follows them, or departs with a reason.
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from ..decision import NEEDS_REASON, Basis, CarriedOut, Decision, Recommendation
from ..logic import VERDICTS
from ._synthesize_model import load_synthetic_model, load_synthetic_words

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["FIRST", "decided", "meeting_draws"]

FIRST = ("cytoreduction", "embolization.tae", "embolization.tace", "embolization.deb_tace", "embolization.tare")
"""The treatments among which a made-up board chooses: those that made-up patients are given first."""
STREAM = 1
"""A stream of random numbers of its own, so that the patients are the same with and without meetings."""


def meeting_draws(meetings: int, seed: int) -> Any:
    """Three numbers from 0 to 1 for each meeting; the first meetings are the same however many there are."""
    import numpy as np

    return np.random.default_rng([seed, STREAM]).random((meetings, 3))


def decided(basis: Basis, given: str, day: datetime.date, symptoms: bool, draws: Sequence[float]) -> Decision:
    """The record of the meeting, held on the day of the dossier; ``given`` is the treatment that came on ``day``."""
    model, words = load_synthetic_model(), load_synthetic_words()
    undecided, follows, which = draws

    def one_of(name: str) -> str:
        listed = words[name]
        return listed[int(which * len(listed))]

    if undecided < model["undecided"].number:
        return Decision(basis, basis.as_of, no_decision=one_of("no_decision"))
    intent = "symptom_control" if symptoms else "tumour_control"
    departs = basis.options[given].verdict in NEEDS_REASON
    better = _best(basis) if departs and follows < model["follows_source"].number else None
    if better is None:
        reason = one_of("cannot_tell" if basis.options[given].verdict == "cannot_tell" else "departs")
        chosen = Recommendation(
            1, intent, given, reason=reason if departs else None, carried_out=CarriedOut("done", day)
        )
    else:
        wish = which < 1 / 2
        why = words["wish" if wish else "unfit"][0]
        chosen = Recommendation(1, intent, better, carried_out=CarriedOut("not_done", day, why, wish))
    return Decision(basis, basis.as_of, (chosen,))


def _best(basis: Basis) -> str | None:
    """The treatment with the best verdict that needs no reason, the first of several."""
    fit = [name for name in FIRST if basis.options[name].verdict not in NEEDS_REASON]
    return max(fit, key=lambda name: VERDICTS.index(basis.options[name].verdict), default=None)
