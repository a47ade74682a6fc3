"""What Kubernetes' and KServe's own messages mean for a service: whether they pass, and what to do about them."""

from __future__ import annotations

import re
from typing import NamedTuple

from kitserve.serving.standing import Cause
from kitserve.serving.told import told


class Known(NamedTuple):
    """Messages of a kind; a hint may name the pattern's groups."""

    pattern: str
    hint: str
    is_final: bool = True


_NAME = r"\"?(?P<name>[-.:/\w]+)\"?"
_KNOWN = (
    # of a pod that nobody makes
    Known(r"exceeded quota: (?P<name>[-.\w]+)", "raise the quota {name}, or ask for less", is_final=False),
    Known(
        r"violates PodSecurity",
        "give the containers that it names the security context that it wants; the initializer has one unless the "
        "values set `securityContext: null`",
    ),
    Known(r"[Ss]ervice ?[Aa]ccount \S*?(?P<name>[-.\w]+)\"? not found", "create the service account {name}"),
    Known(
        r"failed calling webhook|no endpoints available for service|the server is currently unable to handle",
        "look at the pods of that webhook; KServe's are in its own namespace, usually `kserve`",
        is_final=False,
    ),
    # of a pod that can't start
    Known(
        rf"secrets? {_NAME} not found|failed to get secret \S*?(?P<other>[-.\w]+):",
        "create that Secret in the service's namespace",
    ),
    Known(rf"configmaps? {_NAME} not found", "create that ConfigMap in the service's namespace"),
    Known(
        r"couldn't find key (?P<name>\S+) in (?P<kind>Secret|ConfigMap) (?P<object>\S+)",
        "add the key {name} to the {kind} {object}",
    ),
    Known(r"references non-existent (?:secret|config) key", "add that key"),
    Known(rf"persistentvolumeclaim {_NAME} not found", "create that claim, or correct its name"),
    Known(
        r"unbound immediate PersistentVolumeClaims",
        "`kubectl describe pvc` says what the claim waits for: often a storage class that isn't there",
        is_final=False,
    ),
    Known(
        r"Insufficient (?P<name>[-./\w]+)",
        "ask for less {name}, or give the cluster a node that has it",
        is_final=False,
    ),
    Known(
        r"untolerated taint|node affinity|node selector",
        "correct nodeSelector, affinity or tolerations, or add a node",
        is_final=False,
    ),
    Known(r"subpath|subPath", "the image has no folder `models`: use the URI that `kitserve image` prints"),
    Known(
        r"runAsNonRoot and image",
        "set `runAsUser` in the security context, or use an image that names its user by number",
    ),
    # of a service
    Known(
        r"StorageURI not supported",
        "no ClusterStorageContainer takes it: install kitserve's chart, or see what `kitserve doctor` says",
    ),
    Known(
        r"unsupported schema in model URI",
        "an LLMInferenceService mounts the image of a ModelKit: use the URI that `kitserve image` prints",
    ),
    Known(r"multi-model download", "set `supportsMultiModelDownload: true` in that ClusterStorageContainer"),
    Known(
        r"(?i)no runtime found|servingruntime|serving runtime|runtime",
        "`kubectl get clusterservingruntimes,servingruntimes` shows those that there are",
    ),
    Known(r"denied the request", "change what the webhook names"),
)
_NOISE = (
    re.compile(r"\A(?:Error creating|error creating): (?:pods \"[^\"]*\" is forbidden: )?"),
    re.compile(r"\Apods \"[^\"]*\" is forbidden: "),
    re.compile(r"rpc error: code = \w+ desc = "),
    re.compile(r"\AInternal error occurred: "),
    re.compile(r"\Afails? to reconcile [\w ]+: "),
)


def explained(message: object, sentence: str = "{}", hint: str = "", *, is_final: bool = False) -> Cause:
    """Return the cause that a message is, put into a sentence; with the given hint where none is known."""
    said = _plain(told(message))
    for known in _KNOWN:
        if found := re.search(known.pattern, said):
            groups = {key: value or "" for key, value in found.groupdict().items()}
            return Cause(sentence.format(said), known.hint.format(**groups), known.is_final)
    return Cause(sentence.format(said), hint, is_final)


def _plain(said: str) -> str:
    """Return a message without what stands in front of every message of its kind."""
    for noise in _NOISE:
        said = noise.sub("", said)
    return said.rstrip(".")
