"""URLs as Go reads them; the verdicts are those of Go's net/url."""

import pytest
from kitserve.crds.go_url import is_url


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("", True),
        ("hf://org/model", True),
        ("hf://org/model@main", True),
        ("a b", True),
        ("/a:b", True),
        ("a/b:c", True),
        ("s3://user:pass@bucket/a?b=%zz", True),
        ("http://[::1]:80/a", True),
        ("mailto:a%zz", True),
        (":a", False),
        ("a b:c", False),
        ("1:2", False),
        ("10%", False),
        ("http://a b/c", False),
        ("http://a:b", False),
        ("http://[::1", False),
        ("http://%zz/", False),
        ("a\nb", False),
        ("a#%zz", False),
    ],
)
def test_go_reads_it(text: str, fits: bool) -> None:
    assert is_url(text) is fits
