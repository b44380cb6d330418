"""Excel workbooks: one case for each kind of hostile or odd XLSX file, numbered as in the list of threats."""

import datetime as dt
import io
import struct
import zipfile

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from programs.reading import Table, UnreadableFile, read_table
from programs.reading.xlsx_file import value_text
from tests.programs.reading.workbooks import MAIN, SHEET, changed, saved, with_sheet, workbook

pytestmark = pytest.mark.pure

LIST = [["email", "name"], ["a@x.org", "José"]]
TOO_BIG = "The workbook unpacks to more than is read at once"


def read(data: bytes, name: str = "people.xlsx") -> Table:
    return read_table(data, name)


def values(table: Table) -> list[tuple[str, ...]]:
    return [row.values for row in table.rows]


def refusal(data: bytes) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read(data)
    return caught.value.message


def test_a_workbook_is_read_like_a_csv_file():
    table = read(workbook(LIST))
    assert (table.kind, table.headers, values(table), table.notes) == (
        "xlsx",
        ("email", "name"),
        [("a@x.org", "José")],
        [],
    )


def test_16_a_workbook_named_csv_is_refused():
    with pytest.raises(UnreadableFile, match="whatever its name says"):
        read(workbook(LIST), "people.csv")


@pytest.mark.parametrize(
    "inflated",
    [pytest.param(101 * 2**20, id="over-100-MB"), pytest.param(20 * 2**20, id="over-50-to-1")],
)
def test_20_a_zip_bomb_is_refused_by_what_it_declares(inflated):
    assert refusal(changed(workbook(LIST), {"xl/media/image1.png": b"\0" * inflated})) == TOO_BIG


def test_20_a_sheet_with_one_endless_row_is_refused():
    assert refusal(with_sheet("<sheetData><row>" + "<c/>" * 80_000 + "</row></sheetData>")) == TOO_BIG


def test_20_endless_markup_is_refused():
    data = changed(
        workbook(LIST), {"xl/styles.xml": f"<styleSheet {MAIN}><cellXfs>{'<xf/>' * 70_000}</cellXfs></styleSheet>"}
    )
    assert refusal(data) == TOO_BIG


def _lying(data: bytes, name: str, size: int) -> bytes:
    """The archive with another inflated size declared for one entry, in its directory and its own header."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entry = archive.getinfo(name)
    changed_data = bytearray(data)
    struct.pack_into("<I", changed_data, entry.header_offset + 22, size)
    at = data.index(b"PK\x01\x02")
    while changed_data[at + 46 : at + 46 + len(name)] != name.encode():
        at = data.index(b"PK\x01\x02", at + 4)
    struct.pack_into("<I", changed_data, at + 24, size)
    return bytes(changed_data)


@pytest.mark.parametrize(
    ("size", "said"), [(10, "The sizes given in the workbook are wrong"), (90_000, "The workbook is damaged")]
)
def test_21_a_size_that_lies_is_found_by_counting(size, said):
    assert refusal(_lying(workbook(LIST), SHEET, size)) == said


def test_22_ten_thousand_entries_are_refused():
    data = changed(workbook(LIST), {f"xl/media/{number}.png": b"x" for number in range(10_000)})
    assert refusal(data) == "The workbook has too many parts or parts of the same name"


def test_22_an_archive_in_the_archive_is_refused():
    data = changed(workbook(LIST), {"xl/embeddings/other.xlsx": workbook(LIST)})
    assert refusal(data) == "The workbook contains another archive or document"


def test_22_overlapping_entries_are_refused():
    data = bytearray(workbook(LIST))
    first = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", first + 4)
    data[second + 42 : second + 46] = data[first + 42 : first + 46]
    assert refusal(bytes(data)) in {
        "Parts of the workbook overlap, which no program writes",
        "The workbook is damaged",
    }


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
FOREIGN = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("entities", [LAUGHS, FOREIGN])
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "docProps/core.xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_23_entities_are_refused_in_every_part(entities, part, encoding):
    data = changed(workbook(LIST), {part: f"<?xml version='1.0'?>{entities}<x>&b;</x>".encode(encoding)})
    assert refusal(data) == "The workbook defines entities of its own, which no spreadsheet does"


def test_23_the_library_reads_xml_through_defusedxml():
    assert openpyxl.DEFUSEDXML is True


def test_24_a_sheet_that_says_it_is_huge_is_read_to_its_end():
    cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>email</t></is></c></row>'
    table = read(with_sheet(f'<dimension ref="A1:XFD1048576"/><sheetData>{cell}<row r="1048576"/></sheetData>'))
    assert (table.headers, table.rows) == (("email",), [])
    assert table.notes == ["Reading stopped at row 102, after 100 empty rows."]


@pytest.mark.parametrize("formula", ["=1+1", '=HYPERLINK("http://x.org")', "=cmd|' /C calc'!A0"])
def test_25_a_formula_is_never_computed_but_a_fault_of_its_cell(formula):
    table = read(workbook([["email", "name"], ["a@x.org", formula], ["b@x.org", "Bob"]]))
    assert [[(fault.code, fault.message) for fault in row.faults] for row in table.rows] == [
        [("formula", "Cell B2 holds a formula, which is not computed here")],
        [],
    ]


def test_25_a_formula_in_the_header_is_refused():
    assert refusal(workbook([["email", "=A1"], ["a@x.org", "x"]])) == (
        "In the header: Cell B1 holds a formula, which is not computed here"
    )


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("xl/vbaProject.bin", "The workbook contains macros"),
        ("xl/externalLinks/externalLink1.xml", "The workbook has links to other files or programs"),
    ],
)
def test_26_macros_and_links_to_elsewhere_are_refused(part, said):
    assert refusal(changed(workbook(LIST), {part: b"<x/>"})) == said


def test_27_dates_become_iso():
    row = ["a@x.org", dt.date(2026, 3, 2), dt.datetime(2026, 3, 2, 9, 30), dt.time(9, 30), dt.timedelta(hours=26)]
    assert values(read(workbook([["email", "a", "b", "c", "d"], row]))) == [
        ("a@x.org", "2026-03-02", "2026-03-02 09:30", "09:30", "26:00")
    ]


def test_27_the_epoch_of_1904_is_obeyed():
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(["email", "day"])
    book.active.append(["a@x.org", dt.date(2026, 3, 2)])
    assert values(read(saved(book))) == [("a@x.org", "2026-03-02")]


@pytest.mark.parametrize("serial", [1, 59, 60])
def test_27_days_that_excel_cannot_tell_are_faults(serial):
    book = openpyxl.Workbook()
    book.active.append(["email", "day"])
    book.active.append(["a@x.org", serial])
    book.active["B2"].number_format = "yyyy-mm-dd"
    table = read(saved(book))
    assert [fault.message for fault in table.rows[0].faults] == ["Cell B2: Excel cannot tell days before 1 March 1900"]


def test_27_a_serial_beyond_all_dates_is_a_fault():
    book = openpyxl.Workbook()
    book.active.append(["email", "day"])
    book.active.append(["a@x.org", 10**9])
    book.active["B2"].number_format = "yyyy-mm-dd"
    assert [fault.code for fault in read(saved(book)).rows[0].faults] == ["cell_error"]


def test_28_the_first_visible_sheet_is_read_and_told():
    book = openpyxl.Workbook()
    book.active.title = "Old"
    book.active.append(["secret"])
    book.active.sheet_state = "hidden"
    book.create_sheet("People").append(["email"])
    book.create_sheet("More").append(["nothing"])
    table = read(saved(book))
    assert table.headers == ("email",)
    assert table.notes == ["Only the sheet “People” is read, the first visible of 3."]


def test_28_hidden_rows_and_merged_cells_are_told():
    book = openpyxl.Workbook()
    for row in [["email", "name"], ["a@x.org", "Ann"], ["b@x.org", "Bob"]]:
        book.active.append(row)
    book.active.row_dimensions[2].hidden = True
    book.active.merge_cells("A3:B3")
    table = read(saved(book))
    assert values(table) == [("a@x.org", "Ann"), ("b@x.org", "")]
    assert table.notes == [
        "Hidden rows are read like the others.",
        "Some cells are merged; only the first of them carries the value.",
    ]


def test_29_a_password_is_named_as_the_reason():
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64) + "EncryptedPackage".encode("utf-16-le")
    assert refusal(data) == "The workbook is protected by a password"


def test_30_numbers_and_texts_stay_as_they_are_read_by_people():
    row = ["a@x.org", "007", 7, 7.0, 2.5, 0.1 + 0.2, True, "1e5"]
    assert values(read(workbook([["email", "a", "b", "c", "d", "e", "f", "g"], row]))) == [
        ("a@x.org", "007", "7", "7", "2.5", "0.3", "yes", "1e5")
    ]


def test_30_an_address_with_a_link_is_its_text():
    book = openpyxl.Workbook()
    book.active.append(["email"])
    book.active.append(["a@x.org"])
    book.active["A2"].hyperlink = "mailto:b@x.org"
    assert values(read(saved(book))) == [("a@x.org",)]


@pytest.mark.parametrize("number", [float("inf"), float("nan")])
def test_41_what_is_not_a_number_is_refused(number):
    with pytest.raises(ValueError, match="this is not a number"):
        value_text(number)


def test_error_cells_are_faults():
    table = read(
        with_sheet('<sheetData><row><c t="str"><v>email</v></c></row><row><c t="e"><v>#REF!</v></c></row></sheetData>')
    )
    assert [fault.message for fault in table.rows[0].faults] == ["Cell A2 shows the error #REF!"]


def test_short_rows_of_a_sheet_are_filled_up():
    assert values(read(workbook([["email", "name", "bio"], ["a@x.org"]]))) == [("a@x.org", "", "")]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x05\x06" + bytes(18), "The archive is not an Excel workbook"),
        (workbook(LIST)[:-30], "The workbook is damaged"),
        (changed(workbook(LIST), {"xl/workbook.xml": b"<x"}), "The workbook is damaged or not of the usual form"),
        (
            with_sheet('<sheetData><row><c t="s"><v>99</v></c></row></sheetData>'),
            "The workbook is damaged or not of the usual form",
        ),
    ],
)
def test_damaged_workbooks_are_refused(data, said):
    assert refusal(data) == said
