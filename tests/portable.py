"""`make test-command`: what tests the command alone, on any system and Python, where no other program can be had."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
MODULES = (
    "contract/test_portable.py",
    "generator/check/test_both_places.py",
    "generator/check/test_cluster_settings.py",
    "generator/check/test_initializer.py",
    "generator/check/test_manifests.py",
    "generator/check/test_one_mistake.py",
    "generator/check/test_places.py",
    "generator/check/test_policies.py",
    "generator/check/test_shapes.py",
    "generator/cli/test_explain.py",
    "generator/crds/test_cel.py",
    "generator/crds/test_go_url.py",
    "generator/helm/test_load.py",
    "generator/helm/test_parse_errors.py",
    "generator/render/test_output_folder.py",
    "generator/render/test_yaml_writer.py",
    "generator/report/test_lines.py",
    "generator/report/test_report.py",
)
"""They need no helm, no registry, no Go and no Unix."""


def main(arguments: Sequence[str]) -> int:
    """Run them; pytest's exit code."""
    # Windows has no signal that ends a test.
    options = ["-q", "-n", "0", "-o", "timeout_method=thread", *arguments]
    return int(pytest.main([*options, *(str(FOLDER / name) for name in MODULES)]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
