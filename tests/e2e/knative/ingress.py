"""An ingress for Knative: `python -m tests.e2e.knative.ingress KUBECONFIG` forwards requests to revisions.

Knative asks little of an ingress (pkg/apis/networking/v1alpha1/ingress_types.go of knative.dev/networking): that its
Ingresses get a status, ready for the newest generation, with the address that requests go to; and that a request for
one of a rule's hosts reaches the rule's Services by their shares, with the headers that the rule adds.
"""

import http.client
import itertools
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import kubernetes

from tests.e2e.layout import NODE_IP

CLASS = "kitserve.ingress.networking.knative.dev"
PORT = 80
KIND = ("networking.internal.knative.dev", "v1alpha1")
READY = ("LoadBalancerReady", "NetworkConfigured", "Ready")
# Has no divisor in common with 100: a hundred requests meet each number once, small shares early.
STRIDE = 37
# Between one hop and the next (RFC 9110, section 7.6.1).
HOP = {"connection", "keep-alive", "transfer-encoding", "upgrade"}


@dataclass
class Routes:
    """What to do with requests: the first path of each host, and how many requests it has had."""

    paths: dict[str, dict[str, Any]] = field(default_factory=dict)
    served: dict[str, Iterator[int]] = field(default_factory=dict)

    def follow(self, change: str, ingress: dict[str, Any]) -> None:
        """Add, change or remove an Ingress's hosts."""
        for rule in ingress["spec"].get("rules", []):
            for host in rule["hosts"]:
                path = rule["http"]["paths"][0]
                if change == "DELETED":
                    self.paths.pop(host, None)
                elif self.paths.get(host) != path:
                    self.served[host] = itertools.count()
                    self.paths[host] = path

    def split(self, host: str) -> tuple[dict[str, Any], dict[str, str]]:
        """The Service that gets the next request, and the headers to add: shares are exact for each hundred requests.

        Raises:
            KeyError: no Ingress has the host.
        """
        path = self.paths[host]
        number = next(self.served[host]) * STRIDE % 100
        for split in path["splits"]:
            number -= split.get("percent", 100)
            if number < 0:
                return split, path.get("appendHeaders", {}) | split.get("appendHeaders", {})
        raise KeyError(host)


def follow(routes: Routes) -> None:
    """Keep the routes as the cluster has them, and tell it so, for ever."""
    api = kubernetes.client.CustomObjectsApi()
    while True:
        stream = kubernetes.watch.Watch().stream(
            api.list_cluster_custom_object, *KIND, "ingresses", timeout_seconds=300
        )
        for event in stream:
            ingress = event["object"]
            annotations = ingress["metadata"].get("annotations", {})
            if annotations.get("networking.knative.dev/ingress.class") != CLASS:
                continue
            routes.follow(event["type"], ingress)
            if event["type"] != "DELETED":
                _call_ready(api, ingress)


def _call_ready(api: kubernetes.client.CustomObjectsApi, ingress: dict[str, Any]) -> None:
    metadata, address = ingress["metadata"], {"ingress": [{"ip": NODE_IP}]}
    if ingress.get("status", {}).get("observedGeneration") == metadata["generation"]:
        return
    true = {"status": "True", "lastTransitionTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
    status = {
        "observedGeneration": metadata["generation"],
        "conditions": [{"type": each, **true} for each in READY],
        "publicLoadBalancer": address,
        "privateLoadBalancer": address,
    }
    where = (*KIND, metadata["namespace"], "ingresses", metadata["name"])
    try:
        api.patch_namespaced_custom_object_status(*where, {"status": status})
    except kubernetes.client.ApiException as error:
        if error.status != 404:  # deleted meanwhile
            raise


class Handler(BaseHTTPRequestHandler):
    """Forwards a request by its host."""

    routes: Routes

    def do_GET(self) -> None:
        """Forward, as for every method."""
        host = self.headers.get("Host", "").partition(":")[0]
        try:
            split, added = self.routes.split(host)
        except KeyError:
            return self.send_error(404)
        service = kubernetes.client.CoreV1Api().read_namespaced_service(
            split["serviceName"], split["serviceNamespace"]
        )
        upstream = http.client.HTTPConnection(service.spec.cluster_ip, split["servicePort"])
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        upstream.request(self.command, self.path, body, {**dict(self.headers), **added})
        return self._answer(upstream.getresponse())

    do_POST = do_GET  # noqa: N815 - http.server's name

    def _answer(self, answer: http.client.HTTPResponse) -> None:
        body = answer.read()
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP | {"content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main(kubeconfig: str) -> None:
    """Serve until killed."""
    kubernetes.config.load_kube_config(kubeconfig)
    Handler.routes = Routes()
    server = ThreadingHTTPServer((NODE_IP, PORT), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    follow(Handler.routes)


if __name__ == "__main__":
    main(sys.argv[1])
