"""References, resolved to ModelKits by their registries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from kitserve_initializer.modelkit import artifact
from kitserve_initializer.registry.client import Repository

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kitserve_initializer.config.labels import Label
    from kitserve_initializer.credentials.keychain import MultiKeychain
    from kitserve_initializer.http.transport import Transport
    from kitserve_initializer.modelkit.modelkit import ModelKit
    from kitserve_initializer.oci.reference import Reference
    from kitserve_initializer.registry.client import FetchedManifest
    from kitserve_initializer.registry.credential import Credential
    from kitserve_initializer.trust.rules.policy import Policy


class Judge(Protocol):
    """Judges manifests by a policy, as trust's verifier does."""

    @property
    def policy(self) -> Policy:
        """The policy."""

    def verify(self, reference: Reference, repository: Repository, found: FetchedManifest) -> None:
        """Raise if a manifest, that of a reference or of an index's entry, must not be read."""


@dataclass(frozen=True)
class ResolvedModelKit:
    """A ModelKit in a registry, and the credential for it."""

    reference: Reference
    repository: Repository
    credential: Credential
    kit: ModelKit


@dataclass(frozen=True)
class Resolver:
    """Resolves references, each with the credential for its own registry; the `verifier` may refuse a manifest."""

    keychain: MultiKeychain
    transport: Transport
    plain_http: bool
    verifier: Judge | None = None

    def resolve(self, reference: Reference, labels: Sequence[Label] = ()) -> ResolvedModelKit:
        """Fetch and read manifest and config; `labels` choose from an index.

        Raises:
            Failure: if they can't be fetched, or aren't a ModelKit's.
        """
        credential = self.keychain.resolve(reference)
        repository = Repository(reference, self.transport, credential, plain_http=self.plain_http)

        def judge(found: FetchedManifest) -> None:
            if self.verifier:
                self.verifier.verify(reference, repository, found)

        kit = artifact.fetch(repository, reference.version, labels, judge)
        return ResolvedModelKit(reference, repository, credential, kit)
