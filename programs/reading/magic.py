"""What a file is, by its first bytes and not by its name."""

from programs.reading.table import UnreadableFile

_AS_CSV_OR_XLSX = "Save the list as a CSV file or as an Excel workbook (.xlsx)."
_KINDS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "a PDF"),
    (b"\x7fELF", "a program"),
    (b"\x1f\x8b", "a compressed file (gzip)"),
    *((b"BZh%d1AY&SY" % level, "a compressed file (bzip2)") for level in range(1, 10)),
    (b"\xfd7zXZ\x00", "a compressed file (xz)"),
    (b"\x28\xb5\x2f\xfd", "a compressed file (zstd)"),
    (b"7z\xbc\xaf\x27\x1c", "a compressed file (7z)"),
    (b"Rar!\x1a\x07", "a compressed file (rar)"),
    (b"\x89PNG\r\n", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"SQLite format 3\x00", "a database"),
)
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OTHER_WORKBOOKS = {
    "xlsm": "A workbook with macros (.xlsm) is not read",
    "xltm": "A template with macros (.xltm) is not read",
    "xlam": "An add-in (.xlam) is not read",
    "xlsb": "A binary workbook (.xlsb) is not read",
    "xls": "A workbook of the old format (.xls) is not read",
    "ods": "An OpenDocument sheet (.ods) is not read",
    "numbers": "A Numbers sheet is not read",
}


def is_workbook(data: bytes, filename: str) -> bool:
    """True for an Excel workbook named .xlsx, False for text to be read as CSV. Raises UnreadableFile for all else."""
    extension = filename.rpartition(".")[2].lower() if "." in filename else ""
    if extension in _OTHER_WORKBOOKS:
        raise UnreadableFile(_OTHER_WORKBOOKS[extension], fix=_AS_CSV_OR_XLSX)
    _refuse_other_kinds(data)
    is_zip = data.startswith(_ZIP)
    if is_zip and extension != "xlsx":
        raise UnreadableFile(
            "The file is an Excel workbook or another zip archive, whatever its name says",
            fix="If it is a workbook, give it a name that ends in .xlsx, or save it as CSV.",
        )
    if extension == "xlsx" and not is_zip:
        raise UnreadableFile(
            "The file is named .xlsx but is not an Excel workbook",
            fix="Save it again as an Excel workbook; if it is a CSV file, give it a name that ends in .csv.",
        )
    return is_zip


def _refuse_other_kinds(data: bytes) -> None:
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            raise UnreadableFile(
                "The workbook is protected by a password",
                fix="Remove the password (Excel: File, Info, Protect workbook) and save it again.",
            )
        raise UnreadableFile(_OTHER_WORKBOOKS["xls"], fix=_AS_CSV_OR_XLSX)
    # A text may begin with the letters MZ; a program also has NUL bytes right after them.
    if data.startswith(b"MZ") and b"\0" in data[:64]:
        raise UnreadableFile("The file is a program, not a list", fix=_AS_CSV_OR_XLSX)
    for start, name in _KINDS:
        if data.startswith(start):
            raise UnreadableFile(f"The file is {name}, not a list", fix=_AS_CSV_OR_XLSX)
    if data[:256].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        raise UnreadableFile("The file is a web page, not a list", fix=_AS_CSV_OR_XLSX)
