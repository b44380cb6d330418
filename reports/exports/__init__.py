"""Files people can use: the outcome report, and the tables of a program and of the organisation."""

from reports.exports.catalogue import TITLES, find, tables, write_job
from reports.exports.declaring import Reading, Scope, Table
from reports.exports.outcome import COLUMNS, HIDDEN, MIME, WRITERS, export_outcome, table, to_csv, to_xlsx
from reports.exports.taking import FORMATS, LONG, Taken, take
from reports.exports.xlsx_file import KINDS, meaning

__all__ = [
    "COLUMNS",
    "FORMATS",
    "HIDDEN",
    "KINDS",
    "LONG",
    "MIME",
    "TITLES",
    "WRITERS",
    "Reading",
    "Scope",
    "Table",
    "Taken",
    "export_outcome",
    "find",
    "meaning",
    "table",
    "tables",
    "take",
    "to_csv",
    "to_xlsx",
    "write_job",
]
