"""``./run`` itself: copied into a folder with next to nothing to install, it does there what it does here."""

import importlib.machinery
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from mentorship.processes import wait_until

MANAGE = "import os, sys\nprint(os.environ.get('DATABASE_URL'), *sys.argv[1:])\n"
BROKEN = "nothing @ file:///nowhere/nothing-1.0-py3-none-any.whl --hash=sha256:" + 64 * "0" + "\n"


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    """A project of one file that needs no package."""
    folder = tmp_path / "a project"
    (folder / "requirements").mkdir(parents=True)
    for level in ("base", "test", "bench"):
        (folder / "requirements" / f"{level}.txt").write_text(f"# {level}\n")
    (folder / "manage.py").write_text(MANAGE)
    (folder / "house.py").write_text("floors = 8\n")
    shutil.copy(root / "run", folder / "run")
    return folder


def run(project: Path, *arguments: str, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    base = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    return subprocess.run(
        [sys.executable, str(project / "run"), *arguments],
        env={**base, "RUN_WITHOUT_UV": "1", **env},
        cwd=cwd or project,
        capture_output=True,
        text=True,
        check=False,
    )


def load(path: Path) -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("run", str(path / "run"))
    spec = importlib.util.spec_from_loader("run", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def test_help_lists_the_commands_and_needs_no_installation(project):
    done = run(project, "--help")
    assert done.returncode == 0
    assert [line.split()[1] for line in done.stdout.splitlines() if line.strip().startswith("./run")] == [
        "demo",
        "test",
        "lint",
        "manage",
        "python",
        "lock",
    ]
    assert not (project / ".venv").exists()


def test_an_unknown_command_is_refused(project):
    done = run(project, "dance")
    assert (done.returncode, done.stdout) == (2, "")
    assert "There is no command 'dance'" in done.stderr


def test_the_first_start_installs_and_the_second_does_not(project):
    first = run(project, "manage", "check", "--json")
    second = run(project, "manage", "check", "--json")
    assert first.stdout == second.stdout == f"{os.environ['DATABASE_URL']} check --json\n"
    assert "Installing requirements/base.txt with pip" in first.stderr
    assert second.stderr == ""


def test_the_database_is_the_callers(project):
    done = run(project, "manage", DATABASE_URL="postgres://elsewhere/one")
    assert done.stdout == "postgres://elsewhere/one\n"


def test_the_exit_status_is_that_of_the_program(project):
    assert run(project, "python", "-c", "raise SystemExit(7)").returncode == 7


def test_the_project_is_importable_and_files_are_named_from_where_the_caller_stands(project, tmp_path):
    (tmp_path / "people.csv").write_text("a,b\n")
    program = "import house, pathlib; print(house.floors, pathlib.Path('people.csv').read_text(), end='')"
    assert run(project, "python", "-c", program, cwd=tmp_path).stdout == "8 a,b\n"


def test_other_requirements_are_installed_anew(project):
    run(project, "python", "-c", "")
    (project / "requirements" / "base.txt").write_text("# other\n")
    assert "Installing" in run(project, "python", "-c", "").stderr
    assert run(project, "python", "-c", "").stderr == ""


def test_an_installation_that_failed_is_said_and_tried_again(project):
    base = project / "requirements" / "base.txt"
    base.write_text(BROKEN)
    failed = run(project, "manage", "check")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "The installation failed" in failed.stderr
    assert not (project / ".venv" / ".installed").exists()
    base.write_text("# mended\n")
    assert run(project, "manage", "check").returncode == 0


def test_a_uv_that_cannot_install_leaves_it_to_pip(project, tmp_path):
    uv = tmp_path / "uv"
    uv.write_text('#!/bin/sh\n[ "$1" = --version ]\n')
    uv.chmod(0o755)
    done = run(project, "python", "-c", "print(1)", PATH=f"{tmp_path}:{os.environ['PATH']}", RUN_WITHOUT_UV="")
    assert done.stdout == "1\n"
    assert "uv could not install it; trying pip" in done.stderr


def test_an_environment_of_another_python_is_made_anew(project):
    python = project / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to("/nowhere/python")
    assert run(project, "python", "-c", "print(1)").stdout == "1\n"


def test_what_was_installed_for_the_tests_serves_the_demo(project, monkeypatch):
    command = load(project)
    (project / ".venv").mkdir()
    command.stamp("test")
    assert [command.is_installed(level) for level in command.LEVELS] == [True, True, False]
    assert command.at_least("base") == "test"
    assert command.at_least("bench") == "bench"


def test_what_was_installed_for_the_demo_does_not_serve_the_tests(project):
    command = load(project)
    (project / ".venv").mkdir()
    assert command.is_installed("base") is False
    command.stamp("base")
    assert [command.is_installed(level) for level in command.LEVELS] == [True, False, False]


def test_each_requirements_file_holds_what_the_one_below_holds(root):
    pins = [
        {line for line in (root / "requirements" / f"{level}.txt").read_text().splitlines() if "==" in line}
        for level in load(root).LEVELS
    ]
    assert pins[0] < pins[1] < pins[2]


def test_no_requirements_file_names_a_package_index(root):
    texts = [path.read_text() for path in (root / "requirements").iterdir()]
    assert [word for text in texts for word in ("://", "--index", "--find-links") if word in text] == []


def test_every_pin_has_hashes(root):
    for path in (root / "requirements").glob("*.txt"):
        entries = path.read_text().replace("\\\n", " ").splitlines()
        assert [entry for entry in entries if "==" in entry and "--hash=sha256:" not in entry] == []


def test_a_child_ends_with_its_parent_even_if_that_is_killed(project):
    program = (
        "import importlib.machinery, sys\n"
        f"run = importlib.machinery.SourceFileLoader('run', {str(project / 'run')!r}).load_module()\n"
        "run.start([sys.executable, '-c', 'import os, sys, time; print(os.getpid(), file=sys.stderr, flush=True);"
        " time.sleep(60)'])\n"
    )
    command = [sys.executable, "-W", "ignore", "-c", program]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as parent:
        assert parent.stderr is not None
        child = int(parent.stderr.readline())
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    assert wait_until(lambda: not Path(f"/proc/{child}").exists(), seconds=10)


def test_ci_runs_both_commands_and_fails_if_either_does(root, tmp_path):
    (tmp_path / ".ci").mkdir()
    shutil.copy(root / ".ci" / "run", tmp_path / ".ci" / "run")
    for failing, status in (("lint", 1), ("test", 1), ("neither", 0)):
        (tmp_path / "run").write_text(f'#!/bin/sh\necho "$@"\n[ "$*" != {failing} ]\n')
        (tmp_path / "run").chmod(0o755)
        done = subprocess.run(["bash", ".ci/run"], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.stdout, done.returncode) == ("lint\ntest\n", status)
