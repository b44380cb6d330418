"""The settings of the storage of uploads: what is wrong with them is said at the start, and how to set them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from mentorship.apps import check_storage
from mentorship.settings import json_object

ASK = "import django; django.setup()"
HOW = 'for example STORAGE_OPTIONS={"location": "/mnt/mentorship"}, see docs/scaling.md.'


@pytest.mark.parametrize(
    ("storage", "options", "what"),
    [
        ("", "{'location': 'hunter2'}", "STORAGE_OPTIONS is not JSON: Expecting property name enclosed in double"),
        ("no.such.Storage", "", "Could not find backend 'no.such.Storage': No module named 'no'"),
    ],
    ids=["no JSON", "a class there is not"],
)
def test_an_installation_without_a_usable_storage_does_not_start(root: Path, tmp_path: Path, storage, options, what):
    env = {"DJANGO_SETTINGS_MODULE": "mentorship.settings", "VAR_DIR": str(tmp_path)}
    env |= {"STORAGE": storage, "STORAGE_OPTIONS": options}
    command = [sys.executable, "-c", ASK]
    done = subprocess.run(command, cwd=root, env={**os.environ, **env}, capture_output=True, text=True, check=False)
    last = done.stderr.strip().splitlines()[-1]
    assert done.returncode == 1
    assert last.startswith("django.core.exceptions.ImproperlyConfigured: STORAGE")
    assert what in last
    assert "docs/scaling.md" in last
    assert "hunter2" not in done.stderr
    assert "JSONDecodeError" not in done.stderr


@pytest.mark.parametrize("given", ['["hunter2"]', '"hunter2"', '{"secret_key": "hunter2}'])
def test_options_are_one_json_object_and_an_error_does_not_repeat_them(monkeypatch, given):
    monkeypatch.setenv("STORAGE_OPTIONS", given)
    with pytest.raises(ImproperlyConfigured) as refused:
        json_object("STORAGE_OPTIONS", '{"location": "/mnt/mentorship"}')
    assert str(refused.value).startswith("STORAGE_OPTIONS is not ")
    assert str(refused.value).endswith(HOW)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("backend", ["tests.bucket.Bucket", "django.core.files.storage.FileSystemStorage"])
def test_an_option_that_the_storage_does_not_know_is_named(settings, tmp_path, backend):
    known = {"name" if backend.endswith("Bucket") else "location": str(tmp_path)}
    for options, fits in ((known, True), ({**known, "place": "hunter2"}, False)):
        settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": backend, "OPTIONS": options}}
        if fits:
            check_storage()
            continue
        with pytest.raises(ImproperlyConfigured, match="unexpected keyword argument 'place'") as refused:
            check_storage()
        assert "hunter2" not in str(refused.value)
