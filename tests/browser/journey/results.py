"""Steps 7 and 8: what the coordinator sees while it runs, and what the admin takes away at the end."""

import csv
import io

from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.browser.journey.matching import Pair
from tests.browser.walking import heading, press

PROGRAM = "/programs/public-service-mentoring/"
COLUMNS = ["Measure", "Group", "Numerator", "Denominator", "As of", "Shown"]
Row = tuple[str, str, float | None, float | None, str, str]


def export(page: Page, button: str, name: str) -> bytes:
    with page.expect_download() as download:
        press(page, button)
    assert download.value.suggested_filename == name
    return download.value.path().read_bytes()


def rows_of_csv(content: bytes) -> list[Row]:
    lines = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    return [_row(line) for line in lines]


def rows_of_xlsx(content: bytes) -> list[Row]:
    header, *lines = load_workbook(io.BytesIO(content), read_only=True).worksheets[0].iter_rows(values_only=True)
    return [_row(dict(zip(header, line, strict=True))) for line in lines]


def _row(line: dict) -> Row:
    measure, group, numerator, denominator, as_of, shown = (line[column] for column in COLUMNS)
    return (measure, group, _number(numerator), _number(denominator), str(as_of)[:10], shown)


def _number(cell: object) -> float | None:
    return None if cell in (None, "") else float(str(cell))


# --- step 7 --------------------------------------------------------------------------------
def overview_says(page: Page, met: list[Pair], quiet: Pair) -> None:
    """Who met, who did not, how many have answered."""
    page.goto(PROGRAM)
    heading(page, "Public service mentoring")
    expect(page.get_by_role("main")).to_contain_text("1 match is at risk")
    rhythm = page.get_by_role("table", name="Sessions of each match by week")
    for pair in met:
        row = rhythm.get_by_role("row").filter(has_text=pair.mentor.split()[0]).filter(has_text=pair.mentee.split()[0])
        expect(row).to_contain_text("On plan")
    expect(rhythm.get_by_role("row").filter(has_text=quiet.short)).to_contain_text("Not met yet")
    expect(page.get_by_text("8 of 8 people asked have answered")).to_be_visible()
    page.goto(PROGRAM + "pairs/")
    heading(page, "1 match of 5 may need help")
    rows = page.get_by_role("table").get_by_role("row")
    expect(rows).to_have_count(1 + 5)
    expect(rows.nth(1)).to_contain_text("Matched 20 days ago, nothing held or planned.")


# --- step 8 --------------------------------------------------------------------------------
# In the order of the report; None where it would be about fewer than five people.
WHOLE: dict[str, tuple[float, float | None] | None] = {
    "Enrolled": (56, None),
    "Matched, ever": (10, 56),
    "Matched, now": (10, 56),
    "Met": (8, 10),
    "Met 3 times": (0, 10),
    "Finished": (0, 10),
    "Matches, ever": (5, None),
    "Matches, now": (5, 5),
    "Matches that lasted": None,
    "Sessions held": (4, None),
    "Sessions a match": (0.8, 5),
    "Hours together": (3.5, None),
    "Mentor hours a mentee": None,
    "Goals set": None,
    "Goals reached": None,
    "People who reached a goal": None,
}
HIDDEN = [measure for measure, figure in WHOLE.items() if figure is None]


def report_says(page: Page) -> None:
    """The admin's report, and both files: each figure with what it counts, out of what, and of which day."""
    page.get_by_role("link", name="Public service mentoring", exact=True).click()
    heading(page, "8 of 56 people have met their match, in 4 sessions")
    expect(page.get_by_text("Figures of 22 March 2027.")).to_be_visible()
    table = page.get_by_role("table", name="Figures of the whole program")
    for measure in HIDDEN:
        expect(
            table.get_by_role("row").filter(has=page.get_by_role("rowheader", name=measure, exact=True))
        ).to_contain_text("fewer than 5 people")
    of_csv = rows_of_csv(export(page, "CSV", "public-service-mentoring-report.csv"))
    whole = [row for row in of_csv if row[1] == "Whole program" and row[0] != "Check-in"]
    told = {True: "no: fewer than 5 people", False: "yes"}
    assert whole == [
        (measure, "Whole program", *(figure or (None, None)), "2027-03-22", told[figure is None])
        for measure, figure in WHOLE.items()
    ]
    assert rows_of_xlsx(export(page, "Excel", "public-service-mentoring-report.xlsx")) == of_csv
