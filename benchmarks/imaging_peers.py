"""How fast the imaging library is, and how much memory it takes, beside its peers on the same machine in one run.

Run on a quiet machine: ``python benchmarks/imaging_peers.py``. The map is made up: 512 x 512 x 400 voxels of
1.0 x 0.78 x 0.78 mm with 60 lumpy lesions and a tree of vessels. Peers are SimpleITK, scikit-image and SciPy, each
where it is installed. Every measurement is a process of its own; the best of several rounds counts, and the peak of
memory is that of the process, the map included. Losses are printed like wins.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

SHAPE, SPACING, LESIONS = (400, 512, 512), (1.0, 0.78, 0.78), 60
RADII = (75.0, 80.0, 106.0)
ROUNDS = 5
PROMISED = {"burden from an array": 0.4, "burden from a file": 0.8, "reach, 60 lesions": 1.0}
MEMORY = 700
SCANS, WORKERS = 40, 2
FASTER = 1.6
NOT_OFFERED = 3


def _draw(labels: np.ndarray, centre: Any, radii: Any, label: int, lump: float = 0.0, phase: float = 0.0) -> None:
    """An ellipsoid, its equator wavy by ``lump``, where the liver is."""
    low = [max(0, int((at - 1.3 * radius) / step)) for at, radius, step in zip(centre, radii, SPACING, strict=True)]
    high = [int((at + 1.3 * radius) / step) + 2 for at, radius, step in zip(centre, radii, SPACING, strict=True)]
    window = tuple(slice(first, min(last, side)) for first, last, side in zip(low, high, SHAPE, strict=True))
    z, y, x = ((np.arange(part.start, part.stop) * step - at) / radius
               for part, step, at, radius in zip(window, SPACING, centre, radii, strict=True))  # fmt: skip
    far = z[:, None, None] ** 2 + y[None, :, None] ** 2 + x[None, None, :] ** 2
    wave = 1 + lump * np.sin(3 * np.arctan2(y[:, None], x[None, :]) + phase)
    part = labels[window]
    part[(far <= wave[None] ** 2) & (part == 1)] = label


def make_map() -> np.ndarray:
    """Liver 1, tumour 2, vessels 3."""
    chance = np.random.default_rng(7)
    labels = np.zeros(SHAPE, np.uint8)
    middle = np.array([side * step / 2 for side, step in zip(SHAPE, SPACING, strict=True)])
    z, y, x = (((np.arange(side) * step - at) / radius) ** 2
               for side, step, at, radius in zip(SHAPE, SPACING, middle, RADII, strict=True))  # fmt: skip
    labels[z[:, None, None] + y[None, :, None] + x[None, None, :] <= 1] = 1
    for _ in range(24):
        way = chance.normal(size=3)
        way /= np.linalg.norm(way)
        for step in np.arange(0, 60, 0.5):
            _draw(labels, middle + way * step, (2.5, 2.5, 2.5), 3)
    placed: list[tuple[np.ndarray, float]] = []
    while len(placed) < LESIONS:
        way = chance.normal(size=3)
        centre = middle + way / np.linalg.norm(way) * RADII * chance.uniform(0.3, 0.85)
        radius = min(float(np.exp(chance.normal(1.85, 0.45))), 25.0)
        if all(np.linalg.norm(centre - other) > radius + size + 3 for other, size in placed):
            _draw(labels, centre, radius * np.array([1, *chance.uniform(0.8, 1.2, 2)]), 2, 0.12, chance.uniform(0, 6))
            placed.append((centre, radius))
    return labels


def _ours(folder: Path) -> dict[str, Callable[[], Any]]:
    from netlm import imaging
    from netlm.case import imaging_rules, reach_rules

    rules, labels = imaging_rules(), np.load(folder / "map.npy")
    roles: dict[str, Any] = {"liver": 1, "tumour": 2, "structures": {"vessels": 3}, "rules": rules}
    scan = imaging.burden(labels, spacing=SPACING, **roles)
    return {
        "burden from an array": lambda: imaging.burden(labels, spacing=SPACING, **roles),
        "burden from a file": lambda: imaging.burden(folder / "map.nii.gz", **roles),
        "reach, 60 lesions": lambda: imaging.reach(scan, reach_rules()),
        "lesions: volume, place, box": lambda: _pieces(imaging, labels),
    }


def _pieces(imaging: Any, labels: np.ndarray) -> Any:
    """The part of ours that the peers' statistics cover: pieces, volumes, centroids."""
    from netlm.imaging._components import find_pieces
    from netlm.imaging._scan import take

    scan = take(imaging.read_labels(labels, spacing=SPACING), imaging.Roles(liver=1, tumour=2))
    found = find_pieces(scan.parts[0], 26)
    return [found.one(number).mean(0) for number in range(found.count)]


def _simpleitk(folder: Path) -> dict[str, Callable[[], Any]]:
    import SimpleITK as sitk  # noqa: N813

    labels = np.load(folder / "map.npy")

    def statistics(feret: bool = False) -> Any:
        image = sitk.GetImageFromArray((labels == 2).view(np.uint8))
        image.SetSpacing(SPACING[::-1])
        found = sitk.LabelShapeStatisticsImageFilter()
        found.SetComputeFeretDiameter(feret)
        found.Execute(sitk.ConnectedComponent(image, True))
        return [found.GetPhysicalSize(label) for label in found.GetLabels()]

    def nearest() -> Any:
        image = sitk.GetImageFromArray((labels == 3).view(np.uint8))
        image.SetSpacing(SPACING[::-1])
        return sitk.GetArrayFromImage(sitk.SignedMaurerDistanceMap(image, False, False, True)).min()

    return {"lesions: volume, place, box": statistics, "lesions with Feret": lambda: statistics(True),
            "distance to vessels": nearest}  # fmt: skip


def _skimage(folder: Path) -> dict[str, Callable[[], Any]]:
    from skimage.measure import label, regionprops_table

    labels = np.load(folder / "map.npy")

    def statistics(*more: str) -> Any:
        return regionprops_table(label(labels == 2, connectivity=3), spacing=SPACING,
                                 properties=("area", "centroid", "bbox", *more))  # fmt: skip

    return {
        "lesions: volume, place, box": statistics,
        "lesions with Feret": lambda: statistics("feret_diameter_max"),
    }


def _scipy(folder: Path) -> dict[str, Callable[[], Any]]:
    from scipy import ndimage

    labels = np.load(folder / "map.npy")

    def statistics() -> Any:
        pieces, _ = ndimage.label(labels == 2, np.ones((3, 3, 3)))
        return np.bincount(pieces.ravel()), ndimage.find_objects(pieces)

    def nearest() -> Any:
        return ndimage.distance_transform_edt(labels != 3, sampling=SPACING).min()

    return {"lesions: volume, place, box": statistics, "distance to vessels": nearest}


TOOLS = {"netlm": _ours, "SimpleITK": _simpleitk, "scikit-image": _skimage, "SciPy": _scipy}


def _child(tool: str, task: str, folder: Path) -> None:
    tasks = TOOLS[tool](folder)
    if task not in tasks:
        sys.exit(NOT_OFFERED)
    work = tasks[task]
    times = []
    for _ in range(ROUNDS if tool == "netlm" else 2):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    print(f"{min(times)} {_peak()}")


def _peak() -> float:
    """The most memory in MB that this process has held; ``getrusage`` would tell the parent's too."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _measured(tool: str, task: str, folder: Path) -> tuple[float, float] | None:
    done = subprocess.run(
        [sys.executable, __file__, "--one", tool, task, str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode == NOT_OFFERED:
        return None
    if done.returncode:
        print(f"{task:32}{tool:14} not measured: {(done.stderr.strip().splitlines() or ['killed'])[-1][:60]}")
        return None
    seconds, peak = done.stdout.split()
    return float(seconds), float(peak)


def _batch(folder: Path) -> None:
    """The same scans by one process and by two: the time, and whether the tables are equal to the byte."""
    scans = folder / "scans"
    scans.mkdir()
    for number in range(SCANS):
        (scans / f"{number:02}.nii.gz").write_bytes((folder / "map.nii.gz").read_bytes())
    spent, tables = {}, {}
    for workers in (1, WORKERS):
        out = folder / f"{workers}.csv"
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "netlm", "burden", str(scans), "-o", str(out), "--workers", str(workers),
                        "--vessels", "3"], check=True, capture_output=True)  # fmt: skip
        spent[workers], tables[workers] = time.perf_counter() - start, out.read_bytes()
    ratio = spent[1] / spent[WORKERS]
    print(f"\nbatch of {SCANS} scans: one process {spent[1]:.1f} s, {WORKERS} processes {spent[WORKERS]:.1f} s: "
          f"{ratio:.2f} times as fast (promised {FASTER}); equal bytes: {tables[1] == tables[WORKERS]}")  # fmt: skip


def main() -> None:
    """Measure everything, or (for itself) one thing."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--one", nargs=3, metavar=("TOOL", "TASK", "FOLDER"))
    chosen = options.parse_args()
    if chosen.one:
        _child(chosen.one[0], chosen.one[1], Path(chosen.one[2]))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        labels = make_map()
        np.save(folder / "map.npy", labels)
        import SimpleITK as sitk  # noqa: N813

        image = sitk.GetImageFromArray(labels)
        image.SetSpacing(SPACING[::-1])
        sitk.WriteImage(image, str(folder / "map.nii.gz"), True)
        print(f"map: {'x'.join(map(str, SHAPE))}, {labels.nbytes / 1e6:.0f} MB\n")
        print(f"{'task':32}{'tool':14}{'seconds':>9}{'peak MB':>9}   promised")
        tasks = [(task, tool) for task in (*PROMISED, "lesions: volume, place, box", "lesions with Feret",
                                           "distance to vessels") for tool in TOOLS]  # fmt: skip
        for task, tool in tasks:
            if task in PROMISED and tool != "netlm":
                continue
            found = _measured(tool, task, folder)
            if found is not None:
                limit = f"{PROMISED[task]} s, {MEMORY} MB" if task in PROMISED else ""
                print(f"{task:32}{tool:14}{found[0]:9.3f}{found[1]:9.0f}   {limit}", flush=True)
        print("\nOur burden holds what the peers' rows measure apart, and the axial diameters.")
        _batch(folder)


if __name__ == "__main__":
    main()
