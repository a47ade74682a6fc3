"""The ConfigMap of authorities."""

import json
from typing import Any

import pytest
from kitserve.helm.merge import merge_defaults
from kitserve.render.release import Release
from kitserve.values.schema import defaults

from tests.cases.authorities import CERTIFICATE, KEY, PRIVATE
from tests.generator.command_line import CommandLine
from tests.rendering import rendered

URI = "kit://registry.example.com/iris:v1"
TLS = {"caConfigMapName": "authorities", "caBundle": CERTIFICATE}
NAMESPACES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "nothing served": ({}, ["models"]),
    "services": (
        {
            "inferenceServices": {
                "a": {"namespace": "search"},
                "b": {"namespace": "fraud"},
                "c": {},
                "d": {"namespace": "fraud"},
            }
        },
        ["fraud", "models", "search"],
    ),
    "defaults": (
        {"inferenceServiceDefaults": {"namespace": "search"}, "inferenceServices": {"a": {}}},
        ["models", "search"],
    ),
    "groups": (
        {"serviceGroups": {"team": {"namespace": "search"}}, "inferenceServices": {"a": {"group": "team"}}},
        ["models", "search"],
    ),
    "another namespace for all": ({"namespaceOverride": "other", "inferenceServices": {"a": {}}}, ["other"]),
    "jobs": ({"localModels": {"create": True, "jobNamespace": "jobs"}}, ["jobs", "models"]),
    "jobs of others": ({"localModels": {"create": False, "jobNamespace": "jobs"}}, ["models"]),
    "further ones": ({"tls": {**TLS, "caNamespaces": ["b", "a"]}}, ["a", "b", "models"]),
    "no certificates": ({"tls": {"caConfigMapName": "authorities"}}, []),
}


def objects(values: dict[str, Any]) -> list[dict[str, Any]]:
    services = {
        name: {"storageUri": URI, "modelFormat": {"name": "sklearn"}, **service}
        for name, service in values.get("inferenceServices", {}).items()
    }
    whole = merge_defaults(defaults(), {"tls": TLS, **values, "inferenceServices": services})
    return rendered(whole, Release(namespace="models"))


@pytest.mark.parametrize("name", NAMESPACES)
def test_each_namespace_where_the_initializer_may_run_has_one(name: str) -> None:
    values, expected = NAMESPACES[name]
    found = [item for item in objects(values) if item["kind"] == "ConfigMap"]

    assert [item["metadata"]["namespace"] for item in found] == expected
    assert all(item["data"] == {"ca.crt": CERTIFICATE} for item in found)


def test_the_initializer_refers_to_it() -> None:
    config_map, container, *_ = objects({})
    variable = next(
        each for each in container["spec"]["container"]["env"] if each["name"] == "KITSERVE_CA_BUNDLE"
    )
    name, (key,) = config_map["metadata"]["name"], config_map["data"]

    assert variable["valueFrom"]["configMapKeyRef"] == {"name": name, "key": key, "optional": True}


@pytest.mark.parametrize("command", ["validate", "render"])
@pytest.mark.parametrize("style", ["block", "quoted"])
@pytest.mark.parametrize("name", PRIVATE)
def test_no_message_shows_a_private_key(name: str, style: str, command: str, kitserve: CommandLine) -> None:
    indented = PRIVATE[name].replace("\n", "\n    ")
    written = {"block": f"|\n    {indented}", "quoted": json.dumps(PRIVATE[name])}[style]
    text = f"tls:\n  caConfigMapName: authorities\n  caBundle: {written}\n"

    ran = kitserve(command, *({"render": ["-f"]}.get(command, [])), "-", stdin=text)

    assert ran.exit_code != 0
    assert "KS257" in ran.err
    assert KEY not in ran.out + ran.err
