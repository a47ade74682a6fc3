"""The initializer reads the variables that the values' definition lists: no other, none twice."""

import re
from pathlib import Path

import kitserve_initializer
from codegen.environment import table
from kitserve.render.manifests.initializer_env import environment, service_annotations_env
from kitserve.values.schema import defaults
from kitserve.values.view import view
from kitserve_initializer.config.environment import Environment

# Values that are rendered only where they are set.
SET = {
    "engine": "native",
    "logFormat": "json",
    "layout": "model",
    "allowPatterns": ["*.safetensors"],
    "ignorePatterns": ["*.bin"],
    "allowParentsByTag": True,
    "firstByteSeconds": 900,
    "verifyAgain": True,
    "credentials": {
        **defaults()["credentials"],
        "dockerConfigSecretName": "logins",
        "registryHosts": ["ghcr.io"],
    },
    "aws": {"ecrRegion": "eu-west-1"},
    "google": {"workloadIdentity": True, "location": "europe-west1"},
    "tls": {
        "caCertificates": "-----BEGIN CERTIFICATE-----",
        "caConfigMapName": "company-ca",
        "caConfigMapKey": "ca.crt",
        "clientSecretName": "registry-client",
    },
    "serviceAnnotations": ["filter", "unpack-flags", "layout", "digest", "label", "verification"],
    "verification": {"unmatched": "deny"},
    "proxy": {"https": "http://proxy:3128", "http": "http://proxy:3128", "noProxy": ".svc"},
}
INITIALIZER = Path(kitserve_initializer.__file__).parent


def test_each_variable_is_a_field_of_the_initializers_environment() -> None:
    assert {row.name.lower() for row in table()} == set(Environment.__dataclass_fields__)


def test_rendered_variables_are_in_the_table() -> None:
    everything = view({**defaults(), **SET})

    assert {
        variable["name"] for variable in environment(everything) + service_annotations_env(everything)
    } <= {row.name for row in table()}


def test_each_value_that_reaches_the_initializer_is_rendered() -> None:
    everything = view({**defaults(), **SET})

    assert {row.name for row in table() if row.value} == {
        variable["name"] for variable in environment(everything) + service_annotations_env(everything)
    }


def test_only_environment_py_reads_variables() -> None:
    readers = {
        source.relative_to(INITIALIZER).as_posix()
        for source in INITIALIZER.rglob("*.py")
        if re.search(r"\benviron\b|\bgetenv\b", source.read_text())
    }

    assert readers == {"config/environment.py"}


def test_secrets_have_a_type_of_their_own() -> None:
    secret = {row.name.lower() for row in table() if row.secret}
    annotations = {name: str(field.type) for name, field in Environment.__dataclass_fields__.items()}

    assert secret
    assert {name for name, annotation in annotations.items() if annotation == "Secret"} == secret
