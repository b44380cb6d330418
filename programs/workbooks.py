"""New workbooks for Excel, in which nothing is ever a formula or a link, whatever somebody typed."""

from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from xlsxwriter import Workbook


def new_workbook(out: IO[bytes], *, row_by_row: bool = False) -> "Workbook":
    """Written into `out` when it is closed, as the end of `with` does; `row_by_row` keeps one row in memory."""
    from xlsxwriter import Workbook  # noqa: PLC0415  11 MB that only such a file needs

    kept = {"constant_memory": True} if row_by_row else {"in_memory": True}
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    return Workbook(out, kept | plain)
