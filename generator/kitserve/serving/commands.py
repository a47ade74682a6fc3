"""The commands in hints, with the namespace and the pod that they are about: anybody can copy them."""

POD = "POD"
"""Stands in a command for the pod's name."""


def runnable(hint: str, namespace: str, pod: str) -> str:
    """Return a hint whose commands are complete."""
    named = hint.replace(f"`kubectl logs {POD} ", f"`kubectl logs {pod} ")
    for verb in ("get", "describe", "logs"):
        named = named.replace(f"`kubectl {verb} ", f"`kubectl -n {namespace} {verb} ")
    return named.replace("`kitserve doctor`", f"`kitserve doctor -n {namespace}`")
