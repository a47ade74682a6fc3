"""What a container may use, by the files of control groups as runtimes show them."""

import math
import os
from pathlib import Path

import pytest
from kitserve_initializer.concurrency.machine import Machine, machine
from kitserve_initializer.concurrency.shares import divide

GIB = 1024**3
V2 = "31 23 0:28 {} /sys/fs/cgroup ro,nosuid - cgroup2 cgroup rw,nsdelegate"
V1 = "32 31 0:29 {} /sys/fs/cgroup/{} ro - cgroup cgroup rw,{}"
POD = "/kubepods.slice/kubepods-pod1.slice/cri-containerd-7.scope"
EVERY_CORE = "Name:\tpython3\nCpus_allowed:\tffffffff,ffffffff\nCpus_allowed_list:\t0-63\n"


def made(
    root: Path, groups: str, mounts: list[str], limits: dict[str, str], status: str = EVERY_CORE
) -> Path:
    """Lay out a file system: groups and mounts of the process, and the groups' files below /sys/fs/cgroup."""
    proc = {"cgroup": groups, "mountinfo": "\n".join(mounts) + "\n", "status": status}
    files = {f"proc/self/{name}": text for name, text in proc.items()}
    files |= {f"sys/fs/cgroup/{name}": f"{text}\n" for name, text in limits.items()}
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def v2(root: Path, limits: dict[str, str], group: str = "/", top: str = "/") -> Path:
    return made(root, f"0::{group}\n", [V2.format(top)], limits)


def v1(root: Path, limits: dict[str, str], group: str = "/", top: str = "/") -> Path:
    mounts = [V1.format(top, names, names) for names in ("cpu,cpuacct", "memory")]
    return made(root, f"9:name=systemd:/\n4:cpu,cpuacct:{group}\n3:memory:{group}\n0::/\n", mounts, limits)


@pytest.mark.parametrize(
    ("told", "cores"),
    [
        ("max 100000", 64),
        ("100000 100000", 1),
        ("50000 100000", 0.5),
        ("800000 100000", 8),
        ("250000 100000", 2.5),
        ("25000 10000", 2.5),
        ("9900000 100000", 64),
        ("max", 64),
        ("", 64),
        ("0 100000", 64),
        ("many 100000", 64),
    ],
)
def test_a_quota_of_version_2(tmp_path: Path, told: str, cores: float) -> None:
    assert machine(v2(tmp_path, {"cpu.max": told})).cores == cores


@pytest.mark.parametrize(
    ("quota", "period", "cores"),
    [("-1", "100000", 64), ("800000", "100000", 8), ("50000", "100000", 0.5), ("800000", "", 64)],
)
def test_a_quota_of_version_1(tmp_path: Path, quota: str, period: str, cores: float) -> None:
    limits = {"cpu,cpuacct/cpu.cfs_quota_us": quota, "cpu,cpuacct/cpu.cfs_period_us": period}

    assert machine(v1(tmp_path, limits)).cores == cores


@pytest.mark.parametrize(
    ("own", "pod", "top", "cores"),
    [
        ("800000 100000", "max 100000", "max 100000", 8),
        ("max 100000", "300000 100000", "max 100000", 3),
        ("800000 100000", "300000 100000", "200000 100000", 2),
        ("100000 100000", "300000 100000", "", 1),
    ],
)
def test_the_smallest_quota_from_the_group_upwards(
    tmp_path: Path, own: str, pod: str, top: str, cores: float
) -> None:
    slices = POD.strip("/").split("/")
    limits = {f"{POD[1:]}/cpu.max": own, f"{'/'.join(slices[:2])}/cpu.max": pod, f"{slices[0]}/cpu.max": top}

    assert machine(v2(tmp_path, limits, POD)).cores == cores


@pytest.mark.parametrize(
    ("group", "top"),
    [
        pytest.param("/", "/", id="a namespace of its own"),
        pytest.param(POD, POD, id="the group's folder alone is mounted"),
        pytest.param("/", POD, id="named from the namespace, mounted from the node"),
        pytest.param("/../other", "/", id="outside the namespace"),
        pytest.param("/../..", "/../..", id="a root above the namespace's"),
    ],
)
def test_a_group_is_where_its_folder_is_mounted(tmp_path: Path, group: str, top: str) -> None:
    assert machine(v2(tmp_path, {"cpu.max": "300000 100000"}, group, top)).cores == 3


def test_controllers_of_both_versions_side_by_side(tmp_path: Path) -> None:
    """As on a node that has version 2 for systemd alone."""
    mounts = [V2.format("/").replace("/cgroup ro", "/cgroup/unified ro"), V1.format("/", "cpu", "cpu")]
    limits = {"cpu/cpu.cfs_quota_us": "150000", "cpu/cpu.cfs_period_us": "100000"}

    assert machine(made(tmp_path, "1:cpu:/\n0::/init.scope\n", mounts, limits)).cores == 1.5


def test_a_mount_with_a_blank_in_its_name(tmp_path: Path) -> None:
    mounts = [V2.format("/").replace("/sys/fs/cgroup", r"/sys/fs/cgroup/a\040b")]

    assert machine(made(tmp_path, "0::/\n", mounts, {"a b/cpu.max": "100000 100000"})).cores == 1


@pytest.mark.parametrize(
    ("allowed", "cores"),
    [("0-63", 64), ("5", 1), ("0-3", 4), ("0,2,4-7", 6), ("0-1,32-33", 4)],
)
def test_a_cpuset(tmp_path: Path, allowed: str, cores: int) -> None:
    status = f"Name:\tpython3\nCpus_allowed_list:\t{allowed}\nMems_allowed_list:\t0\n"
    limits = {"cpu.max": "9900000 100000"}

    assert machine(made(tmp_path, "0::/\n", [V2.format("/")], limits, status)).cores == cores


@pytest.mark.parametrize(
    ("told", "memory"), [("max", math.inf), (str(GIB), GIB), ("", math.inf), ("-5", math.inf)]
)
def test_the_memory_of_version_2(tmp_path: Path, told: str, memory: float) -> None:
    assert machine(v2(tmp_path, {"memory.max": told})).memory == memory


def test_the_memory_of_version_1_with_a_limit_above(tmp_path: Path) -> None:
    limits = {"memory/a/b/memory.limit_in_bytes": str(2 * GIB), "memory/a/memory.limit_in_bytes": str(GIB)}

    assert machine(v1(tmp_path, limits, "/a/b")).memory == GIB


@pytest.mark.parametrize("text", ["", "nonsense", "::::\n - \n", "1 2 3 4 5 - cgroup2\n0::\n"])
def test_what_the_kernel_does_not_say_is_no_limit(tmp_path: Path, text: str) -> None:
    root = made(tmp_path, text, [text], {"cpu.max": "100000 100000"}, text)

    assert machine(root) == Machine(os.cpu_count() or 1, math.inf)
    assert machine(tmp_path / "nowhere") == Machine(os.cpu_count() or 1, math.inf)


def test_this_machine_has_cores() -> None:
    assert 0 < machine().cores <= (os.cpu_count() or 1)


@pytest.mark.parametrize(
    ("cores", "memory", "concurrency", "layers", "ranges"),
    [
        pytest.param(1, math.inf, 0, 2, 8, id="one core"),
        pytest.param(0.1, math.inf, 0, 2, 8, id="a tenth"),
        pytest.param(2, math.inf, 0, 2, 8, id="two"),
        pytest.param(2.5, math.inf, 0, 3, 12, id="two and a half"),
        pytest.param(8, math.inf, 0, 8, 32, id="eight"),
        pytest.param(64, math.inf, 0, 8, 32, id="sixty-four"),
        pytest.param(8, GIB, 0, 8, 32, id="eight with the chart's memory"),
        pytest.param(8, GIB // 4, 0, 3, 12, id="eight with little memory"),
        pytest.param(8, 1, 0, 2, 8, id="eight with no memory"),
        pytest.param(64, math.inf, 1, 1, 0, id="one connection"),
        pytest.param(1, math.inf, 5, 5, 5, id="five given"),
        pytest.param(64, math.inf, 100, 100, 32, id="a hundred given"),
    ],
)
def test_shares(cores: float, memory: float, concurrency: int, layers: int, ranges: int) -> None:
    assert divide(Machine(cores, memory), concurrency) == (layers, ranges, cores, memory)


@pytest.mark.parametrize(
    ("cores", "concurrency", "streams", "stages"),
    [
        pytest.param(1, 0, 1, False, id="one core"),
        pytest.param(1.5, 0, 1, True, id="a part of another"),
        pytest.param(2, 0, 1, True, id="one layer on two"),
        pytest.param(2, 0, 2, False, id="two on two"),
        pytest.param(8, 0, 8, False, id="eight on eight"),
        pytest.param(8, 0, 7, True, id="seven on eight"),
        pytest.param(64, 0, 100, True, id="more layers than at a time"),
        pytest.param(8, 1, 100, True, id="one at a time"),
        pytest.param(2, 3, 5, False, id="three at a time on two"),
    ],
)
def test_stages_where_cores_are_left(cores: float, concurrency: int, streams: int, stages: bool) -> None:
    assert divide(Machine(cores, math.inf), concurrency).stages(streams) is stages


@pytest.mark.parametrize(
    ("memory", "size", "spills"),
    [
        pytest.param(GIB, GIB, False, id="as much as there is"),
        pytest.param(GIB, GIB + 1, True, id="a byte more"),
        pytest.param(math.inf, 10**15, False, id="no limit"),
    ],
)
def test_what_memory_can_t_hold(memory: float, size: int, spills: bool) -> None:
    assert divide(Machine(2, memory)).spills(size) is spills
