"""Debian's Prometheus and its promtool, unpacked and not installed: the package would start a daemon."""

import json
import shutil
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.e2e.processes import answers, free_port, run, wait_until
from tests.parts.cache import make_once
from tests.parts.process import Process

PROGRAMS = ("prometheus", "promtool")
HOST = "127.0.0.1"


def program(name: str) -> Path:
    """One of the programs, from PATH or from Debian's package.

    Raises:
        StartError: apt-get can't fetch it.
    """
    found = shutil.which(name)
    return Path(found) if found else make_once("debian/prometheus", _unpack) / "usr/bin" / name


def _unpack(product: Path) -> None:
    run("apt-get", "-qq", "update")
    # Its user may not write into a folder of ours.
    command = ("apt-get", "-qq", "-o", "APT::Sandbox::User=root", "download", "prometheus")
    run("env", f"--chdir={product}", *command)
    (archive,) = product.glob("*.deb")
    run("dpkg-deb", "--extract", archive, product)
    archive.unlink()


@contextmanager
def server(target: str, rules: Path, folder: Path) -> Iterator[str]:
    """A Prometheus that scrapes one address each second, with the rules; its own address."""
    configuration = folder / "prometheus.yml"
    scraped = {
        "job_name": "kube-state-metrics",
        "honor_labels": True,
        "static_configs": [{"targets": [target]}],
    }
    paced = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    configuration.write_text(
        json.dumps({"global": paced, "rule_files": [str(rules)], "scrape_configs": [scraped]})
    )
    address = f"{HOST}:{free_port(HOST)}"
    command = [
        str(program("prometheus")),
        f"--config.file={configuration}",
        f"--storage.tsdb.path={folder / 'series'}",
        f"--web.listen-address={address}",
    ]
    with (folder / "prometheus.log").open("w") as log, Process(command, stdout=log, stderr=log) as process:
        try:
            wait_until(
                lambda: answers(f"http://{address}/-/ready"),
                "prometheus did not get ready",
                lambda: process.poll() is not None,
            )
            yield address
        finally:
            process.terminate()


def alerts(address: str) -> list[dict[str, Any]]:
    """The alerts that a Prometheus has: labels, annotations, state and value."""
    with urllib.request.urlopen(f"http://{address}/api/v1/alerts", timeout=30) as answer:
        found: list[dict[str, Any]] = json.load(answer)["data"]["alerts"]
    return found
