"""All that is wrong with services that want image volumes, at once: helm and kitserve find the same."""

from pathlib import Path
from typing import Any

import pytest

from tests.parity.refusals import compared
from tests.parity.renderers import Helm

URI = "kit://registry.example.com/a:v1"
DIGEST = f"sha256:{'0' * 64}"
FINE: dict[str, dict[str, Any]] = {
    "filters": {"unpacking": {"filter": "model:a,b code", "label": "é=✓"}},
    "no-modelkit": {"storageUri": "s3://bucket/a", "storageKey": "mine", "storageContainerName": "other"},
    "initializer": {"delivery": "initializer", "storageKey": "mine"},
    "other-in-predictor": {
        "predictor": {"model": {"storageUri": "s3://bucket/a"}, "storageUris": "kit://r.io/a"}
    },
    "numbers-in-predictor": {"predictor": {"model": {"storageUri": 1}, "storageUris": [{"uri": 1}, None]}},
    "own-mount": {
        "storageUri": "",
        "storageUris": [{"uri": URI}, {"uri": URI, "mountPath": "/mnt/models/b"}],
    },
}
WRONG: dict[str, tuple[dict[str, Any], int]] = {
    "host": ({"storageUri": "kit://localhost/a:v1"}, 1),
    "capitals": ({"storageUri": "kit://registry.example.com/A:v1"}, 1),
    "login": ({"storageUri": "kit://user:word@registry.example.com/a:v1"}, 2),
    "digest-cut": ({"storageUri": "kit://registry.example.com/a@sha256:00"}, 1),
    "second": ({"storageUri": "", "storageUris": [{"uri": URI}, {"uri": "kit://a", "mountPath": "/b"}]}, 1),
    "initializers": ({"storageKey": "a", "storageContainerName": "b", "unpacking": {"digest": DIGEST}}, 3),
    "enforced": ({"unpacking": {"verification": "enforce", "unpackFlags": "-v"}}, 2),
    "tab": ({"unpacking": {"filter": "model\tcode", "label": "a\nb"}}, 2),
    "blanks": ({"unpacking": {"filter": " model", "label": "a=b "}}, 2),
    "quotes": ({"unpacking": {"filter": '"model"', "label": "a\\=b"}}, 2),
    "control": ({"unpacking": {"filter": "model\x7f", "label": "a=\x01"}}, 2),
    "paths": (
        {"storageUri": "", "storageUris": [{"uri": URI}, {"uri": "s3://b/a", "mountPath": "/mnt/models/"}]},
        1,
    ),
    "predictor": ({"predictor": {"sklearn": {"storageUri": URI}, "storageUris": [{"uri": URI}]}}, 1),
}
FLAGS = {
    "--filter model": 1,
    "--filter=model -l a=b": 2,
    "-f model": 1,
    "-ovf=model": 1,
    "--model": 1,
    "-v --'label' a=b": 1,
    '"-la=b"': 1,
    "\\--filter model": 1,
    "-v\t--docs": 1,
    "-v --log-level debug --overwrite --plain-http --tls-verify=false --concurrency 5": 0,
    "--progress plain --cert /files --proxy http://label.example.com": 0,
}
"""Flags for all services -> how many choose."""


def services(named: dict[str, dict[str, Any]]) -> dict[str, Any]:
    usual = {"delivery": "imageVolume", "modelFormat": {"name": "x"}, "storageUri": URI}
    return {"inferenceServices": {name: {**usual, **own} for name, own in named.items()}}


def test_both_find_all_that_is_wrong(helms: list[Helm], tmp_path: Path) -> None:
    values = services(FINE | {f"wrong-{name}": own for name, (own, _) in WRONG.items()})
    policy = {
        "unmatched": "warn",
        "rules": [{"references": ["**"], "mode": "warn", "deniedDigests": [DIGEST]}],
    }
    of_all = {"verification": policy, "allowPatterns": ["*"], "ignorePatterns": ["*"]}

    assert compared(values | of_all, helms, tmp_path) == sum(count for _, count in WRONG.values()) + 3


@pytest.mark.parametrize("flags", [flags for flags, count in FLAGS.items() if count])
def test_both_see_flags_that_choose(flags: str, helms: list[Helm], tmp_path: Path) -> None:
    values = services({"a": {}, "b": {"unpacking": {"filter": "model", "label": "a=b"}}})

    assert compared(values | {"unpackFlags": flags}, helms, tmp_path) == FLAGS[flags]


@pytest.mark.parametrize("flags", [flags for flags, count in FLAGS.items() if not count])
def test_both_see_flags_that_do_not_choose(flags: str, helms: list[Helm], tmp_path: Path) -> None:
    values = services({"a": {"storageKey": "mine"}})

    assert compared(values | {"unpackFlags": flags}, helms, tmp_path) == 1
