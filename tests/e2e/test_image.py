"""What the image holds, seen from inside a container."""

import json

from tests.e2e.kubectl import Kubectl
from tests.e2e.release import Release

LOOK = """
import importlib.util, json, pathlib, shutil
tools = [name for name in ("cc", "gcc", "make", "pip", "pip3", "uv") if shutil.which(name)]
modules = [name for name in ("ensurepip", "pip", "pytest", "setuptools") if importlib.util.find_spec(name)]
files = pathlib.Path("/opt/kitserve").rglob("*")
tests = [str(path) for path in files if path.name.startswith("test_") or path.name == "conftest.py"]
print(json.dumps({"tools": tools, "modules": modules, "tests": tests}))
"""


def test_image_has_no_compiler_no_installer_and_no_tests(release: Release, kubectl: Kubectl) -> None:
    command = ["--command", "--", "python3", "-c", LOOK]
    kubectl.run("run", "look", f"--image={release.image}", "--restart=Never", *command)
    kubectl.wait("pod/look", "jsonpath={.status.phase}=Succeeded", 60)
    assert json.loads(kubectl.run("logs", "look")) == {"tools": [], "modules": [], "tests": []}
