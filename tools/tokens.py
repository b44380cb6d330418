"""The colours of the product, in one place.

Running this file writes static/tokens.css and fails if any pair that must be told apart or read is too weak:

    python tools/tokens.py            write the style sheet, print the contrast of every pair
    python tools/tokens.py --check    change nothing; exit 1 if the sheet is stale or a pair is too weak
"""

import sys
from pathlib import Path
from typing import NamedTuple

SHEET = Path(__file__).resolve().parent.parent / "static" / "tokens.css"

# Each has a light and a dark value.
TOKENS: dict[str, tuple[str, str]] = {
    "paper": ("#F6F3EC", "#111716"),
    "surface": ("#FFFFFF", "#19211F"),
    "sunken": ("#EDE8DD", "#0B100F"),
    "ink": ("#1B2426", "#ECF0EC"),
    "ink-2": ("#475356", "#B7C1BD"),
    "ink-3": ("#5F6A6C", "#97A39F"),
    "line": ("#DDD6C8", "#2E3A37"),
    "line-strong": ("#857F72", "#7B8884"),
    "brand": ("#0B5A52", "#62CDBB"),
    "brand-hover": ("#08453F", "#86DDCE"),
    "on-brand": ("#FFFFFF", "#06231F"),
    "brand-tint": ("#E0EEEB", "#17332E"),
    "mentor": ("#0B5A52", "#62CDBB"),
    "mentee": ("#9A5A00", "#EDB04F"),
    "mentee-tint": ("#F7EAD3", "#3A2B12"),
    "risk": ("#A81E3B", "#FF8FA0"),
    "risk-tint": ("#FBE6E8", "#401A21"),
    "warn": ("#8A5200", "#EDB04F"),
    "warn-tint": ("#F9ECD5", "#38290F"),
    "ok": ("#0A6A66", "#6CD3CB"),
    "ok-tint": ("#DDF0EE", "#12322F"),
    "info": ("#2B4F86", "#9DC1F5"),
    "info-tint": ("#E4ECF7", "#1A2A44"),
    "focus": ("#1F4AA8", "#A9C9FF"),
    # series of a chart; c0 is context
    "c0": ("#8C8A82", "#7B8884"),
    "c1": ("#0B5A52", "#62CDBB"),
    "c2": ("#B36B00", "#EDB04F"),
    "c3": ("#3F73BC", "#7FA8EA"),
    "c4": ("#6A2A63", "#F3C2EC"),
    # heat, from none to most; a legend with numbers stands beside it
    "h0": ("#EAE5DA", "#232D2B"),
    "h1": ("#BFDAD4", "#1E4A43"),
    "h2": ("#86B9B0", "#2C6F65"),
    "h3": ("#3F8C81", "#3F9F91"),
    "h4": ("#0B5A52", "#62CDBB"),
    # answers from 1 to 5: brown, grey, teal
    "d1": ("#8A5200", "#EDB04F"),
    "d2": ("#D2A45C", "#A97A33"),
    "d3": ("#D9D4C8", "#3C4744"),
    "d4": ("#6FA89F", "#2F7A6F"),
    "d5": ("#0B5A52", "#62CDBB"),
}

TEXT, MARK = 4.5, 3.0  # WCAG 1.4.3 and 1.4.11

# (what is seen, on what, the least ratio)
PAIRS: tuple[tuple[str, str, float], ...] = (
    *((ink, ground, TEXT) for ink in ("ink", "ink-2", "ink-3") for ground in ("paper", "surface", "sunken")),
    *(("brand", ground, TEXT) for ground in ("paper", "surface", "sunken", "brand-tint")),
    ("on-brand", "brand", TEXT),
    ("on-brand", "brand-hover", TEXT),
    *(("mentee", ground, TEXT) for ground in ("paper", "surface", "mentee-tint")),
    *(("risk", ground, TEXT) for ground in ("paper", "surface", "risk-tint")),
    *((kind, ground, TEXT) for kind in ("warn", "ok", "info") for ground in ("paper", "surface", f"{kind}-tint")),
    *(("ink", f"{kind}-tint", TEXT) for kind in ("risk", "warn", "ok", "info", "brand")),
    *(("ink-2", f"{kind}-tint", TEXT) for kind in ("risk", "warn", "ok", "info", "brand")),
    *(("line-strong", ground, MARK) for ground in ("paper", "surface")),
    *(("focus", ground, MARK) for ground in ("paper", "surface", "sunken")),
    *((series, "surface", MARK) for series in ("c0", "c1", "c2", "c3", "c4", "h3", "h4", "d1", "d5")),
    # figures printed on a part of a stacked bar
    ("on-brand", "c1", TEXT),
    ("on-brand", "warn", TEXT),
    ("on-brand", "risk", TEXT),
    ("ink", "h2", TEXT),
    ("ink-2", "h0", TEXT),
    *((series, "paper", MARK) for series in ("c1", "c2", "c3", "c4")),
)


class Checked(NamedTuple):
    """One pair with its contrast in both themes."""

    seen: str
    ground: str
    least: float
    light: float
    dark: float

    @property
    def passes(self) -> bool:
        return min(self.light, self.dark) >= self.least


def luminance(colour: str) -> float:
    """Relative luminance of "#RRGGBB", from 0 to 1 (WCAG 2.2, definition of relative luminance)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two "#RRGGBB" colours, from 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def checked_pairs() -> list[Checked]:
    return [
        Checked(seen, ground, least, *(contrast(TOKENS[seen][i], TOKENS[ground][i]) for i in (0, 1)))
        for seen, ground, least in PAIRS
    ]


def sheet() -> str:
    """The style sheet. A browser without light-dark() gets light, or dark when the reader has chosen it."""
    light = "\n".join(f"  --{name}: {pair[0]};" for name, pair in TOKENS.items())
    dark = "\n".join(f"  --{name}: {pair[1]};" for name, pair in TOKENS.items())
    both = "\n".join(f"    --{name}: light-dark({pair[0]}, {pair[1]});" for name, pair in TOKENS.items())
    return f"""/* Written by tools/tokens.py. Change the colours there. */
:root {{
  color-scheme: light;
{light}
}}
[data-bs-theme="dark"] {{
  color-scheme: dark;
{dark}
}}
@supports (color: light-dark(#000, #fff)) {{
  :root,
  [data-bs-theme="dark"] {{
{both}
  }}
  :root {{ color-scheme: light dark; }}
  [data-bs-theme="light"] {{ color-scheme: light; }}
  [data-bs-theme="dark"] {{ color-scheme: dark; }}
}}
@media print {{
  :root,
  [data-bs-theme="dark"] {{
    color-scheme: light;
{light.replace("  --", "    --")}
  }}
}}
"""


def report(pairs: list[Checked]) -> str:
    return "".join(
        f"{pair.seen:11} on {pair.ground:11} least {pair.least}: light {pair.light:5.2f}, dark {pair.dark:5.2f}"
        f"{'' if pair.passes else '  TOO WEAK'}\n"
        for pair in pairs
    )


def main(arguments: list[str]) -> int:
    pairs = checked_pairs()
    sys.stdout.write(report(pairs))
    if "--check" not in arguments:
        SHEET.write_text(sheet(), encoding="utf-8")
    stale = not SHEET.exists() or SHEET.read_text(encoding="utf-8") != sheet()
    if stale:
        sys.stdout.write(f"{SHEET.name} is stale: run python tools/tokens.py\n")
    return int(stale or not all(pair.passes for pair in pairs))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
