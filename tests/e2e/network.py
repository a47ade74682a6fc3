"""The network namespace's links: loopback, and one that carries the node's address."""

from tests.e2e.layout import NODE_IP, Layout
from tests.e2e.processes import run


def set_up_links(_layout: Layout) -> None:
    """Give the node an address and a default route.

    The route leads nowhere, but without one the kernel refuses a service's address before kube-proxy's rules
    can translate it.
    """
    run("ip", "link", "set", "lo", "up")
    run("ip", "link", "add", "node0", "type", "veth", "peer", "name", "nowhere0")
    run("ip", "link", "set", "nowhere0", "up")
    run("ip", "address", "add", f"{NODE_IP}/32", "dev", "node0")
    run("ip", "link", "set", "node0", "up")
    run("ip", "route", "add", "default", "dev", "node0", "src", NODE_IP)
