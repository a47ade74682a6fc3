"""Run `make demo`: bring a ModelKit from a registry to a prediction, each step as it happens in a cluster."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import FrameType
from typing import Any

import joblib

from tests.parts.modelkits import ModelKit
from tests.parts.registry import Registry
from tests.parts.tools import ToolError, tool

# Sepal length and width, petal length and width in cm, of an Iris setosa (class 0) and an Iris virginica (class 2).
FLOWERS = [[5.1, 3.5, 1.4, 0.2], [6.7, 3.0, 5.2, 2.3]]


def main() -> None:
    """Serve a model without a cluster, and print the result of each step."""
    signal.signal(signal.SIGTERM, _leave)
    _title("A real registry: CNCF distribution, from PATH or built here")
    try:
        print(tool("registry"), flush=True)
    except ToolError as error:
        sys.exit(str(error))

    with Registry() as registry, tempfile.TemporaryDirectory(prefix="kitserve-demo-") as folder:
        digest = registry.push_layout(ModelKit("iris").archive, "models/iris", "v1")
        reference = f"{registry.host}/models/iris:v1"
        _title(f"A registry on {registry.host} holds the ModelKit {reference}")
        print(digest)

        values = Path(folder) / "iris.yaml"
        _title(f"kitserve inspect {reference}: what the ModelKit is")
        print(_kitserve("inspect", "--plain-http", reference), end="")

        _title(f"kitserve init {reference} -o {values.name}: the values that serve it")
        _kitserve("init", "--plain-http", reference, "-o", str(values))
        print(values.read_text(), end="")

        _title(f"kitserve validate {values.name}")
        _kitserve("validate", "--strict", str(values))

        settings = ["-f", str(values), "--set", "unpackFlags=--filter model --plain-http"]
        _title(f"kitserve render -f {values.name}, for a registry without TLS")
        print(_kitserve("render", *settings), end="")

        destination = Path(folder) / "models"
        storage, service = json.loads(_kitserve("render", *settings, "-o", "json"))["items"]
        source = service["spec"]["predictor"]["model"]["storageUri"]
        _title(f"The initializer, as KServe runs it: kitserve-initializer {source} /mnt/models")
        _initialize(storage["spec"]["container"], source, destination)
        for path in sorted(destination.rglob("*")):
            print(f"{path.stat().st_size:>8}  /mnt/models/{path.relative_to(destination)}")

        _title("The model's prediction")
        prediction = joblib.load(destination / "model.joblib").predict(FLOWERS).tolist()
        print(prediction)
        if prediction != [0, 2]:
            sys.exit("the prediction must be [0, 2]")


def _initialize(container: dict[str, Any], source: str, destination: Path) -> None:
    """Run the initializer with the container's environment and no other variable than PATH.

    The optional variables of the Secret `kit-secret` are absent, as in a pod without that Secret.
    """
    environment = {
        variable["name"]: variable["value"] for variable in container["env"] if "value" in variable
    }
    subprocess.run(
        [sys.executable, "-m", "kitserve_initializer", source, destination],
        env={"PATH": os.environ["PATH"], **environment},
        check=True,
    )


def _kitserve(*arguments: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "kitserve", *arguments], stdout=subprocess.PIPE, text=True, check=True
    )
    return ran.stdout


def _title(text: str) -> None:
    print(f"\n\N{BLACK RIGHT-POINTING TRIANGLE} {text}\n", flush=True)


def _leave(number: int, _: FrameType | None) -> None:
    """Exit through every `with`, which ends the registry and removes the folder."""
    sys.exit(128 + number)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
