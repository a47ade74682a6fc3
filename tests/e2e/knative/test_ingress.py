"""Knative itself, without KServe: what the scenarios beside this one stand on."""

from typing import Any

from tests.e2e.conftest import Cluster
from tests.e2e.knative.client import ask, hundred
from tests.e2e.kubectl import Kubectl

WORDS = "service.serving.knative.dev/words"


def service(image: str, word: str, *traffic: dict[str, Any]) -> dict[str, Any]:
    """A Knative Service that answers a word, a revision for each word."""
    command = [
        "sh",
        "-c",
        f"mkdir /tmp/www && cd /tmp/www && echo {word} > word && python3 -m http.server 8080",
    ]
    container = {"image": image, "command": command, "ports": [{"containerPort": 8080}]}
    return {
        "apiVersion": "serving.knative.dev/v1",
        "kind": "Service",
        "metadata": {"name": "words"},
        "spec": {
            "template": {"metadata": {"name": f"words-{word}"}, "spec": {"containers": [container]}},
            "traffic": list(traffic) or [{"latestRevision": True, "percent": 100}],
        },
    }


def test_a_knative_service_gets_ready_and_revisions_get_their_shares(
    cluster: Cluster, kubectl: Kubectl
) -> None:
    kubectl.apply(service(cluster.image, "one"))
    kubectl.wait(WORDS, "condition=Ready")
    assert ask(kubectl, WORDS, "/word") == "one\n"

    shares = ({"revisionName": f"words-{word}", "percent": part} for word, part in (("one", 75), ("two", 25)))
    kubectl.apply(service(cluster.image, "two", *shares))
    kubectl.wait(
        WORDS,
        "jsonpath={.status.traffic[?(@.percent==25)].revisionName}=words-two",
    )
    kubectl.wait(WORDS, "condition=Ready")
    answers = hundred(kubectl, WORDS, "/word", "two")
    assert (answers.count("one\n"), answers.count("two\n")) == (75, 25)
