"""Promises about the source tree: floors, names, sizes, documentation, and no clinical number in Python."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import os
import pkgutil
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import netlm

ROOT = Path(netlm.__file__).parent
REPOSITORY = ROOT.parent.parent
MODULES = sorted(path for path in ROOT.rglob("*.py"))
FLOORS = (
    "errors", "values", "files", "figures", "survival", "synthesis", "imaging", "logic", "dictionary", "case",
    "decision", "guidance", "evidence", "dossier", "registry", "cli",
)  # fmt: skip
BESIDE = {
    "files": {"values"},
    "logic": {"files"},
    "decision": {"case"},
    "guidance": {"case", "decision"},
    "evidence": {"case", "decision", "guidance"},
    "registry": {"dossier"},
}
"""Floors of one level do not import each other: each key does not import the floors in its set."""
ALLOWED_BELOW = {
    "values": {"errors"},
    "files": {"errors"},
    "figures": {"errors", "files"},
    "survival": {"errors", "figures"},
    "synthesis": {"errors", "figures"},
    "imaging": {"errors", "figures"},
}
NUMBERS_WITHOUT_MEANING = {-1, 0, 1, 2, 3, 4, 8, 10, 12, 100}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _floor(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def _imports(path: Path) -> Iterator[str]:
    """The floors a module imports, lazy imports included."""
    depth = len(path.relative_to(ROOT).parts)
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.ImportFrom) and node.level:
            up = depth - node.level
            if up == 0:
                names = [node.module.split(".")[0]] if node.module else [alias.name for alias in node.names]
                yield from names
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("netlm."):
            yield (node.module or "").split(".")[1]


@pytest.mark.parametrize("path", [path for path in MODULES if path.parent != ROOT], ids=_name)
def test_imports_point_down(path: Path) -> None:
    """A floor imports only floors below it, lazily or not."""
    own = FLOORS.index(_floor(path))
    for floor in _imports(path):
        if floor == "__version__":
            continue
        assert FLOORS.index(floor) < own, floor
        assert floor not in BESIDE.get(_floor(path), set()), floor
        if _floor(path) in ALLOWED_BELOW:
            assert floor in ALLOWED_BELOW[_floor(path)]


def test_modules_are_small() -> None:
    """Median under 150 lines, none above 500; the median function is under 12 lines."""
    lines = [len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES]
    assert max(lines) <= 500
    assert statistics.median(lines) < 150
    functions = [
        (node.end_lineno or 0) - node.lineno + 1
        for path in MODULES
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.FunctionDef)
    ]
    assert statistics.median(functions) < 12


def test_no_clinical_threshold_in_python() -> None:
    """Python holds no number that could be a threshold; named layout and format constants are in capitals."""
    found = []
    for path in MODULES:
        tree = _tree(path)
        constants = {
            id(inner)
            for node in tree.body
            if isinstance(node, ast.Assign | ast.AnnAssign)
            for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
            if isinstance(target, ast.Name) and target.id.lstrip("_").isupper()
            for inner in ast.walk(node)
        }
        for node in ast.walk(tree):
            number = isinstance(node, ast.Constant) and type(node.value) in (int, float)
            if number and id(node) not in constants and node.value not in NUMBERS_WITHOUT_MEANING:
                found.append((_name(path), node.lineno, node.value))
    layout = {"cli", "dossier", "errors.py", "figures", "files"}
    no_patients = {"survival", "synthesis", "imaging"}  # know arrays and tables: their numbers are of the method
    assert [item for item in found if item[0].split("/")[0] not in layout | no_patients] == []


def _public(module: object) -> Iterator[tuple[str, object]]:
    for name in getattr(module, "__all__", ()):
        yield name, getattr(module, name)


PACKAGES = ["netlm", *(f"netlm.{name}" for name in FLOORS)]


@pytest.mark.parametrize("package", PACKAGES)
def test_public_names_are_exported_on_purpose_and_documented(package: str) -> None:
    """``__all__`` is sorted, everything in it exists, and every function and class has a docstring."""
    module = importlib.import_module(package)
    assert module.__doc__
    names = list(module.__all__)
    assert names == sorted(
        names, key=lambda name: (not name.isupper(), not name[0].isupper(), name)
    ) or names == sorted(names)
    for name, item in _public(module):
        if inspect.isfunction(item) or inspect.isclass(item):
            assert item.__doc__, f"{package}.{name}"


def test_no_module_has_the_name_of_a_public_callable_of_its_parent() -> None:
    """Importing such a module would overwrite the callable."""
    for package in PACKAGES:
        module = importlib.import_module(package)
        if hasattr(module, "__path__"):
            children = {info.name for info in pkgutil.iter_modules(module.__path__)}
            callables = {name for name, item in _public(module) if callable(item)}
            assert children & callables == set()


def test_public_signatures_are_those_of_the_golden_list() -> None:
    """A change of a public signature is made on purpose: renew the list with NETLM_RENEW_GOLDEN=1."""
    found = {}
    for package in (
        "netlm",
        "netlm.case",
        "netlm.decision",
        "netlm.dictionary",
        "netlm.dossier",
        "netlm.errors",
        "netlm.evidence",
        "netlm.figures",
        "netlm.guidance",
        "netlm.imaging",
        "netlm.logic",
        "netlm.registry",
        "netlm.survival",
        "netlm.synthesis",
    ):
        module = importlib.import_module(package)
        for name, item in _public(module):
            if inspect.isfunction(item):
                found[f"{package}.{name}"] = str(inspect.signature(item))
    golden = Path(__file__).with_name("signatures.json")
    if os.environ.get("NETLM_RENEW_GOLDEN"):
        golden.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    assert found == json.loads(golden.read_text(encoding="utf-8"))


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a checkout, so nothing tells which files are tracked")
    return [REPOSITORY / line for line in listed.stdout.splitlines() if (REPOSITORY / line).is_file()]


def test_no_path_of_a_machine_and_no_registry_host_is_tracked() -> None:
    """The repository speaks of the project alone."""
    pattern = re.compile(
        r"(^|[^A-Za-z.])/(tmp|root|home|Users)/|" + "py" + r"pi\.org|" + "files.python" + r"hosted|registry\.npm" + "js"
    )
    for path in _tracked():
        if path.suffix in {".py", ".yaml", ".md", ".toml", ".txt", ".json", ".cff", ""}:
            assert not pattern.search(path.read_text(encoding="utf-8")), path.name


def test_every_yaml_of_knowledge_is_shipped() -> None:
    """The wheel holds ``knowledge`` because it lies inside the package."""
    assert (ROOT / "knowledge" / "guidance" / "landmark_2020" / "pack.yaml").is_file()
    assert (ROOT / "py.typed").is_file()


def test_board_as_json_loads_nothing_heavy() -> None:
    """The command line starts fast because it imports little."""
    case = REPOSITORY / "examples" / "cases" / "clean-ileal-g1.yaml"
    script = (
        "import sys\nfrom netlm.cli import main\n"
        f"sys.argv = ['netlm', 'board', {str(case)!r}, '--format', 'json']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy','pandas','ibis','duckdb','matplotlib','SimpleITK','jinja2','typst','rich','pydantic'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
