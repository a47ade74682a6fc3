"""A password in the values is in the Secret that they ask for, and nowhere else."""

import base64
import json

import pytest

from tests.generator.command_line import CommandLine

PLANTED = "planted-s3cret"
VALUES = {
    "user and password": {"credentials": {"create": True, "username": "reader", "password": PLANTED}},
    "logins by registry": {
        "credentials": {
            "dockerConfigSecretName": "logins",
            "registries": {"ghcr.io": {"username": "reader", "password": PLANTED}},
        }
    },
}


@pytest.mark.parametrize("name", VALUES)
def test_a_password_is_in_its_secret_alone(name: str, kitserve: CommandLine) -> None:
    run = kitserve("render", "-f", "-", "-o", "json", stdin=json.dumps(VALUES[name]))

    items = json.loads(run.out)["items"]
    others = json.dumps([item for item in items if item["kind"] != "Secret"])
    (secret,) = (item for item in items if item["kind"] == "Secret")
    text = "".join(base64.b64decode(each).decode() for each in secret["data"].values())
    assert PLANTED in text or base64.b64encode(f"reader:{PLANTED}".encode()).decode() in text
    assert PLANTED not in others
    assert PLANTED not in run.err
