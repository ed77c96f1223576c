"""The same function in several processes, which know nothing of the script or notebook that asks for it.

The usual pools of processes run the caller's main script again, and so fail in one that does not expect it.
"""

from __future__ import annotations

import gc
import pickle  # between processes of our own
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from queue import SimpleQueue
from typing import Any

__all__ = ["Workers", "serve"]

_START = "import sys; sys.path[:] = {path!r}; from {module} import serve; serve({function!r})"


class Workers:
    """Processes that call the function ``module:name``; they end at the end of the ``with`` block."""

    def __init__(self, count: int, function: str) -> None:
        start = _START.format(path=sys.path, module=__name__, function=function)
        command = [sys.executable, "-c", start]
        self._all = [
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
            for _ in range(count)
        ]
        self._free: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()
        for one in self._all:
            self._free.put(one)

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        for one in self._all:
            one.kill()
            one.communicate()

    def map(self, arguments: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
        """What the function gives for each, in order."""
        with ThreadPoolExecutor(len(self._all)) as threads:
            yield from threads.map(self._ask, arguments)

    def _ask(self, arguments: tuple[Any, ...]) -> Any:
        one = self._free.get()
        try:
            assert one.stdin is not None
            assert one.stdout is not None
            pickle.dump(arguments, one.stdin, pickle.HIGHEST_PROTOCOL)
            one.stdin.flush()
            return pickle.load(one.stdout)  # noqa: S301
        finally:
            self._free.put(one)


def serve(function: str) -> None:
    """Answer on standard output what is asked on standard input, until that ends."""
    module, _, name = function.partition(":")
    call = getattr(import_module(module), name)
    answers, sys.stdout = sys.stdout.buffer, sys.stderr
    gc.disable()  # nothing that is read is circular
    while True:
        try:
            arguments = pickle.load(sys.stdin.buffer)  # noqa: S301
        except EOFError:
            return
        pickle.dump(call(*arguments), answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()
