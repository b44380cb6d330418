"""What runs in containers fits what stands in the repository."""

import fnmatch
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from mentorship.celery import app

OURS = ("migrate", "web", "worker", "mailer", "beat")


@pytest.fixture
def compose(root: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((root / "docker-compose.yml").read_text())
    return loaded


def read_by_settings(root: Path) -> set[str]:
    """Every variable that settings.py asks the environment for."""
    text = (root / "mentorship" / "settings.py").read_text()
    return set(re.findall(r'(?:env\.\w+|_secret|json_object)\(\s*"([A-Z_]+)"', text))


def in_example(root: Path) -> set[str]:
    return set(re.findall(r"^#?([A-Z_]+)=", (root / ".env.example").read_text(), flags=re.MULTILINE))


def test_it_is_a_valid_compose_file(root):
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.compose-spec",
        "docker-compose.yml",
    ]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def test_the_check_refuses_what_is_not_one(root, tmp_path):
    broken = tmp_path / "compose.yml"
    broken.write_text((root / "docker-compose.yml").read_text().replace("healthcheck:", "healthchecks:"))
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(broken)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


def test_it_has_web_workers_beat_and_their_servers(compose):
    assert set(compose["services"]) == {"migrate", "web", "worker", "mailer", "beat", "db", "redis"}


def test_mail_waits_for_no_job_and_no_job_for_mail(compose):
    """Each queue that a task of ours is put into has a worker of its own, and none is left out."""
    said = {name: compose["services"][name]["command"] for name in ("worker", "mailer")}
    served = {name: words[words.index("--queues") + 1] for name, words in said.items()}
    assert served == {"worker": "jobs", "mailer": "mail"}
    assert {queue.name for queue in app.amqp.queues.values()} == {"jobs", "mail"}
    app.loader.import_default_modules()  # as a worker does first
    ours = [name for name in app.tasks if not name.startswith(("celery.", "tests."))]
    put = {name: app.amqp.router.route({}, name)["queue"].name for name in ours}
    assert {name for name, queue in put.items() if queue == "mail"} == {"mail.tasks.drain", "mentorship.tasks.tick"}
    assert set(put.values()) == {"jobs", "mail"}


def test_every_service_that_stays_is_watched(compose):
    watched = {name for name, service in compose["services"].items() if service.get("healthcheck")}
    assert watched == {"web", "worker", "mailer", "beat", "db", "redis"}


def test_only_web_is_reachable_and_only_from_this_machine(compose):
    ports = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}
    assert ports == {"web": ["127.0.0.1:8000:8000"]}


def test_everything_waits_for_the_migration_and_the_migration_for_the_database(compose):
    services = compose["services"]
    for name in ("web", "worker", "mailer", "beat"):
        assert services[name]["depends_on"] == {
            "migrate": {"condition": "service_completed_successfully"},
            "redis": {"condition": "service_healthy"},
        }
    assert services["migrate"]["depends_on"] == {"db": {"condition": "service_healthy"}}


@pytest.mark.parametrize("name", OURS)
def test_every_variable_it_sets_is_read_by_the_settings(root, compose, name):
    assert set(compose["services"][name]["environment"]) - read_by_settings(root) == set()


def test_every_variable_it_asks_for_is_in_the_example(root):
    asked = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", (root / "docker-compose.yml").read_text()))
    assert asked - in_example(root) == set()


def test_the_example_names_exactly_what_is_read(root):
    assert in_example(root) == read_by_settings(root) | {"POSTGRES_PASSWORD"}


def test_no_secret_has_a_default(root):
    text = (root / "docker-compose.yml").read_text()
    for name in ("SECRET_KEY", "CONFIDENTIAL_KEYS", "POSTGRES_PASSWORD"):
        uses = re.findall(rf"\$\{{{name}(.*?)\}}", text)
        assert uses
        assert all(use.startswith(":?") for use in uses)


def test_a_site_without_its_secrets_does_not_start(root, tmp_path):
    env = {"PATH": "/usr/bin", "VAR_DIR": str(tmp_path), "SITE_URL": "https://mentoring.example.org"}
    command = [sys.executable, str(root / "manage.py"), "check"]
    done = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "SECRET_KEY is not set" in done.stderr


def docker_lines(root: Path) -> list[str]:
    return (root / "Dockerfile").read_text().replace("\\\n", " ").splitlines()


def test_the_image_runs_as_nobody_in_particular(root):
    users = [line.split()[1] for line in docker_lines(root) if line.startswith("USER ")]
    assert users == ["mentorship"]


def test_the_image_installs_only_what_is_pinned_by_hash(root):
    installs = [line for line in docker_lines(root) if "pip install" in line]
    assert len(installs) == 1
    assert "--require-hashes" in installs[0]


def kept(root: Path, path: str) -> bool:
    """Whether a file of the repository gets into the image: the last line of .dockerignore that fits decides."""
    decision = True
    for line in (root / ".dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!").removeprefix("**/")
        if not line or line.startswith("#"):
            continue
        parts = path.split("/")
        above = ["/".join(parts[: end + 1]) for end in range(len(parts))]
        if any(fnmatch.fnmatch(each, pattern) for each in (*above, parts[-1])):
            decision = line.startswith("!")
    return decision


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("manage.py", True),
        ("mentorship/settings.py", True),
        ("requirements/base.txt", True),
        (".env", False),
        (".git/config", False),
        ("tests/conftest.py", False),
        ("var/db.sqlite3", False),
        ("mail/__pycache__/apps.pyc", False),
    ],
)
def test_the_image_holds_the_product_and_nothing_private(root, path, wanted):
    assert kept(root, path) is wanted


def test_the_image_holds_every_app(root):
    apps = {path.parent.name for path in root.glob("*/apps.py")}
    assert {app for app in apps if not kept(root, f"{app}/apps.py")} == set()
