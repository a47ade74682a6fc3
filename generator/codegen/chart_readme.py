"""The chart's README."""

from kitserve.version import VERSION

from codegen import schema
from codegen.reference import page
from codegen.values.page import groups

_INSTALL = f"""\
Serve [KitOps](https://kitops.org) ModelKits on [KServe](https://kserve.github.io/website/): a
ClusterStorageContainer for `kit://`, and on request Secrets, service accounts, InferenceServices,
LLMInferenceServices, local models, and DaemonSets that keep models on nodes. `kitserve render` renders the same
objects from the same values.

## Install

The cluster needs KServe 0.15 or newer; 0.15 also needs `clusterStorageContainer.supportsMultiModelDownload: null`.
Use Helm 3.17 or newer, or Helm 4:

```console
$ helm install kitserve chart/ -n models --create-namespace -f values.yaml
$ helm test kitserve -n models
```

No version is released yet. A release is pushed to an OCI registry, signed by cosign, and its chart renders the
initializer's image by digest (the annotation `kitserve.io/image-digest`), unless `image.tag` or `image.digest` is set.
Until then, `make package` makes `dist/kitserve-{VERSION}.tgz`, which you can push to your own OCI registry:

```console
$ helm push dist/kitserve-{VERSION}.tgz oci://registry.example.com/charts
$ helm install kitserve oci://registry.example.com/charts/kitserve --version {VERSION} -n models --create-namespace
```

- **Argo CD, Flux**: what the chart renders depends on values, release name and namespace alone. It calls no `lookup`,
  and nothing is random. The pods of `helm test` are hooks for `test`: Argo CD skips them, and Flux runs them if
  `spec.test.enable` is set. docs/guide/gitops.md has the settings for both.
- **As a subchart**: `condition: kitserve.enabled` and `global.imageRegistry` work.
- **Two releases**: the ClusterStorageContainer is cluster-scoped. Let one release own it, and set
  `clusterStorageContainer.create: false` in the others.
- **Pull secrets**: a ClusterStorageContainer can't have them. `imagePullSecrets` adds them to the InferenceServices,
  LLMInferenceServices, DaemonSets and service accounts of the values. Other services need them in their own
  `spec.predictor` or service account, and KServe's download jobs need them in the `default` service account of their
  namespace."""

_UPGRADE = """\
## Upgrading

Running pods keep the initializer that they were created with; new pods get the new one. A changed annotation creates
new pods: `kubectl -n models annotate inferenceservice NAME restarted="$(date +%s)" --overwrite`. KServe reverts
a `kubectl rollout restart`. Services with `storageUris` are an exception: KServe writes the container into their
Deployment, which rolls out by itself.

With `--reuse-values` Helm ignores the new chart's defaults. Use `--reset-then-reuse-values`.

### To 0.1.0

This is the first version. To take over objects that were created with kubectl, use `--take-ownership`, and with
Helm 4 also `--force-conflicts`. The chart adds to KitOps' guide a security context (`securityContext: null` removes
it), a CPU limit, labels (`standardLabels: false` removes them), and both fields that KServe's minimal CRDs need.

## Uninstalling

```console
$ helm uninstall kitserve -n models
```

This deletes the ClusterStorageContainer too: pods that are created afterwards can't fetch `kit://` models, and running
pods are not affected. KServe refuses to delete a LocalModelCache that a service uses: delete the service first."""


def text() -> str:
    """Return the text of chart/README.md."""
    return page("kitserve", _INSTALL, "## Values", *groups(schema.schema(), "###"), _UPGRADE)
