"""From bytes to text: by the mark at the beginning, as UTF-8, or as a guess that a person confirms."""

import codecs
import re
from dataclasses import dataclass

from programs.reading.table import UnreadableFile

# What a coordinator can choose when a file is not UTF-8, with the words shown for it.
ENCODINGS = {
    "utf-8": "Unicode (UTF-8)",
    "cp1252": "Western European (Windows)",
    "cp1250": "Central European (Windows)",
    "cp1251": "Cyrillic (Windows)",
    "cp1253": "Greek (Windows)",
    "cp1254": "Turkish (Windows)",
    "mac_roman": "Western European (Mac)",
}
# The longer mark first: UTF-32's begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Signs beside letters that people type in names and sentences, as Windows encodes them.
_USUAL_SIGNS = frozenset("€‘’‚“”„–—…•«»‹›°§£©®™´`²³½¼¾\xa0ªº·¡¿")
_UNUSUAL_LETTERS = frozenset("ÿþÞƒµ")
_SAVE_AS_UTF8 = "Save it again as “CSV UTF-8” (Excel: File, Save as; other programs: character set UTF-8)."
# Half of a character outside the first 65,536, which careless programs write as if it were one.
_HALF_CHARACTER = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
_LINE_END = re.compile(rb"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Decoded:
    text: str
    encoding: str
    needs_confirmation: bool = False


def decode(data: bytes, encoding: str | None = None) -> Decoded:
    """The text of a file. `encoding` is one of ENCODINGS that a person chose after seeing a preview.

    Raises UnreadableFile for NUL bytes, UTF-16 without a mark, and bytes that no likely encoding explains.
    """
    for mark, marked in _MARKS:
        if data.startswith(mark):
            return Decoded(_without_nul(_strictly(data[len(mark) :], marked)), marked)
    _refuse_nul_bytes(data)
    if encoding is not None:
        if encoding not in ENCODINGS:
            raise UnreadableFile("This character set is not one of those offered", fix=_SAVE_AS_UTF8)
        return Decoded(_strictly(data, encoding), encoding)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        return _guess(data, error)


def _guess(data: bytes, error: UnicodeDecodeError) -> Decoded:
    """Western European, if the file has no UTF-8 letter at all and the bytes give letters and signs people use."""
    characters = set(data.decode("utf-8", "surrogateescape"))
    bad = {c for c in characters if "\udc80" <= c <= "\udcff"}
    is_utf8_elsewhere = any(c > "\x7f" for c in characters - bad)
    is_utf8_elsewhere = is_utf8_elsewhere or _HALF_CHARACTER.search(data) is not None
    if is_utf8_elsewhere or not all(_is_usual(c) for c in bad):
        raise _bad_byte(data, error.start) from error
    return Decoded(data.decode("cp1252"), "cp1252", needs_confirmation=True)


def _is_usual(escaped: str) -> bool:
    letter = bytes([ord(escaped) - 0xDC00]).decode("cp1252", "replace")
    return letter in _USUAL_SIGNS or (letter.isalpha() and letter not in _UNUSUAL_LETTERS)


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding.startswith(("utf-16", "utf-32")):
            raise UnreadableFile("The file is cut off or damaged", fix=_SAVE_AS_UTF8) from error
        raise _bad_byte(data, error.start) from error


def _bad_byte(data: bytes, position: int) -> UnreadableFile:
    return UnreadableFile(
        f"A character cannot be read (byte {data[position]:02X})",
        where=f"Line {_line_of(data, position)}",
        fix="Type that character again, then save the file as “CSV UTF-8”.",
    )


def _line_of(data: bytes, position: int) -> int:
    return len(_LINE_END.findall(data, 0, position)) + 1


def _refuse_nul_bytes(data: bytes) -> None:
    position = data.find(b"\0")
    if position < 0:
        return
    start = data[:4096]
    # In UTF-16 every other byte of Latin text is 0.
    if max(start[0::2].count(0), start[1::2].count(0)) > len(start) // 4:
        raise UnreadableFile("The file is in UTF-16 without a mark that says so", fix=_SAVE_AS_UTF8)
    raise _nul(_line_of(data, position))


def _without_nul(text: str) -> str:
    position = text.find("\0")
    if position >= 0:
        raise _nul(text.count("\n", 0, position) + 1)
    return text


def _nul(line: int) -> UnreadableFile:
    return UnreadableFile(
        "There is a NUL character, which no text has",
        where=f"Line {line}",
        fix="The file may be damaged or not a text file. Export it again from the program it came from.",
    )
