"""Makes the label maps of this folder: a liver, lesions, a vessel and segments that no patient has.

    python examples/scans/make_scans.py

Labels: 1 liver, 2 tumour, 3 portal vein, 4 ablation zone. ``segments.nii.gz`` has segments 3, 4, 6 and 7 by number.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import SimpleITK as sitk  # noqa: N813

HERE = Path(__file__).resolve().parent
SHAPE, SPACING = (56, 100, 120), (3.0, 1.6, 1.6)
MIDDLE, RADII = (84.0, 80.0, 96.0), (72.0, 66.0, 88.0)


def ball(labels: np.ndarray, centre: tuple[float, ...], radii: tuple[float, ...], label: int) -> None:
    """An ellipsoid, in millimetres along the axes of the array, inside the liver."""
    axes = np.ogrid[tuple(slice(0, side) for side in labels.shape)]
    far = sum(
        ((axis * step - at) / radius) ** 2 for axis, step, at, radius in zip(axes, SPACING, centre, radii, strict=True)
    )
    labels[(far <= 1) & ((labels > 0) | (label == 1))] = label


def lesions(number: int) -> list[tuple[tuple[float, ...], float]]:
    """Centres and radii, largest first, none touching another."""
    chance = np.random.default_rng(11)
    found: list[tuple[tuple[float, ...], float]] = []
    while len(found) < number:
        way = chance.normal(size=3)
        centre = np.array(MIDDLE) + way / np.linalg.norm(way) * RADII * chance.uniform(0.2, 0.8)
        radius = float(np.exp(chance.normal(2.1, 0.45)))
        if all(np.linalg.norm(centre - other) > radius + size + 6 for other, size in found):
            found.append((tuple(float(at) for at in centre), radius))
    return sorted(found, key=lambda one: -one[1])


def write(name: str, labels: np.ndarray) -> None:
    """A compressed NIfTI file."""
    image = sitk.GetImageFromArray(labels)
    image.SetSpacing(SPACING[::-1])
    sitk.WriteImage(image, str(HERE / f"{name}.nii.gz"), useCompression=True, compressionLevel=9)


def scan(tumours: list[tuple[tuple[float, ...], float]], zones: list[tuple[tuple[float, ...], float]]) -> np.ndarray:
    """One label map."""
    labels = np.zeros(SHAPE, np.uint8)
    ball(labels, MIDDLE, RADII, 1)
    ball(labels, (80.0, 84.0, 100.0), (6.0, 7.0, 45.0), 3)
    for centre, radius in tumours:
        ball(labels, centre, (radius,) * 3, 2)
    for centre, radius in zones:
        ball(labels, centre, (radius + 6,) * 3, 4)
    return labels


def main() -> None:
    """Before the operation, after it, two follow-ups, and the segments."""
    found = lesions(14)
    write("before", scan(found, []))
    write("after", scan(found[6:], found[4:6]))
    for number, (shrunk, grown) in enumerate(((0.75, 1.1), (0.8, 1.35)), 1):
        sizes = [(centre, radius * (shrunk if place % 4 else grown)) for place, (centre, radius) in enumerate(found)]
        write(f"follow-up-{number}", scan(sizes, []))
    whole = scan([], [])
    index = np.indices(SHAPE)
    right, low = index[2] * SPACING[2] < MIDDLE[2], index[0] * SPACING[0] < MIDDLE[0]
    segment = np.where(right, np.where(low, 6, 7), np.where(low, 3, 4)).astype(np.uint8)
    write("segments", np.where(whole > 0, segment, 0).astype(np.uint8))


if __name__ == "__main__":
    main()
