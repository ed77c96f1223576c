"""What a board decided as a FHIR CarePlan: an activity for each recommendation, a Task for each task."""

from __future__ import annotations

from collections.abc import Iterator

from ..decision import Decision, Recommendation
from ._fhir_parts import Parts, Resource, concept, plain

__all__ = ["plan_resources"]

_STATUS = {"under_way": "in-progress", "done": "completed", "partly": "stopped", "not_done": "cancelled"}
NOT_BEGUN = "not-started"


def plan_resources(parts: Parts, decision: Decision) -> Iterator[tuple[str, Resource]]:
    """The CarePlan, and the tasks."""
    plan: Resource = {
        "resourceType": "CarePlan",
        "status": "active" if decision.recommendations else "on-hold",
        "intent": "plan",
        "title": "Decision of the tumour board",
        "subject": parts.patient,
        "created": decision.date.isoformat(),
    }
    if decision.recommendations:
        plan["activity"] = [{"detail": _activity(parts, decision, one)} for one in decision.in_order]
    if notes := [{"text": plain(note)} for note in _notes(parts, decision)]:
        plan["note"] = notes
    yield "CarePlan", plan
    for number, task in enumerate(decision.tasks or (), 1):
        yield (
            f"Task/{number}",
            {
                "resourceType": "Task", "status": "requested", "intent": "order", "code": concept(task.what),
                "for": parts.patient, "authoredOn": decision.date.isoformat(), "owner": {"display": plain(task.owner)},
                "restriction": {"period": {"end": task.due.isoformat()}}, "basedOn": [parts.reference("CarePlan")],
            },
        )  # fmt: skip


def _activity(parts: Parts, decision: Decision, one: Recommendation) -> Resource:
    """One recommendation; ``statusReason`` tells the departure from the source, and why it was not carried out."""
    done = one.carried_out
    activity: Resource = {
        "code": parts.option(one.option) if one.option else concept(one.other or "-"),
        "status": _STATUS[done.status] if done else NOT_BEGUN,
        "description": plain("; ".join(_described(decision, one))),
    }
    reasons = [one.reason] if one.reason else []
    reasons += [f"{done.date}: {done.reason}"] if done and done.reason else []
    if done and done.patient_wish is not None:
        reasons.append(f"the patient's wish: {'yes' if done.patient_wish else 'no'}")
    if reasons:
        activity["statusReason"] = concept("; ".join(reasons))
    return activity


def _described(decision: Decision, one: Recommendation) -> Iterator[str]:
    yield f"{one.order}. {one.intent.replace('_', ' ')}"
    standing = decision.standing(one.option)
    if standing is not None:
        word = "departs from the source" if decision.departs(one) else "as the source has it"
        yield f"{word} ({standing.verdict.replace('_', ' ')})"
    yield from (f"condition: {text}" for text in one.conditions or ())


def _notes(parts: Parts, decision: Decision) -> Iterator[str]:
    if decision.no_decision:
        yield f"No decision: {decision.no_decision}"
    if decision.present:
        yield f"Present: {', '.join(decision.present)}"
    for other in decision.alternatives or ():
        said = parts.dictionary.options[other.option].title if other.option else other.other
        yield f"Considered and not chosen: {said}{f': {other.reason}' if other.reason else ''}"
    yield from (f"Dissent: {text}" for text in decision.dissent or ())
    if decision.patient_view:
        yield f"The patient's view: {decision.patient_view}"
    if decision.trial is not None:
        note = f": {decision.trial.note}" if decision.trial.note else ""
        yield f"Trial considered: {'yes' if decision.trial.considered else 'no'}{note}"
    if decision.discuss_again is not None:
        when = (str(decision.discuss_again.date or ""), decision.discuss_again.when or "")
        yield f"To be discussed again: {', '.join(part for part in when if part)}"
