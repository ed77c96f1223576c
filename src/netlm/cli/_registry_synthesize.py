"""``netlm registry synthesize``: a registry of made-up patients."""

from __future__ import annotations

import click

__all__ = ["synthesize_command"]


@click.command("synthesize")
@click.option("--patients", required=True, type=int, metavar="N", help="How many patients.")
@click.option("--seed", required=True, type=int, metavar="S", help="The same seed gives the same patients.")
@click.option("--effect", type=float, metavar="HR", help="The true hazard ratio of adequate debulking against less.")
@click.option("-o", "--output", required=True, metavar="FILE", help="A new file.")
def synthesize_command(patients: int, seed: int, effect: float | None, output: str) -> None:
    """Make up a registry, to try things on: nobody's data, and a truth that is known.

    Marginals follow published series; the model and each of its numbers are in the reference. Everything in it is
    marked as synthetic.
    """
    from ..registry import synthesize

    click.echo(f"making up {patients} patients ...", err=True)
    done = synthesize(output, patients, seed, effect)
    click.echo(f"SYNTHETIC registry: {patients} patients, {sum(done.rows.values())} rows")
