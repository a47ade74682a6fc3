"""Options that say which cluster is asked, and about which namespaces."""

from typing import Annotated

import typer


def contexts(incomplete: str) -> list[str]:
    """Return the kubeconfig's contexts that begin so, for the shell; none if there is no kubeconfig to read."""
    from kitserve.cli.options.kubeconfig import contexts as named

    return [each for each in named() if each.startswith(incomplete)]


def namespaces(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the cluster's namespaces that begin so, for the shell; none if the cluster doesn't say."""
    from kitserve.cluster.reading import Reader
    from kitserve.crds.lookup import text
    from kitserve.errors import ClusterUnavailable

    try:
        found = Reader(ctx.params.get("context") or "").items("/api/v1", "namespaces")
    except ClusterUnavailable:
        return []
    names = (text(each, ("metadata", "name")) for each in found)
    return [name for name in names if name.startswith(incomplete)]


Context = Annotated[
    str,
    typer.Option(
        "--context",
        metavar="NAME",
        help="The kubeconfig's context whose cluster to ask. Default: the current one.",
        autocompletion=contexts,
    ),
]
Namespace = Annotated[
    str,
    typer.Option(
        "--namespace",
        "-n",
        metavar="NAME",
        help="Namespace to look at. Default: the context's.",
        autocompletion=namespaces,
    ),
]
AllNamespaces = Annotated[bool, typer.Option("--all-namespaces", "-A", help="Look at all namespaces.")]
