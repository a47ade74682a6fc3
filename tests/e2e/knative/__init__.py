"""Knative Serving on the cluster, for KServe's mode Knative: `KITSERVE_E2E_MODE=Knative`."""

import os

from tests.parts.tools import table

MODES = ("Standard", "Knative")
MODE = os.environ.get("KITSERVE_E2E_MODE") or "Standard"
IS_WANTED = MODE == "Knative"
VERSION = table()["knative-controller"].source.version
IMAGES = {name: f"kitserve.test/{name}:v{VERSION}" for name in table() if name.startswith("knative-")}
