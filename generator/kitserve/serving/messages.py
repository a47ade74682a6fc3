"""What Kubernetes' and KServe's own messages mean for a service: whether they pass, and what to do about them."""

from __future__ import annotations

import re
from typing import NamedTuple

from kitserve.serving.standing import Cause
from kitserve.serving.told import told


class Known(NamedTuple):
    """Messages of a kind: what to do, and in which shorter words it is said. Both may name the pattern's groups."""

    pattern: str
    hint: str
    is_final: bool = True
    said: str = ""


_NAME = r"\"?(?P<name>[-.:/\w]+)\"?"
_OF_PODS = (
    Known(r"exceeded quota: (?P<name>[-.\w]+)", "raise the quota {name}, or ask for less", is_final=False),
    Known(
        r"violates PodSecurity",
        "give the containers that it names the security context that it wants: kserve-container by "
        "`predictor.model.securityContext` of the service; the initializer has one unless the values set "
        "`securityContext: null`",
    ),
    Known(r"(?i)service ?account \S*?(?P<name>[-.\w]+)\"? not found", "create the service account {name}"),
    Known(rf"(?i)secrets? {_NAME} not found", "create the Secret {name} in the service's namespace"),
    Known(rf"(?i)configmaps? {_NAME} not found", "create the ConfigMap {name} in the service's namespace"),
    Known(
        r"couldn't find key (?P<name>\S+) in (?P<kind>Secret|ConfigMap) (?P<object>\S+)",
        "add the key {name} to the {kind} {object}",
    ),
    Known(r"references non-existent (?:secret|config) key", "add that key"),
    Known(rf"persistentvolumeclaim {_NAME} not found", "create the claim {name}, or correct its name"),
    Known(
        r"unbound immediate PersistentVolumeClaims",
        "`kubectl describe pvc` says what the claim waits for: often a storage class that isn't there",
        is_final=False,
    ),
    Known(
        r"Insufficient (?P<name>[-./\w]*\w)", "ask for less {name}, or add a node that has it", is_final=False
    ),
    Known(
        r"untolerated taint|node affinity|node selector",
        "correct nodeSelector, affinity or tolerations, or add a node",
        is_final=False,
    ),
    Known(r"(?i)subpath", "the image has no folder `models`: use the URI that `kitserve image` prints"),
    Known(r"runAsNonRoot and image", "set `runAsUser`, or take an image that names its user by number"),
)
_OF_SERVICES = (
    Known(
        r"StorageURI not supported.*StorageUri \[(?P<name>\S+)\] is not supported",
        "install kitserve's chart; if it is there, `kitserve doctor` says what is wrong with it",
        said="no ClusterStorageContainer takes {name}",
    ),
    Known(
        r"unsupported schema in model URI",
        "an LLMInferenceService mounts the image of a ModelKit: use the URI that `kitserve image` prints",
    ),
    Known(r"multi-model download", "set `supportsMultiModelDownload: true` in that ClusterStorageContainer"),
    Known(
        r"(?i)ServingRuntimes? |no runtime found|specified runtime",
        "`kubectl get clusterservingruntimes,servingruntimes` shows those that there are",
    ),
    Known(
        r"webhook\.serving\.knative\.dev\W.*(?:must not set the field| is disabled| is off)",
        "switch on Knative's feature for that, in its ConfigMap config-features, or set `deploymentMode: Standard`",
    ),
    Known(
        r"failed calling webhook|no endpoints available for service",
        "look at the pods of that webhook; KServe's are in its own namespace, often `kserve`",
        is_final=False,
    ),
    Known(
        r"\bis invalid: ",
        "correct that field in the service, by `predictor` in the values, or in its serving runtime",
    ),
    Known(r"denied the request", "change what the webhook names"),
)
_NOISE = (
    re.compile(r"\A\(combined from similar events\): "),
    re.compile(r"\A(?:Error creating|error creating): (?:pods \"[^\"]*\" is forbidden: )?"),
    re.compile(r"\Apods \"[^\"]*\" is forbidden: "),
    re.compile(r"rpc error: code = \w+ desc = "),
    re.compile(r"\AInternal error occurred: "),
    re.compile(r"\Afails? to reconcile [\w ]+: "),
    re.compile(r"(?: no new claims to deallocate,)? preemption: .*"),
)


def explained(message: object, sentence: str = "{}", hint: str = "", *, is_final: bool = False) -> Cause:
    """Return the cause that a message is, put into a sentence; with the given hint where none is known."""
    said = _plain(told(message))
    for known in (*_OF_PODS, *_OF_SERVICES):
        if found := re.search(known.pattern, said):
            groups = {key: value or "" for key, value in found.groupdict().items()}
            short = known.said.format(**groups) or said
            return Cause(_put(sentence, short), known.hint.format(**groups), known.is_final)
    return Cause(_put(sentence, said), hint, is_final)


def _put(sentence: str, said: str) -> str:
    return sentence.replace("{}", said)


def _plain(said: str) -> str:
    """Return a message without what stands in front of every message of its kind."""
    for noise in _NOISE:
        said = noise.sub("", said)
    return said.rstrip(".")
