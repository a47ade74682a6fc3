"""KIT_UNPACK_FLAGS: the flags of `kit unpack` in all the spellings that its command line takes."""

import shlex

import pytest
from kitserve_initializer.config.filters import Filter
from kitserve_initializer.config.flags import known, read
from kitserve_initializer.config.labels import Label
from kitserve_initializer.config.options import Options, of_flags
from kitserve_initializer.errors import InvalidFlags


def parse(words: list[str]) -> Options:
    return of_flags(read(words))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Options()),
        ("-o", Options(overwrite=True)),
        ("--overwrite", Options(overwrite=True)),
        ("-o=false", Options()),
        ("-i", Options(ignore_existing=True)),
        ("-oi", Options(overwrite=True, ignore_existing=True)),
        ("--plain-http", Options(plain_http=True)),
        ("--plain-http=T --plain-http=0", Options()),
        ("--tls-verify=false", Options(tls_verify=False)),
        (
            "--tls-cert a.pem --tls-cert=b.pem --cert c --key k",
            Options(tls_certs=("a.pem", "b.pem"), cert="c", key="k"),
        ),
        ("--proxy http://proxy:3128", Options(proxy="http://proxy:3128")),
        ("-v", Options(log_level="debug")),
        ("-vv --log-level error", Options(log_level="trace")),
        ("-v --overwrite -v", Options(log_level="trace", overwrite=True)),
        ("-vvv", Options(log_level="trace")),
        ("--verbose=1 --log-level error", Options(log_level="debug")),
        ("--verbose=2", Options(log_level="trace")),
        ("--verbose=0 --log-level warn", Options(log_level="warn")),
        ("-vv --verbose=1", Options(log_level="debug")),
        ("--log-level=warn", Options(log_level="warn")),
        ("--progress none --concurrency 7", Options(progress="none", concurrency=7)),
        ("-f model", Options(filters=(Filter(("model",)),))),
        ("-fmodel", Options(filters=(Filter(("model",)),))),
        ("-f=model", Options(filters=(Filter(("model",)),))),
        ("-of model", Options(overwrite=True, filters=(Filter(("model",)),))),
        ("--filter=model,docs:a,b", Options(filters=(Filter(("model", "docs"), ("a", "b")),))),
        (
            "-f 'docs:my file' -f kitfile",
            Options(filters=(Filter(("docs",), ("my file",)), Filter(("kitfile",)))),
        ),
        ("-f model:", Options(filters=(Filter(("model",), ("",)),))),
        ("-l a=1", Options(labels=(Label("a", "1"),))),
        (
            "-la=1 --label b=x=y --label=c=",
            Options(labels=(Label("a", "1"), Label("b", "x=y"), Label("c", ""))),
        ),
        ("--model --docs", Options(filters=(Filter(("model", "docs")),))),
        ("--model --docs=false", Options(filters=(Filter(("model",)),))),
        ("--model --filter code", Options(filters=(Filter(("code",)),))),
    ],
)
def test_are_read(text: str, expected: Options) -> None:
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
        "--label",
        "-l a",
        "-l a=1 -l a=1",
        "--as-skill",
        "--as-skill=claude-code",
        "--verbose=loud",
    ],
)
def test_are_refused(text: str) -> None:
    with pytest.raises(InvalidFlags):
        parse(shlex.split(text))


def test_kit_gets_its_flags_less_those_of_files_and_proxies() -> None:
    flags = parse(
        shlex.split("-ovv -f 'docs:my file' --tls-cert a --cert=c --key k --proxy http://u:p@h --model")
    )

    assert flags.kit_words == (
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
