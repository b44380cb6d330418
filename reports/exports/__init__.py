"""Files people can use: the outcome report, and the tables of a program and of the organisation."""

from reports.exports.outcome import COLUMNS, HIDDEN, MIME, WRITERS, export_outcome, table, to_csv, to_xlsx

__all__ = ["COLUMNS", "HIDDEN", "MIME", "WRITERS", "export_outcome", "table", "to_csv", "to_xlsx"]
