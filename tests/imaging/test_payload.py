"""NRRD and MetaImage: every voxel from the bytes of the file, or an error; never another's, never one too many."""

from __future__ import annotations

import gzip
import os
import zlib

import numpy as np
import pytest
import SimpleITK as sitk  # noqa: N813

from netlm import imaging
from netlm.errors import Problems

ARRAY = (np.arange(4 * 5 * 6, dtype="<i2") % 7).reshape(4, 5, 6)
RAW = ARRAY.tobytes()
NRRD = "NRRD0004\ntype: short\nendian: little\ndimension: 3\nsizes: 6 5 4\nspacings: 1 1 1\nencoding: {}\n{}\n"
META = ("ObjectType = Image\nNDims = 3\nBinaryData = True\nBinaryDataByteOrderMSB = False\nCompressedData = {}\n"
        "{}ElementSpacing = 1 1 1\nDimSize = 6 5 4\nElementType = MET_SHORT\nElementDataFile = {}\n")  # fmt: skip


@pytest.fixture
def made(tmp_path):
    """``made(name, head, voxels, beside)`` writes a file, and those beside it, and gives its path."""

    def made(name, head, voxels=b"", **beside):
        (tmp_path / name).write_bytes(head.encode() + voxels)
        for other, content in beside.items():
            (tmp_path / other.replace("_", ".")).write_bytes(content)
        return tmp_path / name

    return made


def _array(path):
    return imaging.read_labels(path).array


def _refused(path) -> str:
    with pytest.raises(Problems) as caught:
        imaging.read_labels(path)
    assert str(path) in str(caught.value)
    return caught.value.problems[0].code


def test_whole_files_of_every_kind(made) -> None:
    """In the file or beside it, packed or not, either byte order, headers of other systems, with bytes to skip."""
    swapped = ARRAY.byteswap().tobytes()
    text = b" ".join(b"%d" % value for value in ARRAY.ravel())
    for path in (
        made("a.nrrd", NRRD.format("raw", ""), RAW),
        made("b.nrrd", NRRD.format("gzip", ""), gzip.compress(RAW)),
        made("c.nrrd", NRRD.format("gz", ""), gzip.compress(RAW[:100]) + gzip.compress(RAW[100:])),
        made("d.nrrd", NRRD.format("ascii", ""), text),
        made("e.nrrd", NRRD.format("raw", "").replace("little", "big"), swapped),
        made("f.nrrd", NRRD.format("raw", "").replace("\n", "\r\n"), RAW),
        made("g.nrrd", NRRD.format("raw", "Segment0_Name:=data file: none\n# data file: none\n"), RAW),
        made("h.nhdr", NRRD.format("raw", "data file: h.raw\n"), h_raw=RAW),
        made("i.nhdr", NRRD.format("gzip", "datafile: i.raw.gz\n"), i_raw_gz=gzip.compress(RAW)),
        made("j.nhdr", NRRD.format("raw", "byte skip: 3\ndata file: j.raw\n"), j_raw=b"123" + RAW),
        made("k.nhdr", NRRD.format("raw", "byte skip: -1\ndata file: k.raw\n"), k_raw=b"12345" + RAW),
        made("l.nhdr", NRRD.format("raw", "line skip: 2\nbyte skip: 1\ndata file: l.raw\n"), l_raw=b"a\nb\n1" + RAW),
        made("m.mha", META.format("False", "", "LOCAL"), RAW),
        made("n.mha", META.format("True", "", "LOCAL"), zlib.compress(RAW)),  # ITK reads others' memory here
        made("o.mha", META.format("True", f"CompressedDataSize = {len(zlib.compress(RAW))}\n", "LOCAL"),
             zlib.compress(RAW)),
        made("p.mhd", META.format("False", "", "p.raw"), p_raw=RAW),
        made("q.mhd", META.format("True", "", "q.zraw"), q_zraw=zlib.compress(RAW)),
        made("r.mhd", META.format("False", "HeaderSize = -1\n", "r.raw"), r_raw=b"123" + RAW),
        made("s.mhd", META.format("False", "HeaderSize = 3\n", "s.raw"), s_raw=b"123" + RAW),
        made("t.mha", META.format("False", "", "LOCAL").replace("MSB = False", "MSB = True"), swapped),
    ):  # fmt: skip
        assert np.array_equal(_array(path), ARRAY), path.name


def test_as_itk_writes_and_reads(tmp_path) -> None:
    """The same voxels and millimetres as ITK's for what ITK itself writes."""
    chance = np.random.default_rng(2)
    for kind in ("u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f4", "f8"):
        image = sitk.GetImageFromArray(chance.integers(0, 100, (5, 4, 3)).astype(kind))
        image.SetSpacing((0.7, 0.8, 2.5))
        image.SetOrigin((-10, 20, 30))
        for name in ("a.nrrd", "a.nhdr", "a.mha", "a.mhd"):
            for packed in (True, False):
                sitk.WriteImage(image, str(tmp_path / name), packed)
                found, true = imaging.read_labels(tmp_path / name), imaging.read_labels(image)
                assert np.array_equal(found.array, true.array), (kind, name)
                assert found.grid.same_as(true.grid)


def test_too_few_too_many_or_damaged_voxels(made) -> None:
    """In the file or beside it, packed or not: never zeros, never another's memory."""
    for number, wrong in enumerate((RAW[:-2], RAW[:60], b"", RAW + b"12", RAW * 3)):
        packed, zipped = gzip.compress(wrong), zlib.compress(wrong)
        for path in (
            made(f"{number}a.nrrd", NRRD.format("raw", ""), wrong),
            made(f"{number}b.nrrd", NRRD.format("gzip", ""), packed),
            made(f"{number}c.nhdr", NRRD.format("raw", "data file: c.raw\n"), c_raw=wrong),
            made(f"{number}d.nhdr", NRRD.format("gzip", "data file: d.gz\n"), d_gz=packed),
            made(f"{number}e.mha", META.format("False", "", "LOCAL"), wrong),
            made(f"{number}f.mha", META.format("True", "", "LOCAL"), zipped),
            made(f"{number}g.mhd", META.format("False", "", "g.raw"), g_raw=wrong),
            made(f"{number}h.mhd", META.format("True", "", "h.zraw"), h_zraw=zipped),
        ):
            assert _refused(path) == "damaged", path.name
    for cut in (10, 30):
        assert _refused(made("a.nhdr", NRRD.format("gzip", "data file: a.gz\n"), a_gz=gzip.compress(RAW)[:-cut]))
        assert _refused(made("a.mhd", META.format("True", "", "a.zraw"), a_zraw=zlib.compress(RAW)[:-cut]))
    for text in (b"1 2 3", b"1 " * 121, b"x " * 120, b"nan " * 120, b"0.5 " * 120, b"99999 " * 120):
        assert _refused(made("a.nrrd", NRRD.format("ascii", ""), text)) == "damaged"


def test_a_bomb_is_not_unpacked(made) -> None:
    """A gigabyte in a megabyte: no more is unpacked than the header says there is."""
    import tracemalloc

    bomb = gzip.compress(bytes(200_000_000), 9)
    path = made("a.nhdr", NRRD.format("gzip", "data file: a.gz\n"), a_gz=bomb)
    tracemalloc.start()
    assert _refused(path) == "damaged"
    assert tracemalloc.get_traced_memory()[1] < 20_000_000
    tracemalloc.stop()


def test_voxels_in_other_places(made, tmp_path) -> None:
    """Missing, in several files, or outside the folder of the header."""
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "a.raw").write_bytes(RAW)
    (inner / "b.raw").write_bytes(RAW)
    for named, code in (
        ("absent.raw", "no-file"), ("inner", "no-file"), ("../a.raw", "data-file"), ("inner/../a.raw", "data-file"),
        (os.fspath(tmp_path / "a.raw"), "data-file"), ("C:\\a.raw", "data-file"), ("\\\\host\\a.raw", "data-file"),
        ("a%d.raw 1 4 1", "data-file"), ("LIST\na.raw", "data-file"), ("LIST 2\na.raw", "data-file"),
        ("", "data-file"),
    ):  # fmt: skip
        assert _refused(made("a.nhdr", NRRD.format("raw", f"data file: {named}\n"))) == code, named
        assert _refused(made("a.mhd", META.format("False", "", named))) == code, named
    assert np.array_equal(_array(made("a.nhdr", NRRD.format("raw", "data file: inner/b.raw\n"))), ARRAY)
    assert np.array_equal(_array(made("a.mhd", META.format("False", "", "inner/b.raw"))), ARRAY)


def test_ways_of_packing_that_are_not_read(made) -> None:
    """Said by name, not guessed."""
    for encoding in ("bzip2", "hex", "zrl", ""):
        assert _refused(made("a.nrrd", NRRD.format(encoding, ""), RAW)) == "format"
    for skip in ("byte skip: 3\n", "line skip: 1\n", "byte skip: -1\n"):
        assert _refused(made("a.nrrd", NRRD.format("gzip", skip), gzip.compress(RAW))) == "format"
    assert _refused(made("a.nrrd", NRRD.format("raw", "byte skip: many\n"), RAW)) == "damaged"
    assert _refused(made("a.mha", META.format("False", "HeaderSize = 3\n", "LOCAL"), RAW)) == "format"
    assert _refused(made("a.mha", META.format("False", "ElementNumberOfChannels = 2\n", "LOCAL"), RAW * 2)) == "layers"
