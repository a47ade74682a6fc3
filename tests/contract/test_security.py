"""SECURITY.md promises what tests hold."""

import re

import pytest

from tests.cases import REPOSITORY

PAGE = (REPOSITORY / "SECURITY.md").read_text()
PROMISED = PAGE.partition("## What is promised")[2].partition("## What is not promised")[0]
PROMISES = [line for line in PROMISED.splitlines() if line.startswith("- ")]
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", PROMISED)))


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise[2:50])
def test_each_promise_names_a_test(promise: str) -> None:
    assert re.search(r"`tests/[\w/]+\.py::test_\w+`", promise)


@pytest.mark.parametrize(("file", "test"), NAMED, ids=lambda part: part.rpartition("/")[2])
def test_each_named_test_exists(file: str, test: str) -> None:
    assert f"def {test}(" in (REPOSITORY / file).read_text()
