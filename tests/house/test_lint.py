"""The rules that tools hold do hold: each refuses what it is there to refuse."""

import subprocess
import sys
import tomllib
from typing import Any

import pytest

CLOCK = "from django.utils import timezone\n\n\ndef today() -> object:\n    return timezone.now()\n"


@pytest.fixture(scope="session")
def configuration(request: pytest.FixtureRequest) -> dict[str, Any]:
    return tomllib.loads((request.config.rootpath / "pyproject.toml").read_text())


def refusals(root, tmp_path, template: str) -> set[str]:
    """The codes by which djlint refuses a template, of our own rules."""
    path = tmp_path / "page.html"
    path.write_text(template)
    command = [sys.executable, "-m", "djlint", "--lint", "--quiet", "--profile", "django"]
    command += ["--rules", str(root / ".djlint_rules.yaml"), "--linter-output-format", "{code}", str(path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    return {word for word in done.stdout.split() if word.startswith("P0")}


@pytest.mark.parametrize(
    ("template", "codes"),
    [
        ("<script>go()</script>", {"P001"}),
        ('<script type="module">go()</script>', {"P001"}),
        ('<script src="{% static "a.js" %}"></script>', set()),
        ("<style>p { color: red }</style>", {"P002"}),
        ('<p class="a" style="color: red">', {"P002"}),
        ('<p class="style">style = red</p>', set()),
        ('<button type="button" onclick="go()">Go</button>', {"P003"}),
        ('<button type="button" hx-on:click="go()">Go</button>', {"P003"}),
        ('<a href="javascript:go()">Go</a>', {"P003"}),
        ('<button type="button" hx-post="/go">Go on = go</button>', set()),
        ("{{ word|safe }}", {"P004"}),
        ("{{ word|upper | safe }}", {"P004"}),
        ("{% autoescape off %}{{ word }}{% endautoescape %}", {"P004"}),
        ("<p>It is safe | sound.</p>", set()),
        ('<img alt="" src="https://example.org/a.png">', {"P005"}),
        ('<link rel="stylesheet" href="//example.org/a.css">', {"P005"}),
        ('<a href="https://example.org/">elsewhere</a>', set()),
    ],
)
def test_templates_hold_nothing_that_the_browser_would_refuse(root, tmp_path, template, codes):
    assert refusals(root, tmp_path, template) == codes


@pytest.mark.parametrize(
    ("room", "refused"),
    [
        ("matching/services/publishing.py", True),
        ("matching/engine/flow.py", True),
        ("matching/queries.py", True),
        ("matching/views.py", False),
        ("matching/tasks.py", False),
        ("matching/management/commands/propose.py", False),
    ],
)
def test_only_some_rooms_may_read_the_clock(root, room, refused):
    command = [sys.executable, "-m", "ruff", "check", "--quiet", "--output-format", "concise", "--stdin-filename", room]
    done = subprocess.run([*command, "-"], cwd=root, input=CLOCK, capture_output=True, text=True, check=False)
    assert ("TID251" in done.stdout) is refused


def test_every_app_stands_on_a_floor(root, configuration):
    apps = {path.parent.name for path in root.glob("*/apps.py")}
    linter = configuration["tool"]["importlinter"]
    floors = next(contract for contract in linter["contracts"] if contract["id"] == "floors")
    assert set(linter["root_packages"]) == set(floors["layers"]) == apps


def test_every_exception_to_the_style_has_its_reason(root):
    """In [tool.ruff.lint], each code that is let off carries a comment on its line."""
    section = (root / "pyproject.toml").read_text().split("[tool.ruff.lint]")[1].split("[tool.ruff.lint.flake8")[0]
    codes = [line.strip() for line in section.splitlines() if line.startswith("  ")]
    assert [line for line in codes if "#" not in line] == []
    assert len(codes) > 20
