"""Services as a table: aligned, with colors on a terminal only, and no line that a runner of CI jobs would obey."""

from dataclasses import replace

import pytest
from kitserve.report import status as report
from kitserve.serving.status import ModelStatus, Status

URI, DIGEST = "kit://registry.example.com/models/iris:v1", f"sha256:{'a' * 64}"
READY = Status(
    "models",
    "iris",
    "InferenceService",
    "ready",
    serving=True,
    models=(ModelStatus(URI, "initializer", DIGEST),),
)
ADAPTER = ModelStatus("registry.example.com/a:v1.image", "imageVolume")


def test_several_models_have_a_line_each() -> None:
    text = report.text([replace(READY, models=(*READY.models, ADAPTER))])

    assert text.splitlines() == [
        "NAMESPACE  NAME  STATE  MODEL                                      DIGEST",
        f"models     iris  ready  {URI}  sha256:aaaaaaaaaaaa",
        "                        registry.example.com/a:v1.image",
    ]


def test_pods_with_different_digests_show_all() -> None:
    moved = ModelStatus(URI, "initializer", f"{DIGEST}, sha256:{'b' * 64}")

    assert "sha256:aaaaaaaaaaaa, sha256:bbbbbbbbbbbb" in report.text([replace(READY, models=(moved,))])


@pytest.mark.parametrize(("state", "color"), [("ready", "32"), ("failed", "1;31"), ("retrying", "1;33")])
def test_a_terminal_has_colors(state: str, color: str) -> None:
    shown = replace(READY, state=state)  # type: ignore[arg-type]

    assert f"\x1b[{color}m{state}" in report.text([shown], colors=True)
    assert "\x1b" not in report.text([shown])


def test_no_word_of_the_cluster_is_a_command() -> None:
    said = "::error::a ##[section]b"
    odd = replace(READY, name="::set-output", detail=said, cause=said, hint=said)

    text = report.text([replace(odd, namespace="::stop-commands")]) + report.line(odd)

    assert "##" not in text
    assert not any(line.startswith("::") for line in text.splitlines())


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({}, "models/iris: ready"),
        ({"state": "loading", "detail": "50%", "cause": "before"}, "models/iris: loading, 50%"),
        ({"state": "failed", "cause": "gone"}, "models/iris: failed, gone"),
    ],
    ids=["ready", "loading", "failed"],
)
def test_a_line_says_what_goes_on_or_the_cause(changed: dict[str, str], line: str) -> None:
    assert report.line(replace(READY, **changed)) == line  # type: ignore[arg-type]
