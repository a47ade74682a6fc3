"""The rules of Prometheus: series of initializers that aren't done, and the alerts on them."""

from collections.abc import Iterable, Iterator

from kitserve_initializer.errors import exit_codes

from codegen import schema
from codegen.monitoring.alert import BY, CONTAINER, NOT_DONE, Alert, Rule
from codegen.monitoring.causes import CAUSES, CODES, Cause

_UNPULLED = 'reason=~"ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull"'


def rules() -> list[Rule]:
    """Return the rules in the order in which Prometheus evaluates them: the alerts use the recorded series."""
    alerts = [*map(_of_exit_codes, CAUSES), *_of_states(), *_of_images()]
    return [*_recorded(), *(alert.rule() for alert in alerts)]


def _recorded() -> Iterator[Rule]:
    image = schema.schema()["properties"]["image"]["properties"]["repository"]["default"].rpartition("/")[2]
    yield {
        "record": "kitserve:initializers",
        "expr": f"""\
max by {BY} (
  kube_pod_init_container_info{{{CONTAINER}, image_spec=~"(.*/)?{image}([:@].*)?"}}
)
unless on {BY} (kube_pod_init_container_status_ready{{{CONTAINER}}} == 1)
unless on {BY} (kube_pod_status_phase{{phase=~"Failed|Succeeded"}} == 1)""",
    }
    yield {
        "record": "kitserve:initializer_exit_codes",
        "expr": f"""\
count_values by {BY} ("exit_code",
  kube_pod_init_container_status_last_terminated_exitcode{{{CONTAINER}}}
  {NOT_DONE}
)""",
    }


def _of_exit_codes(cause: Cause) -> Alert:
    known = {each.code: each for each in exit_codes()}
    branches = [
        f'{{{{- {"else " * bool(number)}if eq $labels.exit_code "{code}" }}}}\n'
        f"{known[code].meaning} What to do: {known[code].hint}."
        for number, code in enumerate(cause.codes)
    ]
    said = "the initializer ends with exit code {{ $labels.exit_code }}."
    return Alert(
        cause.alert,
        cause.wait,
        f"kitserve:initializer_exit_codes{{exit_code=~{_any(cause.codes)}}}",
        cause.summary,
        "\n".join([said, *branches, "{{- end }}"]),
        cause.severity,
    )


def _of_states() -> Iterator[Alert]:
    killed = f'kube_pod_init_container_status_last_terminated_reason{{{CONTAINER}, reason="OOMKilled"}}'
    restarts = f"max by {BY} (kube_pod_init_container_status_restarts_total{{{CONTAINER}}})"
    running = f"max by {BY} (kube_pod_init_container_status_running{{{CONTAINER}}})"
    yield Alert(
        "KitserveInitializerOutOfMemory",
        "0m",
        f"max by {BY} ({killed})\n{NOT_DONE}",
        "The initializer used more memory than its limit, and was killed.",
        "raise `resources.limits.memory` of the values if it happens again.",
    )
    yield Alert(
        "KitserveInitializerCrashLooping",
        "10m",
        f"({restarts} >= 3)\n{NOT_DONE}\n"
        f"unless on {BY} kitserve:initializer_exit_codes{{exit_code=~{_any(CODES)}}}\n"
        f"unless on {BY} {killed}",
        "The initializer starts again and again, and no other alert knows why.",
        "{{ $value }} restarts, and the model isn't there.",
    )
    yield Alert(
        "KitserveModelLoadsLong",
        "30m",
        f"({running} == 1)\n{NOT_DONE}",
        "The initializer has fetched a ModelKit for half an hour.",
        "the initializer runs, and isn't done. Its log says how far it is.",
    )


def _of_images() -> Iterator[Alert]:
    waiting = "kube_pod{}_status_waiting_reason{{{}, " + _UNPULLED + "}}"
    initializer = waiting.format("_init_container", CONTAINER)
    servers = waiting.format("_container", 'container="kserve-container"')
    llms = waiting.format("_container", 'container="main", pod=~".+-kserve-.+"')
    yield Alert(
        "KitserveInitializerNotPulled",
        "5m",
        f"max by {BY} (\n  {initializer}\n)\n{NOT_DONE}",
        "A node can't pull the initializer's image.",
        "the pod's events have the cause.",
    )
    yield Alert(
        "KitserveModelServerNotPulled",
        "5m",
        f"max by {BY} (\n  {servers}\n  or\n  {llms}\n)",
        "A node can't pull an image of a model server's pod: the server's, or the model's, which it mounts.",
        "the pod's events have the cause.",
    )


def _any(codes: Iterable[int]) -> str:
    return f'"{"|".join(map(str, codes))}"'
