"""Which hosts are this machine or its link, however they are spelled."""

import pytest
from kitserve_initializer.wire.address import Scope, scope_of_host

LOOPBACK = [
    "localhost",
    "LocalHost.",
    "a.b.localhost",
    "ip6-localhost",
    "127.0.0.1",
    "127.8.9.10",
    "127.1",
    "0x7f000001",
    "0x7f.1",
    "2130706433",
    "0177.0.0.1",
    "017700000001",
    "127.0.0.1.",
    "0.0.0.0",
    "0",
    "0.1.2.3",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]",
    "[::ffff:0:127.0.0.1]",
    "[2002:7f00:1::]",
]
LINK_LOCAL = [
    "169.254.169.254",
    "169.254.170.2",
    "0xa9fea9fe",
    "2852039166",
    "0251.0376.0251.0376",
    "169.16689662",
    "[fe80::1]",
    "[fe80::1%25eth0]",
    "[febf::1]",
    "[::ffff:a9fe:a9fe]",
    "[::ffff:169.254.169.254]",
    "[64:ff9b::a9fe:a9fe]",
    "[fd00:ec2::254]",
    "100.100.100.200",
    "168.63.129.16",
]
ELSEWHERE = [
    "registry.example.com",
    "localhost.example.com",
    "notlocalhost",
    "10.0.0.1",
    "192.168.0.1",
    "128.0.0.1",
    "169.253.0.1",
    "[2001:db8::1]",
    "[64:ff9b::808:808]",
    "[fd00::1]",
    "127.0.0.1.example.com",
    "",
]


@pytest.mark.parametrize(
    ("host", "expected"),
    [(host, Scope.LOOPBACK) for host in LOOPBACK]
    + [(host, Scope.LINK_LOCAL) for host in LINK_LOCAL]
    + [(host, None) for host in ELSEWHERE],
)
def test_scope(host: str, expected: Scope | None) -> None:
    assert scope_of_host(host) == expected
