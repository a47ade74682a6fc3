"""The initializer reads the policies that the renderers write, and refuses what they refuse: it trusts nobody."""

import json

import pytest
from kitserve.render.manifests.policy import policy
from kitserve_initializer.errors import InvalidEnvironment
from kitserve_initializer.trust.load import verifier

from tests.cases.policies import BROKEN, FINE, RULED, Rule
from tests.rendering import checked

# What is odd, and protects what it names.
HARMLESS = {"one of nobody", "dot behind the registry", "one reference twice"}
WRONG = {
    name: rule for table in (RULED, BROKEN) for name, (rule, *_) in table.items() if name not in HARMLESS
}


def read(text: str) -> None:
    assert verifier(text, enforce=False, plain_http=False)


@pytest.mark.parametrize("rule", FINE.values(), ids=FINE)
def test_what_is_rendered_can_be_read(rule: Rule) -> None:
    read(policy(checked({"verification": {"rules": [rule]}}).values.verification))


@pytest.mark.parametrize("rule", WRONG.values(), ids=WRONG)
def test_what_the_renderers_refuse_the_initializer_refuses(rule: Rule) -> None:
    with pytest.raises(InvalidEnvironment):
        read(json.dumps({"rules": [rule]}))
