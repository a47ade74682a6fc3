"""What is asked on the command line."""

import subprocess
from pathlib import Path

import pytest
from kitserve_initializer.version import VERSION

from tests.image.initializer import COMMAND, Initializer
from tests.parts.registry import Registry


@pytest.fixture
def initializer(tmp_path: Path) -> Initializer:
    return Initializer(tmp_path)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("--version", f"kitserve-initializer {VERSION}\n"),
        ("--help", "usage: kitserve-initializer SRC DEST"),
        ("-h", "usage: kitserve-initializer SRC DEST"),
        ("--check --help", "usage: kitserve-initializer SRC DEST"),
    ],
)
def test_questions_are_answered_without_a_variable(question: str, answer: str) -> None:
    ran = subprocess.run([*COMMAND, *question.split()], env={}, capture_output=True, text=True, check=False)

    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith(answer)


def test_check_resolves_and_logs_in_but_fetches_no_layer(
    initializer: Initializer, private_registry: Registry
) -> None:
    auth = private_registry.auth
    assert auth
    before = len(private_registry.accesses())
    source = f"kit://{private_registry.host}/golden/iris:v1"

    run = initializer("--check", source, KIT_USER=auth.user, KIT_PASSWORD=auth.password)

    assert run.exit == 0, run.stderr
    assert "credentials: KIT_USER" in run.stderr
    blobs = [each.path for each in private_registry.accesses()[before:] if "/blobs/" in each.path]
    assert len(blobs) == 1
    assert not initializer.destination.exists()


@pytest.mark.parametrize(
    ("repository", "variables", "code"),
    [
        ("golden/iris:nope", {"KIT_USER": "reader", "KIT_PASSWORD": "s3cr3t-b4sic"}, 12),
        ("golden/iris:v1", {"KIT_USER": "reader", "KIT_PASSWORD": "wrong"}, 10),
        ("golden/iris:v1", {}, 10),
    ],
)
def test_check_fails_as_the_pod_would(
    repository: str,
    variables: dict[str, str],
    code: int,
    initializer: Initializer,
    private_registry: Registry,
) -> None:
    assert initializer("--check", f"kit://{private_registry.host}/{repository}", **variables).exit == code


@pytest.mark.parametrize(
    ("arguments", "cause", "hint"),
    [
        ("--chek kit://h.example/a:1", "unknown option '--chek'", "did you mean --check?"),
        ("--filter=model kit://h.example/a:1 /x", "unknown option '--filter'", "go into KIT_UNPACK_FLAGS"),
        ("kit://h.example/a:1 /x -v", "unknown option '-v'", "go into KIT_UNPACK_FLAGS"),
        ("--password=s3cr3t", "unknown option '--password'", "go into KIT_UNPACK_FLAGS"),
        ("-ps3cr3t x", "unknown option '-p'", "go into KIT_UNPACK_FLAGS"),
        ("--check kit://h.example/a:1 /models", "takes sources only, and '/models' is a folder", "--help"),
        ("--check x --", "unknown option '--'", "see kitserve-initializer --help"),
    ],
)
def test_what_is_no_option_is_told_with_a_hint(
    arguments: str, cause: str, hint: str, initializer: Initializer
) -> None:
    with initializer.start(*arguments.split(), *([""] if " " not in arguments else [])) as process:
        stdout, stderr = process.communicate()
    run = initializer.finished(process.returncode, stdout, stderr)

    assert run.exit == 2
    assert cause in run.last_line.partition(";")[0]
    assert hint in run.last_line.partition(";")[2]
    assert "s3cr3t" not in run.everything


def test_check_may_stand_last(initializer: Initializer, registry: Registry) -> None:
    run = initializer(f"kit://{registry.host}/golden/iris:v1", "--check")

    assert run.exit == 0, run.stderr
    assert "ok: kit://" in run.last_line


def test_an_encrypted_model_is_refused(initializer: Initializer, registry: Registry) -> None:
    run = initializer(f"kit://{registry.host}/golden/iris:v1", CONFIDENTIAL_ENABLED="true")

    assert run.exit == 3
    assert "CONFIDENTIAL_ENABLED" in run.last_line
    assert not initializer.destination.exists()
