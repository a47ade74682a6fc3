"""What the initializer's hints say on a command line: an option for a variable of the pod, this machine for the pod."""

_ON_A_COMMAND_LINE = (
    ("put --plain-http into KIT_UNPACK_FLAGS (the value unpackFlags)", "if it should, add --plain-http"),
    ("take --plain-http out of KIT_UNPACK_FLAGS (the value unpackFlags)", "leave out --plain-http"),
    ("correct KIT_UNPACK_FLAGS", "correct that option: --help has its form"),
    ("--label KEY=VALUE in KIT_UNPACK_FLAGS, or the annotation kitserve.io/label", "--label KEY=VALUE"),
    ("--label in KIT_UNPACK_FLAGS, and the annotation kitserve.io/label,", "--label,"),
    ("tls.caCertificates, tls.caConfigMapName, or --tls-cert in KIT_UNPACK_FLAGS", "--ca FILE"),
    (
        "that the registry runs and that the pod reaches it",
        "that the registry runs and that this machine reaches it",
    ),
    ("a pod has no local store, and a host must", "there is no local store, and a host must"),
)
"""Parts of the initializer's hints, and what stands for them."""
_LOGIN = "set KIT_USER and KIT_PASSWORD"


def on_a_command_line(hint: str) -> str:
    """Return a hint of the initializer's for somebody who runs a command."""
    if hint == _LOGIN:
        return f"log in by `docker login` or `podman login`, or {hint}"
    for of_pods, ours in _ON_A_COMMAND_LINE:
        hint = hint.replace(of_pods, ours)
    return hint
