"""Names that some file system takes for one of ours."""

import pytest
from kitserve_initializer.errors import UnsafeArchive
from kitserve_initializer.fs.paths import split
from kitserve_initializer.fs.reserved_names import is_reserved

OURS = {
    "the marker": ".kitserve.json",
    "the staging folder": ".kitserve-staging",
    "the begin alone": ".kitserve",
    "what may come one day": ".kitserve.d",
    "another case": ".KitServe.JSON",
    "a blank behind it": ".kitserve.json ",
    "a stream of NTFS": ".kitserve.json::$DATA",
    "a Kelvin sign": ".\u212aitserve.json",
    "a long s": ".kit\u017ferve.json",
    "an I with a dot": ".k\u0130tserve.json",
    "an i without one": ".k\u0131tserve.json",
    "letters of full width": ".\uff4bitserve.json",
    "one dot leader": "\u2024kitserve.json",
    "a joiner in it": ".kit\u200dserve.json",
    "a soft hyphen in it": ".kit\u00adserve.json",
    "a byte order mark first": "\ufeff.kitserve.json",
    "a variation selector in it": ".kit\ufe0fserve.json",
    "a filler in it": ".kit\u3164serve.json",
}
OTHERS = [
    "kitserve.json",
    ".kit",
    ".kitserv",
    "x.kitserve.json",
    "k.kitserve",
    "\u6a21.kitserve",
    ".git",
    "..kitserve",
]


@pytest.mark.parametrize("name", OURS.values(), ids=OURS)
def test_is_ours_at_every_level(name: str) -> None:
    assert is_reserved(name)
    for path in (name, f"a/{name}", f"{name}/a", f"a/./b//{name}/c"):
        with pytest.raises(UnsafeArchive, match="the initializer's own"):
            split(path)


@pytest.mark.parametrize("name", OTHERS)
def test_is_anybody_s(name: str) -> None:
    assert not is_reserved(name)
    assert split(f"a/{name}/b") == ("a", name, "b")
