"""All that a command imports that asks a cluster, which takes longer than most of them: forked runs share it."""

from importlib import import_module
from pkgutil import walk_packages

import kitserve
import kubernetes  # noqa: F401 - and all of its models

for _module in walk_packages(kitserve.__path__, "kitserve."):
    import_module(_module.name)
