"""What an Excel workbook may contain, looked at byte by byte before any library opens it.

A workbook is a zip archive of XML. Sizes declared in an archive can lie, entries can overlap, and a few bytes can
inflate to gigabytes; so every entry is inflated here once, in small pieces, and counted.
"""

import io
import itertools
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from programs.reading.table import UnreadableFile

MOST_BYTES = 100 * 2**20
MOST_RATIO = 50
MOST_ENTRIES = 2_000
# A workbook this small is no danger however well it is compressed.
_RATIO_COUNTS_FROM = 2**20
# Markup is what costs time: about 3.5 microseconds a tag. A row becomes a tree, so it must not be all of the sheet.
MOST_TAGS = {"lists": 1_350_000, "other": 60_000}
MOST_TAGS_IN_A_ROW = 70_000
_PIECE = 65_536
_LOCAL_HEADER = 30
_ENCRYPTED_FLAG = 1
_SMALLER = "Save the list as CSV, or copy it as values into a new workbook, and try again."
_FORBIDDEN = (
    (
        re.compile(r"vbaproject|/macrosheets/", re.IGNORECASE),
        "The workbook contains macros",
        "Save it as .xlsx without macros.",
    ),
    (
        re.compile(r"^xl/externallinks/", re.IGNORECASE),
        "The workbook has links to other files or programs",
        "Remove them (Excel: Data, Edit links, Break link) or copy the values into a new workbook.",
    ),
    (
        re.compile(r"\.(zip|xlsx|xlsm|xlsb|xls|docx|docm|pptx|jar|gz|7z|rar|tar|bz2|xz)$", re.IGNORECASE),
        "The workbook contains another archive or document",
        "Remove embedded files, or copy the values into a new workbook.",
    ),
)
_ROW = re.compile(rb"<(?:\w{1,20}:)?row\b")
_HIDDEN_ROW = re.compile(rb"<row\b[^>]{0,400}\bhidden=\"(?:1|true)\"")


@dataclass(slots=True)
class Inspection:
    """What is worth telling about the sheets, by the name of their part in the archive."""

    hidden_rows: set[str] = field(default_factory=set)
    merged: set[str] = field(default_factory=set)


def inspect_workbook(data: bytes) -> Inspection:
    """Raise UnreadableFile for whatever is not a plain workbook of bearable size; else say what was seen in it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, OSError) as error:
        raise _damaged() from error
    _check_directory(entries)
    inspection = Inspection()
    total = 0
    tags = dict.fromkeys(MOST_TAGS, 0)
    for entry in entries:
        tags["row"] = 0
        for piece, text in _inflate(data, entry):
            total += len(piece)
            if total > MOST_BYTES:
                raise _too_big()
            _look(entry.filename, piece, text, tags, inspection)
    return inspection


def _check_directory(entries: list[zipfile.ZipInfo]) -> None:
    """Refuse by what the archive says of itself: number, names, sizes, places."""
    names = [entry.filename for entry in entries]
    if len(entries) > MOST_ENTRIES or len(set(names)) < len(names):
        raise UnreadableFile("The workbook has too many parts or parts of the same name", fix=_SMALLER)
    for pattern, message, fix in _FORBIDDEN:
        if any(pattern.search(name) for name in names):
            raise UnreadableFile(message, fix=fix)
    if any(entry.flag_bits & _ENCRYPTED_FLAG for entry in entries):
        raise UnreadableFile("The workbook is protected by a password", fix="Remove the password and save it again.")
    if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
        raise _damaged()
    if "xl/workbook.xml" not in names:
        raise UnreadableFile("The archive is not an Excel workbook", fix="Save the list as .xlsx or CSV.")
    _check_sizes(entries)


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    inflated = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if inflated > MOST_BYTES or (inflated > _RATIO_COUNTS_FROM and inflated > MOST_RATIO * packed):
        raise _too_big()
    places = sorted((entry.header_offset, entry.compress_size) for entry in entries)
    for (offset, size), (following, _) in itertools.pairwise(places):
        if offset + _LOCAL_HEADER + size > following:
            raise UnreadableFile("Parts of the workbook overlap, which no program writes", fix=_SMALLER)


def _inflate(data: bytes, entry: zipfile.ZipInfo) -> Iterator[tuple[bytes, bytes]]:
    """Pieces of an entry as it really inflates, each also with the end of the piece before it in front."""
    start = entry.header_offset + _LOCAL_HEADER
    local = data[entry.header_offset : start]
    if len(local) < _LOCAL_HEADER or local[:4] != b"PK\x03\x04":
        raise _damaged()
    start += int.from_bytes(local[26:28], "little") + int.from_bytes(local[28:30], "little")
    packed = data[start : start + entry.compress_size]
    pieces = _stored(packed) if entry.compress_type == zipfile.ZIP_STORED else _deflated(packed)
    size = 0
    before = b""
    for piece in pieces:
        size += len(piece)
        if size > entry.file_size:
            raise UnreadableFile("The sizes given in the workbook are wrong", fix=_SMALLER)
        yield piece, before + piece
        before = piece[-16:]
    if size != entry.file_size:
        raise _damaged()


def _stored(packed: bytes) -> Iterator[bytes]:
    return (packed[at : at + _PIECE] for at in range(0, len(packed), _PIECE))


def _deflated(packed: bytes) -> Iterator[bytes]:
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        while packed and not engine.eof:
            yield engine.decompress(packed, _PIECE)
            packed = engine.unconsumed_tail
        if not engine.eof:
            yield engine.flush()
    except zlib.error as error:
        raise _damaged() from error


def _look(name: str, piece: bytes, text: bytes, tags: dict[str, int], inspection: Inspection) -> None:
    if not name.lower().endswith((".xml", ".rels")) or name.startswith(("xl/media/", "xl/pivotCache/", "customXml/")):
        return
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text or b"<\0!\0D\0O\0C" in text or b"\0<\0!\0D\0O\0" in text:
        raise UnreadableFile("The workbook defines entities of its own, which no spreadsheet does", fix=_SMALLER)
    is_sheet = name.startswith("xl/worksheets/")
    kind = "lists" if is_sheet or name == "xl/sharedStrings.xml" else "other"
    tags[kind] += piece.count(b"<")
    if tags[kind] > MOST_TAGS[kind]:
        raise _too_big()
    if is_sheet:
        _measure_rows(piece, tags)
        if _HIDDEN_ROW.search(piece):
            inspection.hidden_rows.add(name)
        if b"<mergeCell " in text:
            inspection.merged.add(name)


def _measure_rows(piece: bytes, tags: dict[str, int]) -> None:
    at = 0
    for begin in [*(match.start() for match in _ROW.finditer(piece)), len(piece)]:
        tags["row"] += piece.count(b"<", at, begin)
        if tags["row"] > MOST_TAGS_IN_A_ROW:
            raise _too_big()
        if begin < len(piece):
            tags["row"], at = 0, begin


def _too_big() -> UnreadableFile:
    return UnreadableFile("The workbook unpacks to more than is read at once", fix=_SMALLER)


def _damaged() -> UnreadableFile:
    return UnreadableFile(
        "The workbook is damaged", fix="Open it in Excel or LibreOffice, save it again and try again."
    )
