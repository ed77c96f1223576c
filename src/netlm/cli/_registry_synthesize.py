"""``netlm registry synthesize``: a registry of made-up patients."""

from __future__ import annotations

import click

__all__ = ["synthesize_command"]


@click.command("synthesize")
@click.option("--patients", required=True, type=int, metavar="N", help="How many patients.")
@click.option("--seed", required=True, type=int, metavar="S", help="The same seed gives the same patients.")
@click.option("--effect", type=float, metavar="HR", help="The true hazard ratio of adequate debulking against less.")
@click.option("--decisions", default=0, metavar="N", help="How many of them have a record of the board's meeting.")
@click.option("-o", "--output", required=True, metavar="FILE", help="A new file.")
def synthesize_command(patients: int, seed: int, effect: float | None, decisions: int, output: str) -> None:
    """Make up a registry, to try things on: nobody's data, and a truth that is known.

    Marginals follow published series; the model and each of its numbers are in the reference. Everything in it is
    marked as synthetic. A record of a meeting rests on the dossier of the case, which takes some hundredths of a second
    each.
    """
    from ..dossier import basis_of, board
    from ..registry import synthesize

    meetings = f", {decisions} meetings" if decisions else " (no records of meetings; --decisions N makes some)"
    click.echo(f"making up {patients} patients{meetings} ...", err=True)
    done = synthesize(output, patients, seed, effect, decisions=decisions, basis=lambda case: basis_of(board(case)))
    click.echo(f"SYNTHETIC registry: {patients} patients, {sum(done.rows.values())} rows")
