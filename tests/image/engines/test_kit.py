"""The engine `kit`: a real `kit unpack` on PATH, our checks and exit codes around it, and the same trees as our own."""

import json
import os
import shlex
import signal
from pathlib import Path
from typing import Any

import pytest
from kitserve_initializer.engines import kit

from tests.image.certificates import Company
from tests.image.credentials.logins import login
from tests.image.initializer import MARKER, Initializer, listing
from tests.image.modelkit.recorded_runs import KIT_RUNS
from tests.image.packing import file, folder, layer, pack
from tests.image.process_tree import family
from tests.image.proxy import Fault, Proxy
from tests.parts.modelkits import ModelKit, modelkits
from tests.parts.registry import Registry

ENVIRONMENT, UNAUTHORIZED, NOT_FOUND, EXISTS, KIT_FAILED = 3, 10, 12, 30, 40
STAGING = ".kitserve-staging"


@pytest.mark.parametrize(("modelkit", "expected"), KIT_RUNS)
def test_both_engines_leave_the_same_tree(
    registry: Registry,
    initializer: Initializer,
    engine: dict[str, str],
    modelkit: ModelKit,
    expected: dict[str, Any],
) -> None:
    source = f"kit://{registry.host}/{modelkit.repository}:v1"
    flags = shlex.join(["--plain-http", *expected["flags"]])
    ours, theirs = initializer.folder / "ours", initializer.folder / "theirs"

    native = initializer(source, ours, flags=flags)
    kitops = initializer(source, theirs, flags=flags, **engine)

    assert (kitops.exit == 0) == (native.exit == 0) == (expected["exit"] == 0), kitops.stderr
    if expected["exit"] == 0:
        assert listing(theirs) == listing(ours) == expected["tree"]


def test_the_log_says_what_isnt_promised(
    registry: Registry, initializer: Initializer, engine: dict[str, str]
) -> None:
    run = initializer(f"kit://{registry.host}/golden/iris:v1", **engine)

    assert run.exit == 0, run.stderr
    assert modelkits()["iris"].expected["manifest_digest"] in run.stderr
    assert "that no layer holds other bytes than its digest says isn't checked" in run.stderr
    assert run.stdout == ""


def test_no_kit_on_path_is_told(initializer: Initializer) -> None:
    run = initializer("kit://localhost:1/a:v1", KITSERVE_ENGINE="kit", PATH="/nonexistent")

    assert run.exit == ENVIRONMENT
    assert "there is no `kit` on PATH; use the image that was built with --target with-kit" in run.last_line


def test_a_registry_token_can_t_reach_kit(
    registry: Registry, initializer: Initializer, tmp_path: Path
) -> None:
    """No credential helper can hand one over: it would be in a file, or kit would ask as nobody."""
    program = tmp_path / "bin/kit"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nexit 0\n")
    program.chmod(0o755)
    config = json.dumps({"auths": {registry.host: {"registrytoken": "planted"}}})

    run = initializer(
        f"kit://{registry.host}/golden/iris:v1",
        KITSERVE_ENGINE="kit",
        KITSERVE_DOCKER_CONFIG_JSON=config,
        PATH=f"{program.parent}:{os.environ['PATH']}",
    )

    assert run.exit == 3, run.stderr
    assert "can't send the registry token from KITSERVE_DOCKER_CONFIG_JSON" in run.last_line
    assert "planted" not in run.everything


@pytest.mark.parametrize("closed", ["private_registry", "token_registry"])
def test_credentials_reach_kit_and_nothing_else(
    request: pytest.FixtureRequest, initializer: Initializer, engine: dict[str, str], closed: str
) -> None:
    registry: Registry = request.getfixturevalue(closed)
    assert registry.auth
    login = {"KIT_USER": registry.auth.user, "KIT_PASSWORD": registry.auth.password}

    run = initializer(f"kit://{registry.host}/golden/iris:v1", flags="--plain-http -vvv", **engine, **login)

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination) == modelkits()["iris"].expected["runs"][0]["tree"]
    assert registry.auth.password not in run.everything


def test_kit_trusts_a_private_authority_too(
    company: Company, tls_registry: Registry, initializer: Initializer, engine: dict[str, str]
) -> None:
    variables = {"KITSERVE_CA_CERTIFICATES": company.authority.pem, **engine, **login(tls_registry)}

    run = initializer(f"kit://{tls_registry.host}/golden/iris:v1", flags="", **variables)

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination) == modelkits()["iris"].expected["runs"][0]["tree"]


@pytest.mark.parametrize("by", ["variables", "flags"])
def test_kit_shows_the_client_certificate(
    company: Company, mutual_registry: Registry, initializer: Initializer, engine: dict[str, str], by: str
) -> None:
    certificate, key = company.pair("client")
    flags = f"--tls-cert {company.file} --cert {certificate} --key {key}"
    variables = {
        "KITSERVE_CA_BUNDLE": company.authority.pem,
        "KITSERVE_CLIENT_CERTIFICATE": certificate.read_text(),
        "KITSERVE_CLIENT_KEY": key.read_text(),
    }
    given = {"flags": flags} if by == "flags" else {"flags": "", **variables}

    run = initializer(f"kit://{mutual_registry.host}/golden/iris:v1", **given, **engine)

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination) == modelkits()["iris"].expected["runs"][0]["tree"]


def test_no_file_and_no_argument_holds_a_secret(
    private_registry: Registry, initializer: Initializer, engine: dict[str, str]
) -> None:
    auth = private_registry.auth
    assert auth
    made = pack(private_registry, layer(file("part-0", b"w" * 2_000_000)))

    def stall(path: str) -> Fault | None:
        return Fault(cut=1_000_000, stall=True) if path.endswith(made.layers[0]) else None

    with Proxy(private_registry.url, stall) as proxy:
        login = {"KIT_USER": auth.user, "KIT_PASSWORD": auth.password}
        with initializer.start(f"kit://{proxy.host}/{made.repository}:v1", **engine, **login) as process:
            proxy.stalled.wait()
            written = [path.read_bytes() for path in initializer.folder.rglob("*") if path.is_file()]
            arguments = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid in family(process.pid)]
            process.terminate()
            process.communicate()

    assert len(arguments) == 2
    assert not [text for text in (*written, *arguments) if auth.password.encode() in text]


def test_what_our_own_client_finds_keeps_its_exit_code(
    registry: Registry, private_registry: Registry, initializer: Initializer, engine: dict[str, str]
) -> None:
    missing = initializer(f"kit://{registry.host}/golden/iris:v9", **engine)
    closed = initializer(f"kit://{private_registry.host}/golden/iris:v1", **engine)

    assert (missing.exit, closed.exit) == (NOT_FOUND, UNAUTHORIZED)
    assert not initializer.destination.exists()


def test_what_kit_refuses_is_told_and_nothing_is_left(
    registry: Registry, initializer: Initializer, engine: dict[str, str]
) -> None:
    made = pack(registry, layer(folder("part-0"), file("part-0/a..b/../../x")))

    run = initializer(made.uri, **engine)

    assert run.exit == KIT_FAILED, run.stderr
    assert "`kit unpack` ended with 1" in run.last_line
    assert run.last_line == f"ERROR {run.termination.strip()}"
    assert listing(initializer.folder).keys() == {"termination-log"}


def test_leftovers_of_a_killed_run_are_no_obstacle(
    registry: Registry, initializer: Initializer, engine: dict[str, str]
) -> None:
    left = initializer.destination / STAGING / "kit"
    left.mkdir(parents=True)
    (left / "model.joblib").write_text("half")

    run = initializer(f"kit://{registry.host}/golden/iris:v1", **engine)

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination) == modelkits()["iris"].expected["runs"][0]["tree"]


def test_what_a_killed_run_put_together_is_no_obstacle(
    registry: Registry, initializer: Initializer, engine: dict[str, str]
) -> None:
    source, again = f"kit://{registry.host}/golden/iris:v1", initializer.folder / "again"
    assert initializer(source, **engine).exit == 0
    left = again / STAGING
    (left / "result").mkdir(parents=True)
    (left / "result" / "model.joblib").write_text("whole")
    (left / "plan.json").write_bytes((initializer.destination / MARKER).read_bytes())

    run = initializer(source, again, **engine)

    assert run.exit == 0, run.stderr
    assert listing(again) == listing(initializer.destination)


def test_a_foreign_file_in_the_way_is_named(
    registry: Registry, initializer: Initializer, engine: dict[str, str]
) -> None:
    initializer.destination.mkdir()
    (initializer.destination / "model.joblib").write_text("mine")

    refused = initializer(f"kit://{registry.host}/golden/iris:v1", **engine)
    kept = listing(initializer.destination)
    replaced = initializer(f"kit://{registry.host}/golden/iris:v1", flags="--plain-http -o", **engine)

    assert (refused.exit, replaced.exit) == (EXISTS, 0)
    assert "'model.joblib'" in refused.last_line
    assert kept.keys() == {"model.joblib"}
    assert listing(initializer.destination) == modelkits()["iris"].expected["runs"][0]["tree"]


def test_a_signal_reaches_kit(registry: Registry, initializer: Initializer, engine: dict[str, str]) -> None:
    made = pack(registry, layer(file("part-0", b"w" * 2_000_000)))

    def stall(path: str) -> Fault | None:
        return Fault(cut=1_000_000, stall=True) if path.endswith(made.layers[0]) else None

    with Proxy(registry.url, stall) as proxy:
        with initializer.start(f"kit://{proxy.host}/{made.repository}:v1", **engine) as process:
            proxy.stalled.wait()
            children = family(process.pid)[1:]
            process.send_signal(signal.SIGTERM)
            stdout, stderr = process.communicate()
        run = initializer.finished(process.returncode, stdout, stderr)

    assert run.exit == 128 + signal.SIGTERM, run.stderr
    assert children
    assert not [pid for pid in children if Path(f"/proc/{pid}").exists()]
    assert listing(initializer.folder).keys() == {"termination-log"}


def test_no_folder_but_the_destination_has_to_be_writable(
    registry: Registry, initializer: Initializer, engine: dict[str, str]
) -> None:
    run = initializer(
        f"kit://{registry.host}/golden/base:v1", HOME="/nonexistent", TMPDIR="/nonexistent", **engine
    )

    assert run.exit == 0, run.stderr
    assert listing(initializer.destination) == modelkits()["base"].expected["runs"][0]["tree"]
    assert {path.name for path in initializer.folder.iterdir()} == {"termination-log", "models"}


def test_the_credential_helper_can_be_run_where_it_is_installed() -> None:
    helper = Path(kit.__file__).with_name("docker") / "docker-credential-kitserve"

    assert os.access(helper, os.X_OK)
