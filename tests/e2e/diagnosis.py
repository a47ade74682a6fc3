"""What happened in a namespace, for a scenario that failed there."""

from tests.e2e.kubectl import Kubectl, KubectlError


def diagnosis(kubectl: Kubectl) -> str:
    """Services, pods, events and logs of a namespace, each below the command that shows them."""
    commands = (
        ["get", "inferenceservices,pods", "--output=yaml"],
        ["get", "events", "--sort-by=.lastTimestamp"],
        [
            "logs",
            "--selector=serving.kserve.io/inferenceservice",
            "--all-containers",
            "--prefix",
            "--tail=50",
        ],
    )
    return "\n".join(f"$ kubectl {' '.join(command)}\n{_tried(kubectl, command)}" for command in commands)


def _tried(kubectl: Kubectl, command: list[str]) -> str:
    try:
        return kubectl.run(*command)
    except KubectlError as error:
        return str(error)
