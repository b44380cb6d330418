"""Finds a real Chromium, or brings one. No browser is an error, never a skipped test."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.services import ServiceMissing, install_debian_packages, say

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A Chromium packed for machines on which nothing can be installed: with its libraries and one font.
PACKAGE = "@sparticuz/chromium@147.0.0"
SHA256 = "18fe5404ce845594cd7d592fc07f37a19514079ba4d9c27192ad8b908743f16b"
UNPACK = "process.stdin.pipe(require('zlib').createBrotliDecompress()).pipe(process.stdout)"


def find_chromium() -> str:
    """The path of a Chromium: $CHROMIUM, PATH, Debian's package (as root), else one from an npm package."""
    found = os.environ.get("CHROMIUM") or _on_path()
    if found is None and install_debian_packages("chromium", "fonts-noto-core"):
        found = _on_path()
    return found or str(_from_npm())


def _on_path() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _from_npm() -> Path:
    folder = ROOT / ".tools" / "chromium"
    launcher = folder / "chromium"
    if launcher.exists():
        return launcher
    if not shutil.which("npm") or not shutil.which("node"):
        raise ServiceMissing("No Chromium (Debian: chromium), and no npm to bring one.")
    say(f"Bringing {PACKAGE} with npm")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as temporary:
        parts = _fetch(Path(temporary)) / "bin"
        for name in ("al2023.tar", "swiftshader.tar", "fonts.tar"):
            _decompress(parts / f"{name}.br", Path(temporary) / name)
            _unpack(Path(temporary) / name, folder)
        _decompress(parts / "chromium.br", folder / "browser")
    return _write_launcher(folder, launcher)


def _fetch(folder: Path) -> Path:
    done = subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ServiceMissing(f"No Chromium (Debian: chromium); npm says: {done.stderr}")
    (archive,) = folder.glob("*.tgz")
    if hashlib.sha256(archive.read_bytes()).hexdigest() != SHA256:
        raise ServiceMissing(f"{PACKAGE} is not the file it was when it was chosen.")
    _unpack(archive, folder)
    return folder / "package"


def _unpack(archive: Path, folder: Path) -> None:
    subprocess.run(["tar", "--extract", "--file", str(archive), "--directory", str(folder)], check=True)


def _decompress(source: Path, target: Path) -> None:
    with source.open("rb") as packed, target.open("wb") as unpacked:
        subprocess.run(["node", "-e", UNPACK], stdin=packed, stdout=unpacked, check=True)


def _write_launcher(folder: Path, launcher: Path) -> Path:
    (folder / "browser").chmod(0o755)
    (folder / "fonts.conf").write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>{folder}/fonts</dir><dir>/usr/share/fonts</dir><cachedir>{folder}/font-cache</cachedir></fontconfig>"
    )
    launcher.write_text(
        "#!/bin/sh\n"
        f"export LD_LIBRARY_PATH='{folder}/lib' FONTCONFIG_FILE='{folder}/fonts.conf'\n"
        f"exec '{folder}/browser' \"$@\"\n"
    )
    launcher.chmod(0o755)
    return launcher
