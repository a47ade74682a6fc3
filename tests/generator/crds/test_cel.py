"""The part of CEL in which KServe's CRDs write their rules."""

import pytest
from kitserve.crds import structures
from kitserve.crds.cel import holds
from kitserve.crds.cel.reader import read


@pytest.mark.parametrize(
    ("rule", "value", "true"),
    [
        ("has(self.a)", {"a": 1}, True),
        ("!has(self.a) || self.a <= 2", {"a": 3}, False),
        ("has(self.a.b)", {}, False),
        ("self.a == 1", {}, False),
        ("self.a == 1 || true", {}, True),
        ("!(self.a == 1 && false)", {}, True),
        ("size(self) == 2 && self.size() == 2", [1, 2], True),
        ("self.exists(x, x.kind == 'a')", [{}, {"kind": "a"}], True),
        ("self.all(x, x.kind == 'a')", [{}, {"kind": "a"}], False),
        ("self.exists_one(x, x > 1)", [1, 2, 3], False),
        ("self.filter(x, x > 1).size() == 2", [1, 2, 3], True),
        ("self.all(p1, self.exists_one(p2, p1.n==p2.n))", [{"n": 1}, {"n": 1}], False),
        ("(self.a in ['x','y']) ? self.b.startsWith('/') : true", {"a": "x", "b": "z"}, False),
        ("(self.size() > 0 ? self[0].size() : 0) + 1 <= 2", [[1, 2]], False),
        ('self.matches(r"""^[a\'"]+$""")', "a\n", False),
        ("duration(self) > duration('1m30s')", "91s", True),
        ("self.contains('%2f') || self.endsWith('/.')", 1, False),
        ("'*' in self", {"*": 1}, True),
    ],
)
def test_a_rule_is_evaluated(rule: str, value: object, true: bool) -> None:
    assert holds(rule, value) is true


def test_rules_of_all_crds_are_read() -> None:
    rules = {rule for node in structures.nodes() for rule, _ in node.rules}

    assert len(rules) > 60
    assert all(read(rule) for rule in rules)


@pytest.mark.parametrize("rule", ["self.", "self ~ 1", "(self", "self.a b", "has(self.a"])
def test_what_is_no_rule_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(rule)
