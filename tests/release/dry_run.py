"""`make release` without a registry: the same, into a registry on loopback, signed by a key that is thrown away.

The public Python images are no part of it: Debian's packages stand in for them, as an image of two platforms.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from release import __main__ as command
from release.programs import run
from tests.e2e.machine import MachineError, check
from tests.parts.registry import Registry
from tests.parts.tools import ToolError
from tests.release.programs import link, put_first_on_path
from tests.release.stand_ins import push_bases
from tests.release.working_tree import ORGANISATION


def main(version: str, folder: Path) -> int:
    """Make the release; 1 if there is none."""
    try:
        check()
        return _release(version, folder)
    except (MachineError, ToolError) as error:
        print(error, file=sys.stderr)
        return 1


def _release(version: str, folder: Path) -> int:
    with Registry() as registry, tempfile.TemporaryDirectory() as scratch:
        link(Path(scratch, "bin"))
        put_first_on_path(Path(scratch, "bin"))
        os.environ |= {"COSIGN_PASSWORD": "", "DOCKER_CONFIG": scratch}
        Path(scratch, "config.json").write_text("{}")
        key = _key(Path(scratch))
        base, builder = push_bases(registry)
        shutil.rmtree(folder, ignore_errors=True)
        options = ["--registry", registry.host, "--organisation", ORGANISATION, "--plain-http"]
        bases = ["--base", base, "--base-builder", builder]
        made = command.main([version, *options, *bases, "--sign", str(key), "--folder", str(folder)])
        if not made:
            shutil.copyfile(key.with_suffix(".pub"), folder / "cosign.pub")
        return made


def _key(folder: Path) -> Path:
    prefix = folder / "cosign"
    run("cosign", "generate-key-pair", f"--output-key-prefix={prefix}")
    return prefix.with_suffix(".key")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
