"""Reads of a cluster: pages, what isn't there, what isn't known, and a server that is lost."""

from typing import Any

import pytest
from kitserve.cluster.api_server import Refused
from kitserve.cluster.inquiry import Inquiry, NotKnown, path_to
from kitserve.errors import ClusterUnavailable

Data = dict[str, Any]


class Server:
    """Answers each request with the next of its answers, the last one for ever."""

    def __init__(self, *answers: Data | Exception) -> None:
        self.asked: list[tuple[tuple[str, ...], Data]] = []
        self._answers = list(answers)

    def __call__(self, *words: str, **options: Any) -> Data:  # noqa: ANN401 - the client's own
        self.asked.append((words, options))
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def refused(code: int, message: str = "") -> Refused:
    return Refused({"kind": "Status", "code": code, "message": message})


def page(*names: str, following: str = "") -> Data:
    items = [{"metadata": {"name": name}} for name in names]
    return {"kind": "List", "metadata": {"continue": following}, "items": items}


def test_a_list_is_read_page_by_page_and_once() -> None:
    server = Server(page("a", "b", following="x"), page("c"))
    ask = Inquiry(server)

    assert [each["metadata"]["name"] for each in ask.items("/api/v1/nodes")] == ["a", "b", "c"]
    assert [options for _, options in server.asked] == [
        {"limit": 250, "_continue": token, "label_selector": None} for token in (None, "x")
    ]
    ask.items("/api/v1/nodes")
    assert len(server.asked) == 2
    ask.items("/api/v1/nodes", "a=b")
    assert server.asked[-1][1]["label_selector"] == "a=b"


def test_a_list_without_end_is_not_read_to_its_end() -> None:
    server = Server(*(page("a", following=str(number)) for number in range(50)))

    with pytest.raises(NotKnown, match="more than 10000 nodes"):
        Inquiry(server).items("/api/v1/nodes")
    assert len(server.asked) == 40


@pytest.mark.parametrize(
    "answer", [{"kind": "x"}, {"kind": "x", "items": 1, "metadata": []}, {"kind": "x", "items": [1]}]
)
def test_what_is_no_list_has_no_items(answer: Data) -> None:
    assert Inquiry(Server(answer)).items("/api/v1/nodes") == []


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (refused(403), "this login may not read /api/v1/nodes"),
        (refused(500, "etcd\nis slow"), "the API server doesn't hand out /api/v1/nodes: etcd is slow"),
        (ClusterUnavailable("h can't answer now (503)"), r"h can't answer now \(503\)"),
    ],
)
def test_what_isnt_known(answer: Exception, said: str) -> None:
    server = Server(answer)
    ask = Inquiry(server)

    for _ in range(2):
        with pytest.raises(NotKnown, match=said):
            ask.get("/api/v1/nodes")
    assert len(server.asked) == 1


def test_what_isnt_there_is_none() -> None:
    ask = Inquiry(Server(refused(404)))

    assert (ask.get("/api/v1/a"), ask.metadata("/api/v1/a"), ask.items("/api/v1/b")) == (None, None, [])


def test_a_server_that_is_lost_is_not_asked_again_but_a_node_alone_may_be() -> None:
    server = Server(ClusterUnavailable("gone"))
    ask = Inquiry(server)
    with pytest.raises(NotKnown):
        ask.node_answer("/api/v1/nodes/a/proxy/stats/summary")
    for path in ("/api/v1/a", "/api/v1/b"):
        with pytest.raises(NotKnown, match="gone"):
            ask.get(path)
    with pytest.raises(NotKnown, match="gone"):
        ask.admits("/api/v1/pods", {})

    assert [words[1] for words, _ in server.asked] == ["/api/v1/nodes/a/proxy/stats/summary", "/api/v1/a"]


def test_the_first_read_says_that_the_cluster_cannot_be_asked() -> None:
    with pytest.raises(ClusterUnavailable):
        Inquiry(Server(ClusterUnavailable("gone"))).begin("/version")


def test_a_dry_run_makes_nothing() -> None:
    server = Server({"kind": "Pod"})

    assert Inquiry(server).admits("/api/v1/namespaces/a/pods", {"kind": "Pod"}) is None
    assert server.asked[0][1]["dry_run"] == "All"
    assert Inquiry(Server(refused(403, "no"))).admits("/x", {}) == {
        "kind": "Status",
        "code": 403,
        "message": "no",
    }


@pytest.mark.parametrize(
    ("given", "path"),
    [
        (("v1", "nodes"), "/api/v1/nodes"),
        (("v1", "pods", "a", "b"), "/api/v1/namespaces/b/pods/a"),
        (("apps/v1", "deployments", "a.b:c", "d"), "/apis/apps/v1/namespaces/d/deployments/a.b:c"),
    ],
)
def test_a_path(given: tuple[str, ...], path: str) -> None:
    assert path_to(*given) == path


@pytest.mark.parametrize("name", ["..", ".", "a/b", "a?b", "a#", "%2e", "a b", "é", "a\n", "a" * 254])
def test_what_can_be_no_part_of_a_path(name: str) -> None:
    with pytest.raises(NotKnown, match="no object can have the name"):
        path_to("v1", "secrets", name, "models")
    with pytest.raises(NotKnown):
        path_to("v1", "secrets", "a", name)
