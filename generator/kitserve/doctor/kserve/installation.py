"""The cluster and its KServe: versions and mode."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from kitserve.check.object_rules.inferenceservice.scaling import mode as mode_of
from kitserve.cluster import kserve_settings
from kitserve.cluster.inquiry import NotKnown, path_to
from kitserve.cluster.kserve_settings import HOOKS, SERVICES_HOOK
from kitserve.crds import structures
from kitserve.crds.lookup import maps, text, whole
from kitserve.doctor.check import Check, Subject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kitserve.cluster.inquiry import Inquiry
    from kitserve.doctor.intent import Intent

    Data = dict[str, Any]

GROUP = "KServe"
DOMAIN = "serving.kserve.io"
VERSION = "/version"
_CONTROLLER = "kserve-controller-manager"
_TAG = re.compile(r":v?([0-9]{1,4}\.[0-9]{1,4})\.[0-9]{1,4}[^/@]*(?:@|\Z)")
_MODES = {"RawDeployment": "Standard", "Serverless": "Knative"}
_KNATIVE = "/apis/serving.knative.dev"
INSTALL = "install KServe: https://kserve.github.io/website/"


def api_server(ask: Inquiry, _: Intent) -> Iterator[Check]:
    """Yield the version of the API server."""
    found = ask.get(VERSION)
    subject = Subject(GROUP, "Kubernetes")
    yield subject.ok(f"the API server is {text(found, ('gitVersion',)) or 'of an unknown version'}")


def definition(ask: Inquiry, name: str) -> Data | None:
    """Return a CRD of KServe by the plural of its kind; None if it isn't there. Raises NotKnown."""
    return ask.get(path_to("apiextensions.k8s.io/v1", "customresourcedefinitions", f"{name}.{DOMAIN}"))


def is_installed(ask: Inquiry) -> bool:
    """Return whether there is a KServe, as far as the login sees it: without one, its CRDs are all that is told of."""
    try:
        return definition(ask, "inferenceservices") is not None
    except NotKnown:
        return True


def home(ask: Inquiry) -> str:
    """Return the namespace of KServe's controller: that of its webhook, else the usual one."""
    try:
        hook = ask.get(path_to(HOOKS, "mutatingwebhookconfigurations", SERVICES_HOOK))
    except NotKnown:
        hook = None
    return kserve_settings.home(hook)


def settings(ask: Inquiry, section: str) -> Data | None:
    """Return a section of KServe's configuration with its keys in lower case, as Go reads them; None without one.

    Raises NotKnown.
    """
    return kserve_settings.section(configuration(ask), section)


def configuration(ask: Inquiry) -> Data | None:
    """Return KServe's ConfigMap; None without one. Raises NotKnown."""
    return ask.get(path_to("v1", "configmaps", kserve_settings.CONFIG_MAP, home(ask)))


def version(ask: Inquiry) -> str:
    """Return the minor version of KServe by its controller, such as `0.20`; empty if none is told. Raises NotKnown."""
    deployment = ask.get(path_to("apps/v1", "deployments", _CONTROLLER, home(ask)))
    containers = maps(deployment, ("spec", "template", "spec", "containers"))
    images = [text(each, ("image",)) for _, each in containers if each.get("name") == "manager"]
    label = text(deployment, ("metadata", "labels", "app.kubernetes.io/version"))
    found = next(filter(None, (_TAG.search(each) for each in (*images, f":{label}"))), None)
    return found[1] if found else ""


def controller(ask: Inquiry, _: Intent) -> Iterator[Check]:
    """Yield whether KServe's controller runs, and which version it is."""
    if not is_installed(ask):
        return
    subject, place = Subject(GROUP, "controller"), home(ask)
    deployment = ask.get(path_to("apps/v1", "deployments", _CONTROLLER, place))
    if deployment is None:
        yield subject.error(f"the namespace {place} has no Deployment {_CONTROLLER}", INSTALL)
        return
    if not whole(deployment, ("status", "availableReplicas")):
        hint = f"kubectl -n {place} describe deployment {_CONTROLLER}"
        yield subject.error("no pod of KServe's controller is available: no service gets pods", hint)
        return
    yield _version(subject, version(ask))


def _version(subject: Subject, found: str) -> Check:
    known = structures.versions()
    if not found:
        return subject.unknown(
            "neither its image's tag nor its labels say which version KServe's controller is"
        )
    if structures.number(found) < structures.number(known[0]):
        return subject.error(f"KServe is {found}, and kitserve needs {known[0]}", "upgrade KServe")
    newer = f", newer than what kitserve knows ({known[-1]})" if structures.is_newer(found) else ""
    return subject.ok(f"KServe is {found}{newer}, and its controller is available")


def mode(ask: Inquiry, intent: Intent) -> Iterator[Check]:
    """Yield KServe's default mode, and whether Knative is there if a service needs it."""
    if not is_installed(ask):
        return
    subject = Subject(GROUP, "mode")
    said = (settings(ask, "deploy") or {}).get("defaultdeploymentmode")
    if not isinstance(said, str) or not said:
        config = configuration(ask)
        problem = "has no defaultDeploymentMode" if config else f"isn't in {home(ask)}"
        yield subject.error(f"KServe's ConfigMap {kserve_settings.CONFIG_MAP} {problem}", INSTALL)
        return
    usual = _MODES.get(said, said)
    own = {mode_of(each.item) or usual for each in intent.workloads if each.kind == "InferenceService"}
    if "Knative" in (own or {usual}) and ask.get(_KNATIVE) is None:
        hint = (
            "set `deploymentMode: Standard` in the services, or defaultDeploymentMode in KServe's ConfigMap"
        )
        yield subject.error("services are to run in the mode Knative, and the cluster has no Knative", hint)
        return
    modes = " and ".join(sorted(own)) or usual
    yield subject.ok(f"services run in the mode {modes}" + ("" if own else ", KServe's default"))
