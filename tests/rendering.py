"""Values to objects without a command line, for tests that do it hundreds of times."""

from typing import Any

from kitserve.check.merged_values import CheckedValues, check
from kitserve.helm.load import UserValues
from kitserve.render.manifests import render
from kitserve.render.manifests.inferenceservice import services
from kitserve.render.release import Release
from kitserve.values.view import view


def checked(values: dict[str, Any]) -> CheckedValues:
    """What a user gives, over the chart's defaults."""
    return check(UserValues(values, (), (), ()))


def rendered(values: dict[str, Any], release: Release) -> list[dict[str, Any]]:
    """The objects of values to which no default is added."""
    seen = view(values)
    return render(seen, services(seen), release)
