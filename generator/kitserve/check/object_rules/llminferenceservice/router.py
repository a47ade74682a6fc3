"""The router of an LLMInferenceService: gateways, routes, and the scheduler."""

from collections.abc import Iterator

from kitserve.check.object_rules.rule import ObjectRule
from kitserve.crds.examples import llm
from kitserve.crds.lookup import Data, at, items, mapping, maps, text, whole
from kitserve.problems import Code, Path, Problem

_SOURCE = "pkg/apis/serving/v1alpha2/llm_inference_service_validation.go"
ROUTES = Code(
    "KS273",
    "error",
    "Routes and gateways don't fit together.",
    why="HTTP routes are your own (`refs`) or KServe's (`spec`). Your own need a gateway of your own, and `parentRefs` "
    "name "
    f"the gateways of `gateway.refs` (validateRouterCrossFieldConstraints in {_SOURCE}).",
    example=llm("router:\n  route: {http: {refs: [{name: own}]}}\n  gateway: {}\n"),
    remedy="Do what the message says.",
)
TRAFFIC = Code(
    "KS274",
    "error",
    "A group that shares its traffic isn't complete.",
    why="`group` and `weight` go together, and only where KServe makes the route: without `ingress` and without "
    f"`http.refs` (validateTrafficFields in {_SOURCE}).",
    example=llm("router: {route: {group: chat}}\n"),
    remedy="Write both, or none of them.",
)
SCHEDULER = Code(
    "KS275",
    "error",
    "A scheduler has no replicas, or no configuration where it should have one.",
    why="There is at least one replica. `config` has exactly one of `inline`, which isn't empty, and `ref`, which has "
    "a name "
    f"(validateSchedulerConfig in {_SOURCE}).",
    example=llm("router: {scheduler: {replicas: 0}}\n"),
    remedy="Write the field that the message names.",
)
_ROUTER: Path = ("spec", "router")
_ROUTE: Path = (*_ROUTER, "route")
_GATEWAY: Path = (*_ROUTER, "gateway")
_HTTP: Path = (*_ROUTE, "http")
_SCHEDULER: Path = (*_ROUTER, "scheduler")
_PARENTS: Path = (*_HTTP, "spec", "parentRefs")
_GATEWAYS: Path = (*_GATEWAY, "refs")
_CONFIG: Path = (*_SCHEDULER, "config")


def _routes_are_of_one_kind(item: Data) -> Iterator[Problem]:
    if not items(item, (*_HTTP, "refs")):
        return
    if isinstance(at(item, (*_HTTP, "spec")), dict):
        also = ((*_HTTP, "refs"), (*_HTTP, "spec"))
        yield ROUTES.problem("has refs and spec", path=_HTTP, hint="keep one of them", also=also)
    if isinstance(at(item, _GATEWAY), dict) and not items(item, (*_GATEWAY, "refs")):
        message = "your own routes need a gateway of your own"
        hint = "write gateway.refs, or remove gateway"
        yield ROUTES.problem(message, path=(*_HTTP, "refs"), hint=hint, also=(_GATEWAY,))


def _parents_are_the_gateways(item: Data) -> Iterator[Problem]:
    yield from _parents_differ(item, ("namespace", "name", "sectionName"))


def _parents_are_the_gateways_by_name(item: Data) -> Iterator[Problem]:
    yield from _parents_differ(item, ("namespace", "name"))


def _parents_differ(item: Data, identity: tuple[str, ...]) -> Iterator[Problem]:
    parents, gateways = (
        sorted(tuple(text(ref, (field,)) for field in identity) for _, ref in maps(item, place))
        for place in ((*_HTTP, "spec", "parentRefs"), (*_GATEWAY, "refs"))
    )
    if parents and gateways and parents != gateways:
        message = "these aren't the gateways of gateway.refs"
        yield ROUTES.problem(message, path=_PARENTS, hint="leave parentRefs out", also=(_GATEWAYS,))


def _no_parents_beside_gateways(item: Data) -> Iterator[Problem]:
    if items(item, (*_HTTP, "spec", "parentRefs")) and items(item, (*_GATEWAY, "refs")):
        message = "there are gateway.refs too"
        yield ROUTES.problem(message, path=_PARENTS, hint="keep one of them", also=(_GATEWAYS,))


def _no_route_beside_gateways(item: Data) -> Iterator[Problem]:
    gateways: Path = (*_GATEWAY, "refs")
    if isinstance(at(item, (*_HTTP, "spec")), dict) and items(item, gateways):
        message, hint = "there are gateway.refs too", "keep one of them"
        yield ROUTES.problem(message, path=(*_HTTP, "spec"), hint=hint, also=(gateways,))
    managed = isinstance(at(item, _ROUTE), dict) and at(item, _HTTP) is None
    if managed and isinstance(at(item, gateways), list):
        message = "KServe's own route needs KServe's gateway"
        yield ROUTES.problem(message, path=gateways, hint="remove refs", also=(_ROUTE,))


def _traffic_is_shared(item: Data) -> Iterator[Problem]:
    route = mapping(item, _ROUTE)
    named = [field for field in ("group", "weight") if route.get(field) is not None]
    if not named:
        return
    place: Path = (*_ROUTE, named[0])
    if isinstance(at(item, (*_ROUTER, "ingress")), dict):
        message, also = "an Ingress can't share traffic", ((*_ROUTER, "ingress"),)
        yield TRAFFIC.problem(message, path=place, hint="remove ingress", also=also)
    elif len(named) == 1:
        (missing,) = {"group", "weight"} - set(named)
        yield TRAFFIC.problem(f"needed beside {named[0]}", path=(*_ROUTE, missing), also=(place,))
    elif items(item, (*_HTTP, "refs")):
        message, also = "KServe can't share the traffic of your own routes", ((*_HTTP, "refs"),)
        yield TRAFFIC.problem(message, path=place, hint="remove http.refs", also=also)


def has_replicas(item: Data) -> Iterator[Problem]:
    """Yield a scheduler's number of replicas if it has none."""
    place: Path = (*_SCHEDULER, "replicas")
    if (count := whole(item, place)) is not None and count <= 0:
        yield SCHEDULER.problem("must be at least 1", path=place)


def _scheduler_is_configured(item: Data) -> Iterator[Problem]:
    if not isinstance(at(item, _CONFIG), dict):
        return
    inline, ref = (at(item, (*_CONFIG, field)) for field in ("inline", "ref"))
    if (inline is None) == (ref is None):
        also = ((*_CONFIG, "inline"), (*_CONFIG, "ref")) if ref is not None else ()
        yield SCHEDULER.problem("needs exactly one of inline and ref", path=_CONFIG, also=also)
    if inline in ({}, []):
        yield SCHEDULER.problem(
            "is empty", path=(*_CONFIG, "inline"), hint="write the configuration, or use ref"
        )
    if isinstance(ref, dict) and not ref.get("name"):
        yield SCHEDULER.problem("needed here", path=(*_CONFIG, "ref", "name"))


_COMMON = (
    ObjectRule(_routes_are_of_one_kind),
    ObjectRule(_traffic_is_shared, since="0.20"),
    ObjectRule(has_replicas, since="0.17"),
    ObjectRule(_scheduler_is_configured, since="0.17"),
)
RULES = {
    "v1alpha1": (
        *_COMMON,
        ObjectRule(_no_parents_beside_gateways, since="0.17"),
        ObjectRule(_no_route_beside_gateways, until="0.17"),
    ),
    "v1alpha2": (
        *_COMMON,
        ObjectRule(_parents_are_the_gateways, since="0.19"),
        ObjectRule(_parents_are_the_gateways_by_name, until="0.19"),
    ),
}
