"""The command line, in this process and as a process of its own; the network is blocked in both."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from netlm.cli import main

BLOCKED = (
    "import sys\n"
    "def hook(event, args):\n"
    "    if event in ('socket.connect', 'socket.getaddrinfo', 'socket.gethostbyname', 'socket.sendto'):\n"
    "        raise AssertionError(event)\n"
    "sys.addaudithook(hook)\n"
    "from netlm.cli import main\n"
    "main()\n"
)


@dataclass(frozen=True)
class Ran:
    """Exit code and what was printed."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch, capfdbinary):
    """``run(*args, stdin=b"")``: the command line in this process."""

    def run(*args: object, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "argv", ["netlm", *map(str, args)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        monkeypatch.setattr(
            sys, "stdout", io.TextIOWrapper(io.FileIO(1, "wb", closefd=False), "utf-8", write_through=True)
        )
        monkeypatch.setattr(
            sys, "stderr", io.TextIOWrapper(io.FileIO(2, "wb", closefd=False), "utf-8", write_through=True)
        )
        with pytest.raises(SystemExit) as caught:
            main()
        code = caught.value.code or 0
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        assert isinstance(code, int)
        return Ran(code, out.decode(), err.decode())

    return run


@pytest.fixture(scope="session")
def process():
    """``process(*args, stdin=b"", env={})``: the command line as a process."""

    def process(*args: object, stdin: bytes = b"", cwd: Path | None = None, **env: str) -> Ran:
        command = [sys.executable, "-c", BLOCKED, *map(os.fspath, map(_path, args))]
        done = subprocess.run(command, input=stdin, capture_output=True, cwd=cwd, env={**os.environ, **env}, timeout=60)
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode(errors="replace"))

    return process


def _path(arg: object) -> object:
    return arg if isinstance(arg, bytes | os.PathLike) else str(arg)


@pytest.fixture(scope="session")
def good(tmp_path_factory, case_text, clean) -> Path:
    """A case that can be read."""
    path = tmp_path_factory.mktemp("cases") / "good.yaml"
    path.write_text(case_text(clean))
    return path


@pytest.fixture(scope="session")
def bad(tmp_path_factory, case_text) -> Path:
    """A case with two problems, on lines 5 and 6."""
    path = tmp_path_factory.mktemp("cases") / "bad.yaml"
    path.write_text(case_text({"ki67": "0.15", "primary_site": "ilium"}))
    return path
