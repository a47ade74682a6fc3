"""KIT_UNPACK_FLAGS: the flags of `kit unpack` in all the spellings that its command line takes."""

import shlex

import pytest
from kitserve_initializer.config.filters import Filter
from kitserve_initializer.config.flags import UnpackFlags, known, parse
from kitserve_initializer.errors import InvalidFlags


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", UnpackFlags()),
        ("-o", UnpackFlags(overwrite=True)),
        ("--overwrite", UnpackFlags(overwrite=True)),
        ("-o=false", UnpackFlags()),
        ("-i", UnpackFlags(ignore_existing=True)),
        ("-oi", UnpackFlags(overwrite=True, ignore_existing=True)),
        ("--plain-http", UnpackFlags(plain_http=True)),
        ("--plain-http=T --plain-http=0", UnpackFlags()),
        ("--tls-verify=false", UnpackFlags(tls_verify=False)),
        (
            "--tls-cert a.pem --tls-cert=b.pem --cert c --key k",
            UnpackFlags(tls_certs=("a.pem", "b.pem"), cert="c", key="k"),
        ),
        ("--proxy http://proxy:3128", UnpackFlags(proxy="http://proxy:3128")),
        ("-v", UnpackFlags(log_level="debug")),
        ("-vvv --log-level error", UnpackFlags(log_level="debug")),
        ("--log-level=warn", UnpackFlags(log_level="warn")),
        ("--progress none --concurrency 7", UnpackFlags(progress="none", concurrency=7)),
        ("-f model", UnpackFlags(filters=(Filter(("model",)),))),
        ("-fmodel", UnpackFlags(filters=(Filter(("model",)),))),
        ("-f=model", UnpackFlags(filters=(Filter(("model",)),))),
        ("-of model", UnpackFlags(overwrite=True, filters=(Filter(("model",)),))),
        ("--filter=model,docs:a,b", UnpackFlags(filters=(Filter(("model", "docs"), ("a", "b")),))),
        (
            "-f 'docs:my file' -f kitfile",
            UnpackFlags(filters=(Filter(("docs",), ("my file",)), Filter(("kitfile",)))),
        ),
        ("-f model:", UnpackFlags(filters=(Filter(("model",), ("",)),))),
        ("--model --docs", UnpackFlags(filters=(Filter(("model", "docs")),))),
        ("--model --docs=false", UnpackFlags(filters=(Filter(("model",)),))),
        ("--model --filter code", UnpackFlags(filters=(Filter(("code",)),))),
    ],
)
def test_are_read(text: str, expected: UnpackFlags) -> None:
    assert parse(shlex.split(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "-x",
        "-",
        "--",
        "model",
        "--filter",
        "-f ''",
        "-f model:a:b",
        "-f model,",
        "--Overwrite",
        "--over",
        "-o=x",
    ],
)
def test_are_refused(text: str) -> None:
    with pytest.raises(InvalidFlags):
        parse(shlex.split(text))


def test_kit_gets_its_flags_less_those_of_files_and_proxies() -> None:
    flags = parse(
        shlex.split("-ovv -f 'docs:my file' --tls-cert a --cert=c --key k --proxy http://u:p@h --model")
    )

    assert flags.words == (
        "--overwrite=true",
        "--verbose",
        "--verbose",
        "--filter=docs:my file",
        "--model=true",
    )


def test_an_unknown_flag_lists_the_known_ones() -> None:
    with pytest.raises(InvalidFlags) as caught:
        parse(["--fast"])

    assert caught.value.hint == f"known are: {' '.join(known())}"
    assert "--filter|-f" in known()


@pytest.mark.parametrize(
    ("entry", "taken"), [(("a", "x/a"), True), (("x", "b"), True), (("x", "x/a"), False)]
)
def test_values_are_names_or_paths_and_match_whole(entry: tuple[str, str], taken: bool) -> None:
    assert Filter(("model",), ("a", "b")).takes("model", *entry) is taken
