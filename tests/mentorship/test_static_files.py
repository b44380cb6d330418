"""Static files are made anew only where something has changed, and always then."""

import os
from pathlib import Path
from typing import Any

import pytest

from mentorship import static_files

CSS = "body { color: black }"


@pytest.fixture
def source(tmp_path: Path, settings: Any) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "own.css").write_text(CSS)
    settings.VAR_DIR, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    settings.STATICFILES_DIRS = [folder]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    return folder


def write(path: Path, words: str) -> None:
    """Django copies what is newer by a second."""
    path.write_text(words)
    later = path.stat().st_mtime + 10
    os.utime(path, (later, later))


def collected(folder: Path) -> str:
    return (folder.parent / "static" / "own.css").read_text()


def test_what_has_not_changed_is_not_collected_again(source: Path) -> None:
    assert static_files.collect_changed()
    assert collected(source) == CSS
    assert not static_files.collect_changed()


def test_a_file_that_changed_or_came_or_went_is(source: Path) -> None:
    static_files.collect_changed()
    write(source / "own.css", "body { color: white }")
    assert static_files.collect_changed()
    assert "white" in collected(source)
    (source / "new.css").write_text(CSS)
    assert static_files.collect_changed()
    assert (source.parent / "static" / "new.css").exists()
    (source / "new.css").unlink()
    assert static_files.collect_changed()
    # The same words at another time may be those of another version.
    os.utime(source / "own.css", (0, 0))
    assert static_files.collect_changed()
    assert not static_files.collect_changed()


def test_what_somebody_has_cleared_away_is_made_again(source: Path) -> None:
    static_files.collect_changed()
    (source.parent / "static" / "own.css").unlink()
    assert static_files.collect_changed()
    assert collected(source) == CSS


def test_what_was_interrupted_is_made_again(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    static_files.collect_changed()
    write(source / "own.css", "p {}")

    def broken(*_: object, **__: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(static_files, "call_command", broken)
        with pytest.raises(OSError, match="no space"):
            static_files.collect_changed()
    assert static_files.collect_changed()
    assert collected(source) == "p {}"
