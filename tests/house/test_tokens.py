import re
from pathlib import Path

import pytest

from tools import tokens

pytestmark = pytest.mark.pure
STATIC = Path(tokens.__file__).resolve().parent.parent / "static"
OWN_SHEETS = sorted(path for path in STATIC.rglob("*.css") if "vendor" not in path.parts)


@pytest.mark.parametrize("pair", tokens.checked_pairs(), ids=lambda pair: f"{pair.seen} on {pair.ground}")
def test_every_pair_keeps_its_contrast_in_both_themes(pair):
    assert min(pair.light, pair.dark) >= pair.least


def test_contrast_is_that_of_the_standard():
    # Known ratios: black on white is 21:1, and #767676 is the lightest grey that passes on white.
    assert tokens.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert tokens.contrast("#FFFFFF", "#767676") == pytest.approx(4.54, abs=0.005)
    assert tokens.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)


def test_a_pair_too_weak_in_one_theme_does_not_pass():
    assert not tokens.Checked("ink", "paper", 4.5, light=7.0, dark=4.4).passes
    assert tokens.Checked("ink", "paper", 4.5, light=4.5, dark=4.5).passes


def test_the_sheet_is_what_the_tokens_say():
    assert (STATIC / "tokens.css").read_text(encoding="utf-8") == tokens.sheet()


def test_a_stale_sheet_is_refused_and_left_alone(tmp_path, monkeypatch, capsys):
    stale = tmp_path / "tokens.css"
    stale.write_text("old", encoding="utf-8")
    monkeypatch.setattr(tokens, "SHEET", stale)
    assert tokens.main(["--check"]) == 1
    assert stale.read_text(encoding="utf-8") == "old"
    assert tokens.main([]) == 0
    assert tokens.main(["--check"]) == 0
    capsys.readouterr()


def test_a_weak_pair_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(tokens, "SHEET", tmp_path / "tokens.css")
    monkeypatch.setitem(tokens.TOKENS, "ink-3", ("#BBBBBB", "#97A39F"))
    assert tokens.main([]) == 1
    assert "TOO WEAK" in capsys.readouterr().out


@pytest.mark.parametrize("sheet", OWN_SHEETS, ids=lambda path: path.name)
def test_sheets_use_only_colours_that_are_tokens(sheet):
    if sheet.name == "tokens.css":
        return
    used = set(re.findall(r"var\(--([a-z0-9-]+)", sheet.read_text(encoding="utf-8")))
    of_the_look = {"font-ui", "font-head", "r-s", "r-m", "r-l"}
    assert {name for name in used if not name.startswith("bs-")} - of_the_look - set(tokens.TOKENS) == set()


@pytest.mark.parametrize("sheet", OWN_SHEETS, ids=lambda path: path.name)
def test_sheets_name_no_colour_of_their_own(sheet):
    if sheet.name == "tokens.css":
        return
    text = re.sub(r"@media print \{.*?\n\}", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert re.findall(r"#[0-9A-Fa-f]{3,8}\b|rgba?\(|hsla?\(", text) == []


@pytest.mark.parametrize("sheet", sorted(STATIC.rglob("*.css")), ids=lambda path: path.name)
def test_everything_a_sheet_points_to_is_a_file_of_ours(sheet):
    text = sheet.read_text(encoding="utf-8")
    targets = re.findall(r"url\(\s*[\"']?([^\"')]+)", text)
    assert [target for target in targets if not (sheet.parent / target).is_file()] == []
    assert "sourceMappingURL" not in text


def test_own_sheets_and_scripts_stay_small():
    import gzip

    css = sum(len(gzip.compress(path.read_bytes())) for path in OWN_SHEETS if path.parent == STATIC)
    scripts = sum(len(gzip.compress(path.read_bytes())) for path in STATIC.rglob("*.js") if "vendor" not in path.parts)
    assert css <= 14_000
    assert scripts <= 8_000
