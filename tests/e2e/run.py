"""`python -m tests.e2e.run [PYTEST ARGUMENTS]`: a cluster, the scenarios, and nothing left.

KITSERVE_E2E_KSERVE chooses KServe's release. With KITSERVE_E2E_KUBECONFIG the scenarios run on the cluster that it
names; README.md says what that one needs.
"""

import ctypes
import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.e2e import knative
from tests.e2e.lifecycle import Cluster, LifecycleError, cluster, sweep
from tests.e2e.machine import MachineError, check
from tests.e2e.versions import VersionError, release

FOLDER = Path(__file__).parent
SCENARIOS = FOLDER / "knative" if knative.IS_WANTED else FOLDER
PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> int:
    """Run the scenarios; pytest's exit code, 1 when there is no cluster, 128 + N after signal N."""
    try:
        release()
        return _run_scenarios([sys.executable, "-m", "pytest", str(SCENARIOS), *arguments])
    except (LifecycleError, MachineError, VersionError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _run_scenarios(pytest: list[str]) -> int:
    if os.environ.get("KITSERVE_E2E_KUBECONFIG"):
        return subprocess.run(pytest, check=False).returncode
    _end_by_signals()
    check()
    sweep()
    with cluster() as running:
        return _run_inside([*pytest, f"--basetemp={running.layout.temporary / 'pytest'}"], running)


def _run_inside(pytest: list[str], running: Cluster) -> int:
    """Run pytest inside; Ctrl-C is for pytest, which reports and ends, and not for what waits for it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    command = running.enter("env", "--default-signal=INT", *pytest)
    return subprocess.run(command, env=running.environment(), check=False).returncode


def _end_by_signals() -> None:
    """Clean up on SIGTERM and SIGHUP as on Ctrl-C, and when the `make` that started this is killed."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda caught, _: sys.exit(128 + caught))
    if os.environ.get("MAKELEVEL"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
