"""Keys of a docker config: for whom each is, and which of several counts."""

import pytest
from kitserve_initializer.credentials.registry_keys import matching
from kitserve_initializer.oci.reference import Reference

HOST = "reg-a.eu.example.com"
HTTPS, HTTP = 443, 80


def keys(*given: str, host: str = HOST, port: int = HTTPS) -> list[str]:
    return matching(given, Reference(host, "team/iris", "v1"), port)


@pytest.mark.parametrize(
    "key",
    [
        HOST,
        HOST.upper(),
        f"{HOST}/",
        f"https://{HOST}",
        f"HTTPS://{HOST}/",
        f"http://{HOST}",
        f"https://{HOST}/v1/",
        f"https://{HOST}/v2/",
        f"https://{HOST}/v2",
        f"{HOST}/v2/",
        f"https://{HOST}/?x=y",
        f"{HOST}:443",
        f"https://{HOST}:443/v2/",
        f"{HOST}/team",
        f"{HOST}/team/",
        f"https://{HOST}/v2/team",
        f"{HOST}/team/iris",
        "*.eu.example.com",
        "*.*.example.com",
        "*.*.*.*",
        "reg-*.eu.example.com",
        "*-a.eu.example.com",
        "r*g-*.e*.example.com",
        "**.eu.example.com",
        "*.EU.example.com",
        "https://*.eu.example.com/v2/",
        "*.eu.example.com:443",
        "*.eu.example.com/team",
    ],
)
def test_is_for_the_registry(key: str) -> None:
    assert keys(key) == [key]


@pytest.mark.parametrize(
    "key",
    [
        "",
        "*",
        "*.example.com",
        "*.*.*.example.com",
        "*example.com",
        "*.eu.example.com.*",
        "*.eu.example.org",
        "*.eu.example.com:5000",
        "*.eu.example.com/other",
        "*.eu.example.com/te",
        "re?-a.eu.example.com",
        "reg-[a-z].eu.example.com",
        f"{HOST}:80",
        f"{HOST}:5000",
        f"{HOST}/te",
        f"{HOST}/team/iris/more",
        f"https://{HOST}/other",
        f"{HOST}.",
        f"{HOST}@evil.example.com",
        f"me@{HOST}",
        f"//{HOST}",
        "eu.example.com",
    ],
)
def test_is_for_somebody_else(key: str) -> None:
    assert keys(key) == []


@pytest.mark.parametrize(
    ("host", "port", "key", "expected"),
    [
        ("localhost:5000", HTTP, "localhost:5000", True),
        ("localhost:5000", HTTP, "*:5000", True),
        ("localhost:5000", HTTP, "*", False),
        (f"{HOST}:5000", HTTPS, "*.eu.example.com:5000", True),
        (f"{HOST}:5000", HTTPS, "*.eu.example.com", False),
        (f"{HOST}:443", HTTPS, HOST, True),
        (f"{HOST}:443", HTTP, HOST, False),
        (f"{HOST}:80", HTTP, f"http://{HOST}", True),
        (HOST.upper(), HTTPS, HOST, True),
        ("[::1]:5000", HTTP, "[::1]:5000", True),
        ("[::1]:5000", HTTP, "http://[::1]:5000/v2/", True),
        ("docker.io", HTTPS, "https://index.docker.io/v1/", True),
        ("docker.io", HTTPS, "registry-1.docker.io", True),
        ("index.docker.io", HTTPS, "docker.io", True),
        ("docker.io", HTTPS, "https://index.docker.io/v1/access-token", False),
    ],
)
def test_ports_and_docker_hub(host: str, port: int, key: str, expected: bool) -> None:
    assert keys(key, host=host, port=port) == ([key] if expected else [])


@pytest.mark.parametrize(
    ("nearest", "others"),
    [
        (HOST, ["*.eu.example.com", "*.*.example.com"]),
        ("reg-*.eu.example.com", ["*.eu.example.com", "r*.eu.example.com", "*.*.*.com"]),
        ("*.eu.example.com", ["*.*.example.com", "*.*.*.*"]),
        (f"{HOST}/team/iris", [HOST, f"{HOST}/team", "*.eu.example.com/team/iris"]),
        ("*.eu.example.com/team", ["*.eu.example.com"]),
        (HOST, [f"https://{HOST}", f"https://{HOST}/v2/", f"{HOST}:443", HOST.upper()]),
    ],
)
def test_the_nearest_counts(nearest: str, others: list[str]) -> None:
    assert keys(*others, nearest)[0] == nearest
    assert keys(nearest, *others)[0] == nearest


def test_of_docker_hub_s_names_docker_s_own_counts() -> None:
    own = "https://index.docker.io/v1/"

    assert keys("docker.io", own, "registry-1.docker.io", host="docker.io")[0] == own
