"""Broken files on the command line: exit 0 or 2, no traceback, no name in a message."""

from __future__ import annotations

import json

import pytest


@pytest.mark.slow
@pytest.mark.parametrize("how", ["json", "text"])
def test_hundreds_of_broken_files_are_done_or_told(run, mutants, planted, tmp_path, how):
    paths = []
    for number, content in enumerate(mutants(200, 11)):
        paths.append(tmp_path / f"{number}.yaml")
        paths[-1].write_bytes(content)
    ran = run("board", *paths, "--format", how)
    assert ran.code == 2
    assert "Traceback" not in ran.err
    assert not any(part in ran.err.lower() for part in planted)
    if how == "json":
        told = [json.loads(line) for line in ran.out.splitlines()]
        assert len(told) == len(paths)
        errors = [one for one in told if "error" in one]
        assert 0 < len(errors) < len(paths)
        assert not any(part in json.dumps(errors, ensure_ascii=False).lower() for part in planted)


@pytest.mark.slow
def test_each_broken_file_alone_is_exit_0_or_2(run, mutants, planted, tmp_path):
    path = tmp_path / "case.yaml"
    codes = set()
    for content in mutants(150, 13):
        path.write_bytes(content)
        for command in ("check", "board"):
            ran = run(command, path)
            codes.add(ran.code)
            assert not any(part in ran.err.lower() for part in planted)
            assert (ran.code == 0) == (not ran.err)
    assert codes == {0, 2}
