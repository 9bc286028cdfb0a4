"""The recipes of docs/deployment.md: image, compose file and units of systemd.

Where no engine runs containers, the steps of the image and of the compose file are followed outside of one.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import IO, Any

import pytest
import yaml

from monitor.cli.main import group
from monitor.config import load
from tests.operation.installed import install_wheel
from tests.support.paths import PROJECT
from tests.support.workspace import eventually

UNITS = PROJECT / "docs/systemd"
SERVICES = sorted(UNITS.glob("*.service"))
TOKEN = "a-token-of-a-test-0123456789"


# --- the image


def instructions() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile in their order, each with its arguments on one line."""
    text = (PROJECT / "Dockerfile").read_text("utf-8")
    lines = "\n".join(line for line in text.splitlines() if line and not line.startswith("#")).replace("\\\n", " ")
    return [(one, " ".join(rest.split())) for one, _, rest in (line.partition(" ") for line in lines.splitlines())]


def last_stage() -> list[tuple[str, str]]:
    found = instructions()
    return found[max(at for at, (name, _) in enumerate(found) if name == "FROM") :]


def arguments(name: str) -> list[str]:
    return [rest for one, rest in last_stage() if one == name]


def test_the_image_is_built_in_two_stages_from_one_base() -> None:
    stages = [rest for name, rest in instructions() if name == "FROM"]
    assert [stage.split()[0] for stage in stages] == ["${BASE}", "${BASE}"]
    assert not any(word in rest for rest in arguments("RUN") for word in ("pip", "gcc", "build-essential"))


def test_the_image_runs_as_somebody_without_rights_by_number() -> None:
    defaults = dict(rest.split("=") for name, rest in instructions() if name == "ARG" and "ID=" in rest)
    assert arguments("USER") == ["${UID}:${GID}"]
    assert all(int(value) >= 1_000 for value in defaults.values())
    assert not any(rest for name, rest in last_stage()[[n for n, _ in last_stage()].index("USER") :] if name == "RUN")


def test_the_image_checks_its_health_by_status() -> None:
    (check,) = arguments("HEALTHCHECK")
    assert json.loads(check.partition("CMD ")[2]) == ["monitor", "status", "--check"]


def test_the_image_has_git_and_writes_its_lines_at_once() -> None:
    assert any("install" in rest and " git " in f"{rest} " for rest in arguments("RUN"))
    assert any("PYTHONUNBUFFERED=1" in rest for rest in arguments("ENV"))


def test_what_the_image_copies_is_there_and_sent() -> None:
    sent = {line[1:] for line in (PROJECT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = [rest.split()[:-1] for name, rest in instructions() if name == "COPY" and "--from" not in rest]
    for source in [word for words in copied for word in words]:
        assert (PROJECT / source).exists(), source
        assert source in sent, source


def test_the_image_installs_extras_that_exist() -> None:
    extras = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    named = [rest for name, rest in instructions() if name == "RUN" and "pip install" in rest]
    found = re.findall(r'"\.\[([\w,]+)\]"', " ".join(named))
    assert found
    assert set(found[0].split(",")) <= extras.keys()


# --- the compose file


def compose() -> Mapping[str, Any]:
    return yaml.safe_load((PROJECT / "compose.yaml").read_text("utf-8"))  # type: ignore[no-any-return]


def environment(service: str) -> dict[str, str]:
    """The variables of a service, where `.env` has a password and a token."""
    values = {"POSTGRES_PASSWORD": "secret", "MONITOR_TOKEN": TOKEN}
    given = compose()["services"][service]["environment"]
    return {name: re.sub(r"\$\{(\w+):\?[^}]*\}", lambda found: values[found[1]], text) for name, text in given.items()}


@pytest.mark.parametrize("service", ["watch", "serve"])
def test_a_service_has_few_rights(service: str) -> None:
    made = compose()["services"][service]
    assert made["read_only"] is True
    assert made["cap_drop"] == ["ALL"]
    assert made["security_opt"] == ["no-new-privileges:true"]
    assert "user" not in made  # the image's
    assert "privileged" not in made
    assert [one.rpartition("}")[2] for one in made["volumes"]] == [":/documents:ro", "store:/data"]


@pytest.mark.parametrize("service", ["watch", "serve"])
def test_the_variables_of_a_service_are_settings(service: str) -> None:
    settings = load(Path("/data"), None, {}, environment(service))
    assert settings.watch.folder == Path("/documents")
    assert settings.store.snapshots == Path("/data/snapshots")
    assert settings.store.ledger.startswith("postgresql+psycopg://monitor@database/")
    assert settings.schedule.every == 900


@pytest.mark.parametrize("service", ["watch", "serve"])
def test_the_command_of_a_service_is_understood(service: str) -> None:
    words = compose()["services"][service]["command"]
    with group.make_context("monitor", list(words), resilient_parsing=True) as context:
        name, command, rest = group.resolve_command(context, list(words))
        assert command is not None
        command.make_context(name, rest, parent=context)


def test_services_start_when_what_they_need_is_well() -> None:
    services = compose()["services"]
    assert services["watch"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert services["serve"]["depends_on"] == {"watch": {"condition": "service_healthy"}}
    assert "pg_isready" in services["database"]["healthcheck"]["test"][1]
    assert "/healthz" in services["serve"]["healthcheck"]["test"][-1]


def test_the_page_is_published_on_this_machine_alone() -> None:
    services = compose()["services"]
    assert services["serve"]["ports"] == ["127.0.0.1:8321:8321"]
    assert "ports" not in services["database"]


def test_no_secret_stands_in_the_file() -> None:
    text = (PROJECT / "compose.yaml").read_text("utf-8")
    assert all("${" in line for line in text.splitlines() if re.search(r"(PASSWORD|TOKEN): ", line))


# --- the same steps, without an engine


def without_rights() -> Sequence[str]:
    """What starts a program as the user of the image, where we may choose, and others reach the interpreter."""
    needed = (Path(sys.executable).resolve(), Path(sysconfig.get_path("purelib")))
    reached = all(folder.stat().st_mode & 0o001 for path in needed for folder in path.parents)
    return ("setpriv", "--reuid=10001", "--regid=10001", "--clear-groups") if reached and not os.getuid() else ()


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """An environment as the image has it, and beside it folders as the compose file mounts them."""
    made = install_wheel(tmp_path)
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents/a.txt").write_text("The vote is in 30 days.\n")
    (tmp_path / "data").mkdir()
    if not os.getuid():
        os.chown(tmp_path / "data", 10001, 10001)
        for folder in (tmp_path, *tmp_path.parents):  # a folder of a test is its owner's alone
            if not folder.stat().st_mode & 0o005 and folder.is_relative_to(tmp_path.parents[2]):
                folder.chmod(folder.stat().st_mode | 0o055)
    return made


def variables(place: Path, service: str) -> dict[str, str]:
    """The variables of a service, with folders and the database of this machine."""
    found = {name: value.replace("/documents", f"{place}/documents") for name, value in environment(service).items()}
    found["MONITOR_STORE_SNAPSHOTS"] = f"{place}/data/snapshots"
    found["MONITOR_STORE_LEDGER"] = "sqlite"
    return {"PATH": f"{place}/clean/bin:{os.environ['PATH']}", "HOME": f"{place}/data", **found}


@pytest.mark.slow
def test_the_steps_of_the_compose_file_give_a_healthy_page(installed: Path, tmp_path: Path) -> None:
    command, env = installed / "bin/monitor", variables(tmp_path, "watch")
    begin = [*without_rights(), str(command)]
    services = compose()["services"]
    check = json.loads(arguments("HEALTHCHECK")[0].partition("CMD ")[2])[1:]

    def is_healthy() -> bool:
        return subprocess.run([*begin, *check], cwd=tmp_path / "data", env=env, capture_output=True).returncode == 0

    assert not is_healthy()

    @contextmanager
    def begun(service: str, *more: str) -> Iterator[IO[bytes]]:
        """A service until the block ends; gives its standard error."""
        words, env = [*begin, *services[service]["command"], *more], variables(tmp_path, service)
        with subprocess.Popen(words, cwd=tmp_path / "data", env=env, stderr=subprocess.PIPE) as process:
            assert process.stderr is not None
            try:
                yield process.stderr
            finally:
                process.terminate()
                assert process.wait(120) in (0, -signal.SIGTERM)  # uvicorn ends what is under way, and then as told
            assert all(json.loads(line) for line in process.stderr)

    with begun("watch"):
        eventually(is_healthy, 300)
        with begun("serve", "--port", "0") as log:
            port = int(json.loads(log.readline())["message"].rpartition(":")[2].strip("/"))
            assert [ask(port, path) for path in ("/healthz", "/queue", "/metrics")] == [200, 401, 401]
            assert ask(port, "/queue", TOKEN) == ask(port, "/metrics", TOKEN) == 200


def ask(port: int, path: str, token: str | None = None) -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", path, headers={} if token is None else {"Authorization": f"Bearer {token}"})
    status = connection.getresponse().status
    connection.close()
    return status


# --- the same with an engine


def engine() -> str:
    """A container engine that runs the base image, and reaches what the image is made of; skips where there is none."""
    base = next(rest.partition("=")[2] for one, rest in instructions() if (one, rest[:4]) == ("ARG", "BASE"))
    for name in filter(shutil.which, ("docker", "podman")):
        update = ["apt-get", "-o", "APT::Update::Error-Mode=any", "-qq", "update"]
        if subprocess.run([name, "run", "--rm", base, *update], capture_output=True).returncode == 0:
            return name
    pytest.skip("no container engine (docker or podman, running, with the base image and a network)")


@pytest.mark.slow
def test_the_image_is_built_and_becomes_healthy(tmp_path: Path) -> None:
    program = engine()
    subprocess.run([program, "build", "--tag", "monitor-of-a-test", PROJECT], check=True, capture_output=True)
    (tmp_path / "a.txt").write_text("The vote is in 30 days.\n")
    tmp_path.chmod(0o755)
    name = f"monitor-test-{os.getpid()}"
    words = ["--rm", "--detach", "--init", "--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", f"--name={name}"]
    words += [f"--volume={tmp_path}:/documents:ro", "--env=MONITOR_WATCH_FOLDER=/documents"]

    def inside(*command: str) -> int:
        return subprocess.run([program, "exec", name, *command], capture_output=True).returncode

    subprocess.run([program, "run", *words, "monitor-of-a-test"], check=True, capture_output=True)
    try:
        eventually(lambda: inside("monitor", "status", "--check") == 0, 300)
        assert inside("monitor", "verify") == 0
        assert inside("touch", "/documents/b.txt") != 0
        owner = subprocess.run([program, "exec", name, "id", "-u"], capture_output=True, check=True).stdout
        assert owner.strip() == b"10001"
    finally:
        subprocess.run([program, "stop", "--time=300", name], check=True, capture_output=True)


# --- systemd


def unit(path: Path) -> dict[str, list[str]]:
    """The settings of a unit, each with its values in their order."""
    found: dict[str, list[str]] = {}
    for line in path.read_text("utf-8").splitlines():
        if "=" in line and not line.startswith(("#", "[")):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_notices_work_under_a_unit(path: Path) -> None:
    given = unit(path)
    assert not {"PrivateNetwork", "IPAddressDeny", "InaccessiblePaths", "PrivateUsers", "DynamicUser"} & given.keys()
    families = set(given["RestrictAddressFamilies"][0].split())
    assert families >= {"AF_UNIX", "AF_INET", "AF_INET6"}  # D-Bus and a local mail program; web hooks, mail, PostgreSQL
    assert given["ProtectHome"] == ["read-only"]  # not `true`, which would hide the socket of a desktop's D-Bus
    assert "SystemCallFilter" not in given


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_unit_has_few_rights(path: Path) -> None:
    given = unit(path)
    assert given["User"] == ["monitor"]
    assert given["CapabilityBoundingSet"] == [""]
    assert given["ProtectSystem"] == ["strict"]
    assert given["ReadWritePaths"] == ["/srv/monitor"]
    assert given["NoNewPrivileges"] == ["true"]


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_the_command_of_a_unit_is_understood(path: Path) -> None:
    words = shlex.split(unit(path)["ExecStart"][0])[1:]
    with group.make_context("monitor", list(words), resilient_parsing=True) as context:
        name, command, rest = group.resolve_command(context, [*context._protected_args, *context.args])
        assert command is not None
        command.make_context(name, rest, parent=context)


def test_a_run_with_unreadable_documents_is_no_failed_unit() -> None:
    assert unit(UNITS / "monitor.service")["SuccessExitStatus"] == ["3"]


def test_a_stopping_watch_may_finish_its_run() -> None:
    given = unit(UNITS / "monitor-watch.service")
    assert (given["KillMode"], given["TimeoutStopSec"]) == (["mixed"], ["1h"])


@pytest.mark.parametrize("path", sorted(UNITS.iterdir()), ids=lambda path: path.name)
def test_systemd_finds_nothing_wrong_with_a_unit(path: Path, tmp_path: Path) -> None:
    """Where systemd is there to ask."""
    text = path.read_text("utf-8").replace("/usr/local/bin/monitor", "/bin/true")
    (tmp_path / path.name).write_text(text)
    if path.suffix == ".timer":
        (tmp_path / "monitor.service").write_text("[Service]\nExecStart=/bin/true\n")
    program = shutil.which("systemd-analyze")
    if program is None:
        return
    done = subprocess.run([program, "verify", "--man=no", tmp_path / path.name], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
