"""``netlm burden``: liver burden from a segmentation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ..errors import Problem, Problems
from ._scan_options import Labels, label_options, needing_imaging, once, picture_folder, reading_options, spare
from ._shared import complaining, emit, format_of, tell_json

__all__ = ["burden_command"]

FORMATS = ("text", "json")


@click.command("burden")
@click.argument("labels", metavar="LABELS")
@label_options
@reading_options
@click.option("--second-reader", multiple=True, metavar="FILE", help="Another reader's map of the scan, same labels.")
@click.option("--each", type=click.Choice(["piece", "label"]), default="piece", help="What one lesion is.")
@click.option("--connectivity", type=click.Choice(["6", "26"]), help="Which voxels touch; else the convention.")
@click.option("--minimum-ml", type=float, metavar="ML", help="The smallest lesion counted; else the convention.")
@click.option("--image", metavar="FILE|FOLDER", help="The CT or MR behind the labels, for the pictures.")
@click.option("--pictures", metavar="FOLDER", help="Write the pictures here (SVG).")
@click.option("--workers", type=click.IntRange(1), metavar="N", help="For a folder or CSV: processes; else all cores.")
@click.option("--format", "format_name", metavar="text|json", help="Output format; else as -o ends, or text.")
@click.option("-o", "--output", metavar="PATH", help="A file to write; for a folder or CSV a .parquet or .csv.")
def burden_command(
    labels: str, second_reader: tuple[str, ...], each: str, connectivity: str | None, minimum_ml: float | None,
    image: str | None, pictures: str | None, workers: int | None, format_name: str | None, output: str | None,
    **more: Any,
) -> None:  # fmt: skip
    """Liver volume, tumour volume, share replaced and every lesion, from the label map LABELS.

    LABELS is NIfTI, NRRD, MetaImage or DICOM SEG; or a folder or CSV of many, measured in parallel into one table.
    """
    asked, format_name = format_name, format_of(format_name, output, FORMATS)
    with complaining(format_name):
        needing_imaging()
        from ..case import imaging_rules
        from ..imaging import burden

        chosen = Labels.of(more)
        rules = imaging_rules(connectivity=int(connectivity) if connectivity else None, minimum_ml=minimum_ml)
        if Path(labels).is_dir() or labels.lower().endswith(".csv"):
            from ._burden_batch import refuse_for_many, run_batch

            refuse_for_many({"--second-reader": bool(second_reader), "--pictures": bool(pictures),
                             "--image": bool(image), "--format json": asked == "json"})  # fmt: skip
            spare((labels,), output)
            run_batch(labels, chosen, rules, each, workers, output)
            return
        if image and not pictures:
            problem = Problem("an image and no folder for pictures", "both, or none", "Add --pictures FOLDER.",
                              "usage", place="--image")  # fmt: skip
            raise Problems([problem], "--image")
        spare((labels,), output)
        other = once(second_reader, "second_reader")
        found = burden(labels, **chosen.arguments(), rules=rules, second_reader=other, each=each)
        if pictures:
            _draw(found, image, pictures)
        emit(tell_json(found.to_dict()) if format_name == "json" else found.to_text().encode(), output)


def _draw(found: Any, image: str | None, folder: str) -> None:
    from ..imaging import plot_lesions, plot_projection

    target = picture_folder(folder)
    plot_lesions(found, image).save(target / "lesions.svg")
    plot_projection(found).save(target / "projection.svg")
