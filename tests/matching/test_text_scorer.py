"""An installation's own scorer of texts, named in its settings."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ASK = "import django; django.setup(); from matching.criteria import RULE_KINDS; print('likeness' in RULE_KINDS)"
OURS = "tests.matching.criteria.test_likeness.Counting"


@pytest.mark.parametrize(("named", "told"), [("", "False"), (OURS, "True"), ("no.such.Scorer", "")])
def test_the_rule_is_there_if_a_scorer_is_named_and_a_wrong_name_is_loud(root: Path, tmp_path: Path, named, told):
    settings = {"DJANGO_SETTINGS_MODULE": "mentorship.settings", "VAR_DIR": str(tmp_path), "TEXT_SCORER": named}
    command = [sys.executable, "-c", ASK]
    done = subprocess.run(
        command, cwd=root, env={**os.environ, **settings}, capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.returncode == 0) == (told, bool(told))
    assert ("No module named 'no'" in done.stderr) is (not told)
