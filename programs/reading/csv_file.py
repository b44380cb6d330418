"""CSV as people's programs write it: any of four delimiters, any line end, and strict about quotation marks."""

import csv
import re
from collections.abc import Iterator

from programs.reading.decoding import decode
from programs.reading.shaping import Record, TableBuilder
from programs.reading.table import Limits, Table, UnreadableFile

DELIMITERS = (",", ";", "\t", "|")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
# Excel writes this as a first line, and reads the delimiter from it.
_SEP_LINE = re.compile(r"sep=([,;\t|])\r?\n?", re.IGNORECASE)
_SAMPLE_CHARACTERS = 65_536
_SAMPLE_RECORDS = 20
# Far above the limit of a cell, so that an oversized cell is reported as such and not as an error of the parser.
_PARSER_LIMIT = 2**27


def read_csv(data: bytes, limits: Limits, encoding: str | None) -> Table:
    """Read a whole CSV file. Raises UnreadableFile with the line where it stops making sense."""
    decoded = decode(data, encoding)
    text = decoded.text
    told = _SEP_LINE.match(text)
    skipped = 1 if told else 0
    delimiter = told.group(1) if told else guess_delimiter(text)
    builder = TableBuilder(limits)
    for record in _records(text[told.end() :] if told else text, delimiter, skipped):
        builder.add(record)
    return builder.table(
        kind="csv", encoding=decoded.encoding, delimiter=delimiter, needs_confirmation=decoded.needs_confirmation
    )


def guess_delimiter(text: str) -> str:
    """The delimiter that splits most of the first rows into as many parts as the header; a comma if none does."""
    sample = text[:_SAMPLE_CHARACTERS]
    scores = {delimiter: _fitness(sample, delimiter) for delimiter in DELIMITERS}
    return max(DELIMITERS, key=lambda delimiter: scores[delimiter])


def _fitness(sample: str, delimiter: str) -> tuple[int, int]:
    """How many of the first rows have as many cells as the header, and how many cells that is."""
    widths: list[int] = []
    try:
        for cells in csv.reader(_lines(sample), delimiter=delimiter, strict=True):
            if cells:
                widths.append(len(cells))
            if len(widths) == _SAMPLE_RECORDS:
                break
    except csv.Error:
        # The sample may end inside a quoted cell; what was read before that still counts.
        widths = widths[:_SAMPLE_RECORDS]
    if not widths or widths[0] == 1:
        return (0, 0)
    return (widths.count(widths[0]), widths[0])


def _lines(text: str) -> Iterator[str]:
    return (match.group() for match in _LINE.finditer(text))


def _records(text: str, delimiter: str, skipped: int) -> Iterator[Record]:
    csv.field_size_limit(max(csv.field_size_limit(), _PARSER_LIMIT))
    reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
    number = skipped
    begins = 1
    try:
        for cells in reader:
            number += 1
            begins = reader.line_num + 1
            yield Record(number, cells)
    except csv.Error as error:
        raise _quotation_error(text, begins, reader.line_num, skipped) from error


def _quotation_error(text: str, begins: int, stopped: int, skipped: int) -> UnreadableFile:
    """Say where the quotation mark stands that was never closed, or that was closed in the middle of a cell."""
    is_open = False
    opened = begins
    for line_number, line in enumerate(_lines(text), start=1):
        # A doubled mark is a mark inside a cell, or an empty cell: either way it opens nothing.
        marks = line.replace('""', "").count('"') if begins <= line_number <= stopped else 0
        if marks:
            is_open = is_open != bool(marks % 2)
            opened = line_number if is_open else opened
    if is_open:
        return UnreadableFile(
            "A quotation mark is opened here and never closed",
            where=f"Line {opened + skipped}",
            fix='Close it, or delete it. A quotation mark inside a quoted cell is written twice ("").',
        )
    return UnreadableFile(
        "There is text after a closing quotation mark",
        where=f"Line {stopped + skipped}",
        fix='A quotation mark inside a quoted cell is written twice ("").',
    )
