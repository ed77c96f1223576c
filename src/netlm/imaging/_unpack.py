"""Unpacking to the checksum, and never further than a header says there is."""

from __future__ import annotations

__all__ = ["GZIP", "ZLIB_OR_GZIP", "inflated"]

GZIP = 31
"""zlib's number for gzip with its checksum."""
ZLIB_OR_GZIP = 47
"""zlib's number for zlib or gzip, whichever it is, with its checksum."""


def inflated(packed: bytes, needed: int, *, whole: bool, kind: int = GZIP) -> bytes:
    """The content of a packed file, of one part or several; nothing where it is damaged or longer than ``needed``.

    Without ``whole`` it may be cut off anywhere, and ends soon after ``needed`` bytes.
    """
    from zlib_ng import zlib_ng

    parts: list[bytes] = []
    rest, missing = packed, needed + 1
    while rest:
        stream = zlib_ng.decompressobj(kind)
        try:
            parts.append(stream.decompress(rest, missing))
        except zlib_ng.error:  # type: ignore[misc]
            return b""
        missing -= len(parts[-1])
        if not whole and missing <= 0:
            break
        if not stream.eof:
            return b"" if whole else b"".join(parts)
        rest = stream.unused_data.lstrip(b"\x00")
        if missing <= 0:
            return b""
    return parts[0] if len(parts) == 1 else b"".join(parts)
