"""A folder of manifests: every object has a file, and nothing outside the folder is touched."""

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kitserve.render.output import write_folder
from ruamel.yaml import YAML

from tests.generator.command_line import CommandLine

PARTS = st.text(st.sampled_from("aA./-_:%\\~é \0\n"), min_size=1, max_size=6)


def made(kind: str = "ConfigMap", name: str = "a", **metadata: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, **metadata}}


def read(folder: Path) -> list[dict[str, Any]]:
    return [YAML(typ="safe").load(path.read_text()) for path in sorted(folder.iterdir())]


@pytest.mark.parametrize(
    "item",
    [
        made("../../escaped"),
        made("/absolute"),
        made(name="../../../escaped"),
        made(name="a/b"),
        made(namespace="../.."),
        made(namespace="/etc"),
        made(namespace={"a": "../.."}),
        made(".hidden"),
        made(".."),
        made(name="a\\..\\b"),
        made(name="a\0b"),
        made(name="%2e%2e%2fescaped"),
        made(name="n" * 5000),
        made(name="é" * 100),
    ],
    ids=lambda item: str(item["kind"] + str(item["metadata"]))[:30],
)
def test_a_file_is_in_the_folder_whatever_the_object_is_named(item: dict[str, Any], tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"

    (path,) = write_folder([item], folder)

    assert path.parent == folder
    assert [*folder.iterdir()] == [path]
    assert not path.name.startswith(".")
    assert [*tmp_path.rglob("*")] == [tmp_path / "a", folder, path]
    assert read(folder) == [item]


@pytest.mark.parametrize(
    "items",
    [
        [made(name="a-b"), made(name="b", namespace="a")],
        [made(name="a"), made(name="A")],
        [made("ConfigMap"), made("CONFIGMAP")],
        [made(), {**made(), "apiVersion": "other/v1"}],
        [made(), made(), made()],
        [made(name="a"), made(name="a"), made(name="a.2")],
        [made(name="a.2"), made(name="a"), made(name="a")],
        [made(name="a/b"), made(name="a%2fb"), made(name="a%2Fb")],
        [made(name="n" * 300 + "1"), made(name="n" * 300 + "2")],
    ],
    ids=lambda items: "+".join(item["metadata"]["name"][:9] for item in items),
)
def test_no_object_is_lost_to_another_of_its_files_name(items: list[dict[str, Any]], tmp_path: Path) -> None:
    paths = write_folder(items, tmp_path)

    assert len({path.name.lower() for path in paths}) == len(items)
    assert sorted(map(str, read(tmp_path))) == sorted(map(str, items))


@given(st.lists(st.tuples(PARTS, PARTS, PARTS), min_size=1, max_size=5))
def test_drawn_names_are_files_of_the_folder(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[tuple[str, str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("drawn")
    paths = write_folder([made(kind, name, namespace=space) for kind, space, name in drawn], folder)

    assert {path.parent for path in paths} == {folder}
    assert len([*folder.iterdir()]) == len(drawn)


@pytest.mark.parametrize("planted", [".configmap-a.yaml.partial", "configmap-a.yaml"])
@pytest.mark.parametrize("kind", ["symbolic", "dangling", "hard"])
def test_a_link_that_is_there_is_replaced_and_not_followed(planted: str, kind: str, tmp_path: Path) -> None:
    folder, outside = tmp_path / "folder", tmp_path / "outside"
    folder.mkdir()
    if kind != "dangling":
        outside.write_text("mine")
    if kind == "hard":
        (folder / planted).hardlink_to(outside)
    else:
        (folder / planted).symlink_to(outside)

    (path,) = write_folder([made()], folder)

    assert not path.is_symlink()
    assert read(folder) == [made()]
    assert not outside.exists() if kind == "dangling" else outside.read_text() == "mine"


def test_new_files_have_the_rights_that_the_user_gives_files(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        (path,) = write_folder([made()], tmp_path)
    finally:
        os.umask(before)

    assert path.stat().st_mode & 0o777 == 0o640


def test_values_cant_lead_the_command_out_of_the_folder(kitserve: CommandLine, tmp_path: Path) -> None:
    objects = "".join(
        f"  - {{apiVersion: v1, kind: {kind}, metadata: {{name: {name}, namespace: {space}}}}}\n"
        for kind, name, space in (
            (f"{tmp_path}/x", "a", "b"),
            ("../x", "a", "b"),
            ("X", "../../x", "b"),
            ("X", "a", "../../x"),
        )
    )
    folder = tmp_path / "out" / "manifests"

    rendered = kitserve("render", "-f", "-", "--output-dir", folder, stdin=f"extraObjects:\n{objects}")

    assert rendered.exit_code == 0
    assert len([*folder.iterdir()]) == 5
    assert sorted(tmp_path.rglob("*")) == sorted([folder.parent, folder, *folder.iterdir()])
