"""The chart's README. Not part of the wheel."""

from kitserve.version import VERSION

from codegen.reference import page, value_table

_INSTALL = f"""\
Serve [KitOps](https://kitops.org) ModelKits on [KServe](https://kserve.github.io/website/): a
ClusterStorageContainer for `kit://`, and on request Secrets, service accounts, InferenceServices and local
models. `kitserve render` gives the same objects from the same values.

## Install

Into a cluster that has KServe 0.15 or newer, with Helm 3.17 or newer, or 4:

```console
$ helm install kitserve chart/ -n kitserve --create-namespace -f values.yaml
$ helm test kitserve -n kitserve
```

`make package` makes `dist/kitserve-{VERSION}.tgz`, for an OCI registry of yours:

```console
$ helm push dist/kitserve-{VERSION}.tgz oci://registry.example.com/charts
$ helm install kitserve oci://registry.example.com/charts/kitserve --version {VERSION} -n kitserve --create-namespace
```

- **Argo CD, Flux**: what is rendered depends on values, release name and namespace alone; there is no `lookup`,
  nothing random, and no question to the cluster. The pods of `helm test` are hooks for `test`, which Argo CD skips
  and Flux runs where `spec.test.enable` says so. docs/guide/gitops.md has what to set for either.
- **Below another chart**: `condition: kitserve.enabled` works, `global.imageRegistry` is heeded.
- **Two releases**: the ClusterStorageContainer is cluster-scoped. Let one release own it, and set
  `clusterStorageContainer.create: false` in the others.
- **Pull secrets**: KServe has no place for them in a ClusterStorageContainer. `imagePullSecrets` puts them into
  the InferenceServices and service accounts of the values; other services need them in their own
  `spec.predictor` or service account, and KServe's download jobs in the `default` service account of their
  namespace."""

_UPGRADE = """\
## Upgrading

Running pods keep the initializer they were made with; a new ClusterStorageContainer is for new pods. An annotation
makes new ones (`kubectl annotate inferenceservice NAME restarted="$(date +%s)" --overwrite`); KServe takes a
`kubectl rollout restart` back.
`storageUris` are an exception: there KServe writes the container into the Deployment, which then rolls out.

With `--reuse-values` Helm leaves the new chart's defaults out. Use `--reset-then-reuse-values`.

### To 0.1.0

There is no release before it. From manifests made with kubectl: `--take-ownership`, with `--force-conflicts`
too in Helm 4. What KitOps' guide doesn't have: a security context (`securityContext: null` takes it away), a
CPU limit, labels (`standardLabels: false`), and both fields that KServe's minimal CRDs need.

## Uninstalling

```console
$ helm uninstall kitserve -n kitserve
```

takes the ClusterStorageContainer with it: pods that are made afterwards can't have a `kit://` model any more.
Running ones go on. KServe refuses to delete a LocalModelCache that a service uses: delete the service first."""


def text() -> str:
    """chart/README.md."""
    return page("kitserve", _INSTALL, "## Values", value_table(), _UPGRADE)
