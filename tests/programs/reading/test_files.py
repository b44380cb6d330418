"""Files and encodings: one case for each kind of hostile or broken CSV file, numbered as in the list of threats."""

import codecs

import pytest

from programs.reading import Table, UnreadableFile, own_name, read_table

pytestmark = pytest.mark.pure

PLAIN = "email,name\na@x.org,José\n"
ROWS = [(2, ("a@x.org", "José"))]


def read(data: bytes | str, name: str = "people.csv", **kwargs) -> Table:
    return read_table(data.encode() if isinstance(data, str) else data, name, **kwargs)


def rows(table: Table) -> list[tuple[int, tuple[str, ...]]]:
    return [(row.number, row.values) for row in table.rows]


def refusal(data: bytes | str, name: str = "people.csv", **kwargs) -> str:
    with pytest.raises(UnreadableFile) as caught:
        read(data, name, **kwargs)
    return str(caught.value)


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        pytest.param(PLAIN.encode("utf-8-sig"), "utf-8", id="1-utf-8-mark"),
        pytest.param(PLAIN.encode(), "utf-8", id="1-no-mark"),
        pytest.param(codecs.BOM_UTF16_LE + PLAIN.encode("utf-16-le"), "utf-16-le", id="2-utf-16-le"),
        pytest.param(codecs.BOM_UTF16_BE + PLAIN.encode("utf-16-be"), "utf-16-be", id="2-utf-16-be"),
        pytest.param(codecs.BOM_UTF32_LE + PLAIN.encode("utf-32-le"), "utf-32-le", id="2-utf-32-le"),
    ],
)
def test_files_that_say_what_they_are_need_no_confirmation(data, encoding):
    table = read(data)
    assert (table.headers, rows(table), table.encoding, table.needs_confirmation) == (
        ("email", "name"),
        ROWS,
        encoding,
        False,
    )


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_3_utf_16_without_a_mark_is_refused_with_advice(encoding):
    assert refusal(PLAIN.encode(encoding)) == (
        "The file is in UTF-16 without a mark that says so. Save it again as “CSV UTF-8” "
        "(Excel: File, Save as; other programs: character set UTF-8)."
    )


def test_2_cut_utf_16_is_refused():
    assert refusal(codecs.BOM_UTF16_LE + PLAIN.encode("utf-16-le")[:-1]).startswith("The file is cut off or damaged.")


def test_4_western_european_letters_are_shown_before_they_are_believed():
    table = read(PLAIN.encode("cp1252"))
    assert (rows(table), table.encoding, table.needs_confirmation) == (ROWS, "cp1252", True)


def test_4_a_confirmed_encoding_is_used_as_told():
    table = read("email,name\na@x.org,Łukasz\n".encode("cp1250"), encoding="cp1250")
    assert (rows(table), table.needs_confirmation) == ([(2, ("a@x.org", "Łukasz"))], False)


def test_4_an_encoding_that_is_not_offered_is_refused():
    assert refusal(b"a", encoding="rot13").startswith("This character set is not one of those offered.")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(PLAIN.encode() + b"b@x.org,\xff\n", "Line 3: A character cannot be read (byte FF).", id="5-utf-8"),
        pytest.param(b"email\r\n\r\nb\x81@x.org", "Line 3: A character cannot be read (byte 81).", id="5-ascii"),
        pytest.param(
            b"email\rb@x.org\r\xed\xa0\x80", "Line 3: A character cannot be read (byte ED).", id="46-surrogate"
        ),
    ],
)
def test_5_a_byte_that_fits_nowhere_is_named_with_its_line(data, said):
    assert refusal(data) == f"{said} Type that character again, then save the file as “CSV UTF-8”."


def test_5_a_confirmed_encoding_that_does_not_fit_names_the_line():
    assert refusal(b"email\nx\x81", encoding="cp1252").startswith("Line 2: A character cannot be read (byte 81).")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_6_every_line_end_is_read(end):
    assert rows(read(f"email,name{end}a@x.org,Ann{end}b@x.org,Bob")) == [
        (2, ("a@x.org", "Ann")),
        (3, ("b@x.org", "Bob")),
    ]


def test_6_mixed_line_ends_in_one_file():
    assert [row.values[0] for row in read("email\r\na\nb\rc\r\n").rows] == ["a", "b", "c"]


def test_6_line_ends_inside_a_quoted_cell_stay():
    assert rows(read('email,bio\na@x.org,"one\r\ntwo"\nb@x.org,x')) == [
        (2, ("a@x.org", "one\r\ntwo")),
        (3, ("b@x.org", "x")),
    ]


@pytest.mark.parametrize(
    "data", [b"email,name\na@x.org,A\0nn\n", codecs.BOM_UTF16_LE + "email,name\na@x.org,A\0nn\n".encode("utf-16-le")]
)
def test_7_nul_is_refused_with_its_line(data):
    assert refusal(data) == (
        "Line 2: There is a NUL character, which no text has. The file may be damaged or not a text file. "
        "Export it again from the program it came from."
    )


@pytest.mark.parametrize("data", ["", "email,name", "email,name\n", "\n\n\n", " \n,,\n", "\ufeff", "email\n\n \n"])
def test_8_nothing_but_a_header_is_no_rows(data):
    assert read(data).rows == []


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_9_the_delimiter_is_found_among_four(delimiter):
    table = read(delimiter.join(["email", "name"]) + "\n" + delimiter.join(["a@x.org", '"Lovelace, Ada; |\t"']))
    assert (table.delimiter, rows(table)) == (delimiter, [(2, ("a@x.org", "Lovelace, Ada; |\t"))])


def test_9_commas_in_the_values_do_not_outvote_the_header():
    assert rows(read("email;name\na@x.org;Lovelace, Ada\nb@x.org;Bell, Bob, Dr\n")) == [
        (2, ("a@x.org", "Lovelace, Ada")),
        (3, ("b@x.org", "Bell, Bob, Dr")),
    ]


def test_9_one_column_is_one_column():
    assert rows(read("email\na@x.org\n")) == [(2, ("a@x.org",))]


def test_9_the_delimiter_line_of_excel_is_obeyed():
    assert rows(read("sep=;\r\nemail;name\r\na@x.org;Ann\r\n")) == [(3, ("a@x.org", "Ann"))]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        pytest.param('email,name\na@x.org,"Ann\nb@x.org,Bob\n', 2, id="to-the-end"),
        pytest.param('email,name\na@x.org,"Ann\nLee","\nb@x.org,Bob\n', 3, id="second-cell-of-a-long-row"),
        pytest.param('sep=,\nemail,name\na@x.org,"Ann\n', 3, id="after-the-delimiter-line"),
        pytest.param('"email,name\na@x.org,Ann\n', 1, id="in-the-header"),
    ],
)
def test_10_an_open_quotation_mark_is_named_with_the_line_where_it_opens(data, line):
    assert refusal(data) == (
        f"Line {line}: A quotation mark is opened here and never closed. Close it, or delete it. "
        'A quotation mark inside a quoted cell is written twice ("").'
    )


def test_10_text_after_a_closing_quotation_mark():
    assert refusal('email,name\na@x.org,"Ann"x\n') == (
        "Line 2: There is text after a closing quotation mark. "
        'A quotation mark inside a quoted cell is written twice ("").'
    )


@pytest.mark.parametrize("size", [10_001, 200_000])
def test_11_a_huge_cell_is_a_fault_of_its_row_alone(size):
    table = read(f"email,bio\na@x.org,{'x' * size}\nb@x.org,ok\n")
    assert [(row.number, [fault.message for fault in row.faults]) for row in table.rows] == [
        (2, [f"The cell has {size:,} characters; 10,000 is the most"]),
        (3, []),
    ]
    assert len(table.rows[0].values[1]) == 10_000


def test_11_ten_thousand_characters_are_no_fault():
    assert read(f"email,bio\na@x.org,{'x' * 10_000}\n").rows[0].faults == ()


@pytest.mark.parametrize("columns", [101, 500, 1_000_000])
def test_12_more_than_a_hundred_columns_are_refused(columns):
    assert refusal(",".join(["c"] * columns)) == (
        "Row 1: There are more than 100 columns. Delete the columns that are not needed and try again."
    )


def test_12_a_hundred_columns_are_read():
    assert len(read(",".join(f"c{n}" for n in range(100))).headers) == 100


@pytest.mark.parametrize(
    ("data", "row"),
    [
        pytest.param(b"email\n" + b"a@x.org\n" * 1_000_000, "50002", id="filled"),
        pytest.param(b"email\n" + b"\n" * 1_000_000, "50002", id="empty"),
    ],
)
def test_13_a_million_rows_are_refused_before_they_are_read(data, row):
    assert refusal(data) == (
        f"Row {row}: There are more than 50,000 rows. Split the file and import the parts one after the other."
    )


def test_13_fifty_thousand_rows_are_read():
    assert len(read(b"email\n" + b"a@x.org\n" * 50_000).rows) == 50_000


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("b@x.org", "The row has 1 cell, the header 3"),
        ("b@x.org,Bob", "The row has 2 cells, the header 3"),
        ("b@x.org,Bob,x,y", "The row has 4 cells, the header 3"),
    ],
)
def test_14_a_ragged_row_is_a_fault_of_its_row_alone(line, message):
    table = read(f"email,name,bio\n{line}\nc@x.org,Cy,z\n")
    assert [[fault.message for fault in row.faults] for row in table.rows] == [[message], []]
    assert [len(row.values) for row in table.rows] == [3, 3]


def test_14_empty_cells_beyond_the_header_do_no_harm():
    assert rows(read("email,name,,\na@x.org,Ann,,\n")) == [(2, ("a@x.org", "Ann"))]


def test_15_equal_and_missing_headers_are_told_apart_and_told():
    table = read(" Email ,name,Name,,name\na,b,c,d,e\n")
    assert table.headers == ("Email", "name", "Name (2)", "Column 4", "name (3)")
    assert table.notes == [
        "Two columns are called “Name”; the second is called “Name (2)” here.",
        "Column 4 has no name; it is called “Column 4” here.",
        "Two columns are called “name”; the second is called “name (3)” here.",
    ]


def test_empty_rows_are_left_out_but_counted_and_rows_keep_their_numbers():
    table = read("email,name\n\na@x.org,Ann\n,,\nb@x.org,Bob\n")
    assert [row.number for row in table.rows] == [3, 5]
    assert table.notes == ["2 empty rows left out."]


@pytest.mark.parametrize(
    ("start", "said"),
    [
        (b"PK\x03\x04", "The file is an Excel workbook or another zip archive, whatever its name says"),
        (b"%PDF-1.7\n", "The file is a PDF, not a list"),
        (b"MZ\x90\x00\x03", "The file is a program, not a list"),
        (b"\x7fELF\x02", "The file is a program, not a list"),
        (b"\x1f\x8b\x08", "The file is a compressed file (gzip), not a list"),
        (b"BZh91AY&SY", "The file is a compressed file (bzip2), not a list"),
        (b"\x89PNG\r\n", "The file is a picture, not a list"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "A workbook of the old format (.xls) is not read"),
        (b"\n <!DOCTYPE html>", "The file is a web page, not a list"),
    ],
)
@pytest.mark.parametrize("name", ["people.csv", "people", ""])
def test_16_and_19_what_is_no_text_is_refused_whatever_its_name(start, said, name):
    assert refusal(start + b" whatever", name).split(". ")[0] == said


def test_16_a_list_may_begin_with_the_letters_of_a_program():
    assert read("MZ number,email\n1,a@x.org\n").headers == ("MZ number", "email")


@pytest.mark.parametrize("extension", ["xlsm", "XLSB", "xls", "ods", "numbers"])
def test_26_other_workbooks_are_refused_by_name(extension):
    assert refusal(b"PK\x03\x04", f"people.{extension}").endswith(
        "is not read. Save the list as a CSV file or as an Excel workbook (.xlsx)."
    )


def test_16_a_csv_named_xlsx_is_refused_with_advice():
    assert refusal(PLAIN, "people.xlsx") == (
        "The file is named .xlsx but is not an Excel workbook. Save it again as an Excel workbook; "
        "if it is a CSV file, give it a name that ends in .csv."
    )


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("people.csv", "people.csv"),
        ("Лист 1.xlsx", "Лист 1.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\people.csv", "people.csv"),
        ("a\r\nSet-Cookie: x.csv", "aSet-Cookie x.csv"),
        ("\u202evsc.exe", "vsc.exe"),
        ("x" * 300 + ".csv", "x" * 96 + ".csv"),
        ("", "list"),
        ("..", "list"),
        ('"><script>.csv', "script.csv"),
    ],
)
def test_17_a_file_is_remembered_under_a_name_of_our_own(given, kept):
    assert own_name(given) == kept
