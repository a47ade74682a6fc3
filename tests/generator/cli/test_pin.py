"""`kitserve pin` writes digests beside tags, and changes no other byte."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.generator.cli.verifying import unsigned
from tests.generator.command_line import CommandLine, Result
from tests.image.packing import Packed
from tests.parts.registry import Registry

Pin = Callable[..., Result]


@pytest.fixture
def pin(kitserve: CommandLine, home: Path) -> Pin:  # noqa: ARG001 - who has no login
    def run(*arguments: object, stdin: str = "") -> Result:
        return kitserve("pin", "--plain-http", *arguments, stdin=stdin)

    return run


@pytest.fixture(scope="module")
def made(registry: Registry) -> Packed:
    return unsigned(registry)


# %R: the reference by tag, %H: the repository with its host, %D: the tag's digest, %O: another digest.
PINNED = {
    "plain": ("uri: kit://%R\n", "uri: kit://%R@%D\n"),
    "in double quotes": ('uri: "kit://%R"\n', 'uri: "kit://%R@%D"\n'),
    "in single quotes": ("uri: 'kit://%R'\n", "uri: 'kit://%R@%D'\n"),
    "with a comment": ("uri:   kit://%R   # why\n", "uri:   kit://%R@%D   # why\n"),
    "with an anchor": ("a: &m kit://%R\nb: *m\n", "a: &m kit://%R@%D\nb: *m\n"),
    "with a tag of YAML": ('a: !!str "kit://%R"\n', 'a: !!str "kit://%R@%D"\n'),
    "in a list": ("- kit://%R\n- kit://%R\n", "- kit://%R@%D\n- kit://%R@%D\n"),
    "in flow style": ("a: {uri: kit://%R, b: [kit://%R]}\n", "a: {uri: kit://%R@%D, b: [kit://%R@%D]}\n"),
    "on the next line": ("uri:\n  kit://%R\n", "uri:\n  kit://%R@%D\n"),
    "Windows' ends of lines": ("a: 1\r\nuri: kit://%R\r\n# x\r\n", "a: 1\r\nuri: kit://%R@%D\r\n# x\r\n"),
    "no end of the last line": ("uri: kit://%R", "uri: kit://%R@%D"),
    "a byte order mark": (
        "\ufeffuri: kit://%R\n---\n\ufeffuri: kit://%R\n",
        "\ufeffuri: kit://%R@%D\n---\n\ufeffuri: kit://%R@%D\n",
    ),
    "behind wide characters": ("näme: 🙂\nuri: kit://%R # é\n", "näme: 🙂\nuri: kit://%R@%D # é\n"),
    "behind YAML's other ends of lines": (
        "a: 'x\u2028y'\nuri: kit://%R\n",
        "a: 'x\u2028y'\nuri: kit://%R@%D\n",
    ),
    "in JSON": ('{"uri": "kit://%R", "n": 1}\n', '{"uri": "kit://%R@%D", "n": 1}\n'),
    "in JSON objects one after another": (
        '{"u": "kit://%R"} {"u": "kit://%R"}\n',
        '{"u": "kit://%R@%D"} {"u": "kit://%R@%D"}\n',
    ),
    "in several documents": ("u: kit://%R\n---\nu: kit://%R\n", "u: kit://%R@%D\n---\nu: kit://%R@%D\n"),
    "an image": ("containers: [{image: %R}]\n", "containers: [{image: %R@%D}]\n"),
    "an image that has a digest and no tag": ("image: %H@%O\n", "image: %H@%O\n"),
    "a ModelKit that has a digest and no tag": ("uri: kit://%H@%O\n", "uri: kit://%H@%O\n"),
    "one that is pinned": ("uri: kit://%R@%O\n", "uri: kit://%R@%O\n"),
    "the value image": (
        "image:\n  registry: %HOST\n  repository: %NAME\n  tag: v1\n  # end\n",
        "image:\n  registry: %HOST\n  repository: %NAME\n  tag: v1\n  digest: %D\n  # end\n",
    ),
    "the value image with a comment and CRLF": (
        "image:\r\n    repository: %H\r\n    registry: ''\r\n    tag: 'v1' # x\r\n",
        "image:\r\n    repository: %H\r\n    registry: ''\r\n    tag: 'v1' # x\r\n    digest: %D\r\n",
    ),
    "the value image at the end of the file": (
        "image:\n  repository: %NAME\n  registry: %HOST\n  tag: v1",
        "image:\n  repository: %NAME\n  registry: %HOST\n  tag: v1\n  digest: %D",
    ),
    "the value image in flow style": (
        "image: {registry: %HOST, repository: %NAME, tag: v1}\n",
        "image: {registry: %HOST, repository: %NAME, tag: v1, digest: %D}\n",
    ),
    "the value image in JSON": (
        '{"image": {"tag": "v1", "registry": "%HOST", "repository": "%NAME"}}',
        '{"image": {"tag": "v1", "digest": "%D", "registry": "%HOST", "repository": "%NAME"}}',
    ),
    "the value image with an empty digest": (
        'image: {registry: %HOST, repository: %NAME, tag: v1, digest: ""}\n',
        'image: {registry: %HOST, repository: %NAME, tag: v1, digest: "%D"}\n',
    ),
    "the value image that is pinned": (
        "image: {registry: %HOST, repository: %NAME, tag: v1, digest: %O}\n",
        "image: {registry: %HOST, repository: %NAME, tag: v1, digest: %O}\n",
    ),
    "other schemes, prefixes and placeholders": (
        "a: s3://b/m\nb: ['kit://']\nc: kit://REGISTRY/m:v1\nd: 'kit://${HOST}/m:v1'\ne: see kit://%R\n",
        "a: s3://b/m\nb: ['kit://']\nc: kit://REGISTRY/m:v1\nd: 'kit://${HOST}/m:v1'\ne: see kit://%R\n",
    ),
    "odd blanks, tabs and trailing ones": (
        "a:\t1  \n\n\nuri:  kit://%R\t \n ",
        "a:\t1  \n\n\nuri:  kit://%R@%D\t \n ",
    ),
}
OTHER = f"sha256:{'0' * 64}"


def filled(text: str, made: Packed) -> str:
    name = f"{made.host}/{made.repository}"
    told = {
        "HOST": made.host,
        "NAME": made.repository,
        "R": f"{name}:v1",
        "H": name,
        "D": made.digest,
        "O": OTHER,
    }
    for word, meant in told.items():
        text = text.replace(f"%{word}", meant)
    return text


@pytest.mark.parametrize(("before", "after"), PINNED.values(), ids=PINNED)
def test_every_other_byte_stays(before: str, after: str, made: Packed, pin: Pin, tmp_path: Path) -> None:
    file = tmp_path / "values.yaml"
    file.write_bytes(filled(before, made).encode())

    ran = pin(file)

    assert file.read_bytes().decode() == filled(after, made)
    assert ran.exit_code == 0, ran.err
    count = ran.err.count("@sha256:")
    last = ran.err.splitlines()[-1]
    assert last.partition(",")[0] == f"{count} {'reference' if count == 1 else 'references'} pinned"
    assert "%O" in after or pin("--check", file).exit_code == 0


def test_pinning_again_changes_nothing(made: Packed, pin: Pin, tmp_path: Path) -> None:
    file = tmp_path / "values.yaml"
    file.write_text(filled(PINNED["the value image"][0] + "u: kit://%R\n", made))
    pin(file)
    once, when = file.read_bytes(), file.stat().st_mtime_ns

    assert pin(file).err == "0 references pinned, 2 had a digest already\n"
    assert (file.read_bytes(), file.stat().st_mtime_ns) == (once, when)


@pytest.mark.parametrize(
    "text",
    [
        "uri: kit://%R@%O\n",
        "image: {registry: %HOST, repository: %NAME, tag: v1, digest: %O}\n",
        "image: '%R@%O'\n",
    ],
)
def test_update_writes_the_digest_that_a_tag_has_by_now(
    text: str, made: Packed, pin: Pin, tmp_path: Path
) -> None:
    file = tmp_path / "values.yaml"
    file.write_text(filled(text, made))

    checked = pin("--check", file)
    pin("--update", file)

    assert (checked.exit_code, "[KS301]" in checked.err) == (1, True)
    assert file.read_text() == filled(text.replace("%O", "%D"), made)
    assert pin("--check", file).exit_code == 0


def test_check_reports_the_place_and_changes_nothing(made: Packed, pin: Pin, tmp_path: Path) -> None:
    file = tmp_path / "values.yaml"
    text = filled("a: 1\nimage: {registry: %HOST, repository: %NAME, tag: v1}\nb:\n  - uri: kit://%R\n", made)
    file.write_text(text)

    ran = pin("--check", file)

    assert ran.exit_code == 1
    assert f"{file}:2:{text.splitlines()[1].index('tag') + 1}: error[KS300] image.tag: " in ran.err
    assert (
        f"{file}:4:10: error[KS300] b[0].uri: kit://{made.host}/{made.repository}:v1 isn't pinned" in ran.err
    )
    assert file.read_text() == text


@pytest.mark.parametrize("form", ["json", "sarif", "github"])
def test_check_reports_in_the_forms_of_validate(form: str, made: Packed, pin: Pin, tmp_path: Path) -> None:
    file = tmp_path / "values.yaml"
    file.write_text(filled("uri: kit://%R\n", made))

    ran = pin("--check", "--format", form, file)

    assert ran.exit_code == 1
    assert "KS300" in ran.out
    if form == "sarif":
        (result,) = json.loads(ran.out)["runs"][0]["results"]
        assert result["locations"][0]["physicalLocation"]["region"]["startColumn"] == 6


def test_standard_input_goes_to_standard_output(made: Packed, pin: Pin) -> None:
    ran = pin("-", stdin=filled("uri: kit://%R\r\n", made))

    assert ran.out == filled("uri: kit://%R@%D\r\n", made)


def test_one_tag_that_cannot_be_had_leaves_all_files(made: Packed, pin: Pin, tmp_path: Path) -> None:
    good, bad = tmp_path / "a.yaml", tmp_path / "b.yaml"
    good.write_text(filled("uri: kit://%R\n", made))
    bad.write_text(filled("uri: kit://%H:nosuch\n", made))

    ran = pin(tmp_path)

    assert ran.exit_code == 6
    assert "nosuch" in ran.err
    assert good.read_text() == filled("uri: kit://%R\n", made)
    assert {path.name for path in tmp_path.iterdir()} == {"a.yaml", "b.yaml"}


def test_a_file_that_is_named_twice_is_pinned_once(
    made: Packed, pin: Pin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "values.yaml"
    file.write_text(filled("uri: kit://%R\n", made))
    monkeypatch.chdir(tmp_path)

    ran = pin(file, "values.yaml", "./values.yaml", ".")

    assert (ran.exit_code, ran.err.splitlines()[-1]) == (0, "1 reference pinned")
    assert file.read_text() == filled("uri: kit://%R@%D\n", made)


def test_a_folder_is_pinned_without_what_is_no_yaml(made: Packed, pin: Pin, tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text("{{ if .Values.x }}\nuri: [}\n")
    (tmp_path / "values.yaml").write_text(filled("uri: kit://%R\n", made))

    assert pin(tmp_path).exit_code == 0
    assert "@sha256:" in (tmp_path / "values.yaml").read_text()


def test_a_named_file_that_is_no_yaml_is_refused(pin: Pin, tmp_path: Path) -> None:
    file = tmp_path / "values.yaml"
    file.write_text("uri: [}\n")

    assert pin(file).exit_code == 1
    assert file.read_text() == "uri: [}\n"


def test_what_has_no_place_on_its_line_is_refused(made: Packed, pin: Pin, tmp_path: Path) -> None:
    file = tmp_path / "values.yaml"
    text = filled('uri: "\\x6bit://%R"\nother: kit://%R\n', made)
    file.write_text(text)

    ran = pin(file)

    assert (ran.exit_code, file.read_text()) == (1, text)
    assert f"{file}:1:6: " in ran.err
    assert "without escapes" in ran.err


def test_mode_and_link_stay(made: Packed, pin: Pin, tmp_path: Path) -> None:
    real, link = tmp_path / "real.yaml", tmp_path / "link.yaml"
    real.write_text(filled("uri: kit://%R\n", made))
    real.chmod(0o640)
    link.symlink_to(real.name)

    pin(link)

    assert link.is_symlink()
    assert "@sha256:" in real.read_text()
    assert real.stat().st_mode & 0o777 == 0o640


def test_nothing_is_asked_of_a_registry_that_is_not_needed(pin: Pin, tmp_path: Path) -> None:
    file = tmp_path / "values.yaml"
    file.write_text(f"uri: kit://127.0.0.1:9/m:v1@{OTHER}\n")

    assert pin(file).exit_code == 0
    assert pin("--check", file).exit_code == 6
