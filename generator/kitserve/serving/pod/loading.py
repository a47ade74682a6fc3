"""The initializer in a pod: how far its run is, or why it failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kitserve.check.initializer import exit_codes
from kitserve.crds.lookup import items, mapping, maps, text
from kitserve.serving.pod.containers import ended, ended_before, exit_code, out_of_memory
from kitserve.serving.pod.initializer_log import latest, lines
from kitserve.serving.standing import Cause, Standing
from kitserve.serving.told import told

if TYPE_CHECKING:
    from kitserve.crds.lookup import Data
    from kitserve.serving.standing import State

_PASSING = {
    "RegistryUnreachable",
    "RegistryError",
    "KitFailed",
    "SignaturesUnreachable",
    "Cancelled",
    "Terminated",
}
"""Names of exit codes whose cause may pass while the kubelet starts the initializer again and again."""
_INTERNAL, _KILLED = 1, 137
_AFTER_KILL = "it goes on where it stopped; if it happens again, raise `resources.limits.memory`"
_LOGIN = "KIT_USER and KIT_PASSWORD"
_FOREIGN = ("Cannot recognize storage type", "is not a valid URI", "unsupported scheme")
_FOREIGN_HINT = (
    "another ClusterStorageContainer takes these URIs, or none does (kserve/kserve#5299): "
    "`kitserve doctor` says which"
)


def failure(container: Data, terminated: Data, log: str) -> Cause:
    """Return why a run failed, by its termination message or the last line of its log, and its exit code."""
    if killed := out_of_memory(container, terminated):
        return killed
    code = exit_code(terminated)
    message = text(terminated, ("message",)) or log
    if stranger := foreign(container, message):
        return stranger
    name, advice = next(((name, hint) for number, name, _, hint in exit_codes() if number == code), ("", ""))
    if code == _INTERNAL and advice not in message:
        name, advice = "", ""  # another program's, as of KitOps' own image
    if code == _KILLED:
        name, advice = "killed", _AFTER_KILL
    said, hint = _sentence(message, advice)
    hint = _of_secret(hint, container)
    number = f"exit code {code}{f', {name}' if name else ''}"
    sentence = f"the initializer ended ({number}){f': {said}' if said else ''}"
    is_final = bool(name) and name not in _PASSING and code != _KILLED
    return Cause(sentence, hint, is_final, code)


def foreign(container: Data, message: str = "") -> Cause | None:
    """Return that KServe's own initializer got a ModelKit, which it can't read."""
    if not any(words in message for words in _FOREIGN) and _is_ours(container):
        return None
    uri = next((each for each in items(container, ("args",)) if isinstance(each, str)), "")
    image = told(container.get("image"))
    return Cause(
        f"KServe gave {told(uri)} to an initializer that doesn't know kit:// ({image})",
        _FOREIGN_HINT,
        is_final=True,
    )


def standing(container: Data, status: Data, log: str) -> Standing:
    """Return how far the run of an initializer is that has started.

    Until it fetches something, the failure of the run before counts: it mostly fails alike.
    """
    terminated = ended(status)
    if terminated and exit_code(terminated) != 0:
        cause = failure(container, terminated, log)
        return Standing(cause.state, cause=cause)
    before = ended_before(status)
    former = failure(container, before, "") if exit_code(before) else None
    line = latest(log)
    percent = next((each.percent for each in reversed(list(lines(log))) if each.percent is not None), None)
    state: State = "retrying" if former and percent is None else "loading"
    return Standing(state, line.sentence if line else "", former, percent)


def _sentence(message: str, advice: str) -> tuple[str, str]:
    """Return the cause and the hint of a termination message: `CAUSE; HINT`, of which `advice` is the usual hint.

    The kubelet takes the end of the log for a container that wrote no message: then the last line is the cause.
    """
    failed = next((line for line in reversed(list(lines(message))) if line.level == "error"), None)
    if failed and failed.hint:
        return failed.sentence, failed.hint
    said = (
        failed.sentence
        if failed
        else next((line for line in reversed(message.splitlines()) if line.strip()), "")
    )
    cause, mark, hint = said.strip().rpartition("; ")
    if advice and said.strip().endswith(f"; {advice}"):
        cause, mark, hint = said.strip().removesuffix(f"; {advice}"), "; ", advice
    return (told(cause), told(hint)) if mark else (told(said), advice)


def _of_secret(hint: str, container: Data) -> str:
    """Return a hint at user and password with the Secret that the container has them of."""
    env = {
        text(each, ("name",)): mapping(each, ("valueFrom", "secretKeyRef"))
        for _, each in maps(container, ("env",))
    }
    secret = told(env.get("KIT_PASSWORD", {}).get("name"))
    if not secret or not hint.endswith(_LOGIN):
        return hint
    keys = " and ".join(told(env.get(name, {}).get("key")) or name for name in ("KIT_USER", "KIT_PASSWORD"))
    if hint.startswith("set "):
        return f"give the service's namespace a Secret {secret} with the keys {keys}"
    return f"correct {keys} in the Secret {secret} of the service's namespace"


def _is_ours(container: Data) -> bool:
    """Return whether it isn't KServe's: by its image's name, or by a variable that kitserve and KitOps set."""
    names = [text(each, ("name",)) for each in items(container, ("env",))]
    image = text(container, ("image",)).rpartition("/")[2]
    return any(name.startswith("KIT") for name in names) or "storage-initializer" not in image
