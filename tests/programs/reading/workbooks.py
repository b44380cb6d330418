"""Workbooks made for tests: ordinary ones by a library, hostile ones by changing parts of an ordinary one."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl

SHEET = "xl/worksheets/sheet1.xml"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def workbook(rows: Sequence[Sequence[Any]], title: str = "People") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(list(row))
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    into = io.BytesIO()
    book.save(into)
    return into.getvalue()


def changed(data: bytes, parts: Mapping[str, bytes | str]) -> bytes:
    """The workbook with some parts replaced or added."""
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name, old.read(name)))
        for name in set(parts) - set(old.namelist()):
            new.writestr(name, parts[name])
    return into.getvalue()


def with_sheet(inner: str) -> bytes:
    """A workbook whose sheet is exactly this markup."""
    return changed(workbook([["email"]]), {SHEET: f"<worksheet {MAIN}>{inner}</worksheet>"})
