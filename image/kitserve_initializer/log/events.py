"""The table of events. docs/reference/log.md is generated from it; a name or a field that changes is a breaking change.

Sentences are for people and may change. What a field means is in fields.py.
"""

from __future__ import annotations

from kitserve_initializer.log.event import DEBUG, ERROR, INFO, TRACE, WARNING, Event

# A run

STARTED = Event(
    "started",
    INFO,
    "kitserve-initializer {version}: {reference} goes to {destination}",
    "First, for each ModelKit, before anything is waited for.",
    more=("engine",),
)
CHECK_STARTED = Event(
    "check-started",
    INFO,
    "kitserve-initializer {version}: {reference} is checked, and no layer is fetched",
    "First, for each ModelKit of `--check`.",
    more=("engine",),
)
RESOLVED = Event(
    "resolved",
    INFO,
    "{reference} is {digest}{index:?, of the index }, credentials: {credentials}, filters: {filters:words}, "
    "layout: {layout}{allowed:?, allowed: }{ignored:?, ignored: }",
    "The registry has sent manifest and config.",
)
PARENT_RESOLVED = Event(
    "parent-resolved",
    INFO,
    "{child} builds on {reference}, which is {digest}, credentials: {credentials}",
    "The same for a ModelKit that another one builds on.",
)
SIGNED = Event(
    "signed",
    INFO,
    "{reference} is {digest}, signed by {signers:words}{made_for:?; it was signed as }",
    "The signatures of a ModelKit are what a rule of the policy demands.",
)
UNVERIFIED = Event(
    "unverified",
    WARNING,
    "not verified: {cause}",
    "The policy warns, where it could refuse.",
)
ALREADY_THERE = Event(
    "already-there",
    INFO,
    "{destination} holds {digest} already, unpacked as asked for",
    "A good run's last line if there was nothing to do.",
)
CHECKED = Event(
    "checked",
    INFO,
    "ok: {reference} has {layers:count layer} of {bytes:size} to unpack",
    "The last line of a good `--check`.",
    more=("digest",),
)
UNPACKED = Event(
    "unpacked",
    INFO,
    "{layers:count layer} of {bytes:size} verified and unpacked to {destination} in {seconds:duration}: "
    "{fetched_bytes:size} fetched, {bytes_per_second:size}/s",
    "A good run's last line.",
    more=("digest",),
)
UNPACKED_BY_KIT = Event(
    "unpacked-by-kit",
    INFO,
    "unpacked to {destination} by {program} in {seconds:duration}",
    "A good run's last line with the engine `kit`.",
    more=("digest",),
)
FAILED = Event(
    "failed",
    ERROR,
    "{cause}{hint:?; }",
    "The last line of a run that failed or was stopped. Exit codes have their own page.",
    more=("code", "error"),
)

# Layers

LAYERS_KEPT = Event(
    "layers-kept",
    INFO,
    "{layers:count layer} were fetched by a run before, {bytes:size}",
    "A run that was ended left finished layers, which aren't fetched again.",
    is_progress=True,
)
FETCHING = Event(
    "fetching",
    INFO,
    "{layers:count layer} to fetch, {bytes:size}",
    "The layers are known, and the destination has room for them.",
    is_progress=True,
)
PROGRESS = Event(
    "progress",
    INFO,
    "{bytes:size} of {total_bytes:size} ({percent}%), {bytes_per_second:size}/s, {seconds_left:duration} left",
    "Every ten seconds, and after each twentieth of all bytes if that is earlier.",
    is_progress=True,
)
STALLED = Event(
    "stalled",
    INFO,
    "{bytes:size} of {total_bytes:size} ({percent}%), no byte comes for {seconds:duration}",
    "In its place if no byte came since the line before, unless `waiting` tells why.",
    is_progress=True,
)
VERIFYING_KEPT = Event(
    "verifying-kept",
    INFO,
    "{bytes:size} of {total_bytes:size} ({percent}%), no byte is fetched yet: verifying what a run before left",
    "In its place while only bytes on the disk are read.",
    is_progress=True,
)
LAYER_UNPACKED = Event(
    "layer-unpacked",
    INFO,
    "{layer}: {bytes:size} verified and unpacked in {seconds:duration}, {bytes_per_second:size}/s",
    "A layer is whole, in the staging folder.",
    more=("digest",),
    is_progress=True,
)
LAYER_PLACED = Event(
    "layer-placed",
    DEBUG,
    "{layer} goes to {file!r}: {bytes:size} of {media_type!r}",
    "For each layer that will be unpacked.",
    more=("digest",),
)
LAYER_RESUMED = Event(
    "layer-resumed",
    INFO,
    "{layer}: {kept_bytes:size} of {bytes:size} are from an earlier run, and hashed again",
    "A layer goes on where an earlier run left it.",
    is_progress=True,
)
LAYER_DISTRUSTED = Event(
    "layer-distrusted",
    WARNING,
    "{layer}: {cause}, with {kept_bytes:size} from an earlier run: fetched again from its first byte",
    "What an earlier run left isn't what it was, or the registry's bytes are wrong.",
)
FILE_WRITTEN = Event(
    "file-written", TRACE, "wrote {file!r}, {bytes:size}", "For each file, in the staging folder."
)
KITFILE_ABSENT = Event(
    "kitfile-absent",
    INFO,
    "{reference} holds no Kitfile, and none is written",
    "A ModelPack that kit didn't pack.",
)
MARKER_SKIPPED = Event(
    "marker-skipped",
    WARNING,
    "{place} holds the marker of an earlier unpack ({file}, {count:count time}): skipped",
    "A ModelKit was packed from a folder that was unpacked once.",
)
ENTRY_ELSEWHERE = Event(
    "entry-elsewhere",
    WARNING,
    "{entry} lies at {location!r}, in no layer: it isn't fetched",
    "The Kitfile names a remote file; for the first ten.",
)
ENTRIES_ELSEWHERE = Event(
    "entries-elsewhere",
    WARNING,
    "{count} more entries lie in no layer: they aren't fetched",
    "There are more than ten.",
)
LAYERS_UNNAMED = Event(
    "layers-unnamed",
    WARNING,
    "layers of type {media_type!r} that no entry names are skipped",
    "The manifest has layers that the Kitfile doesn't name.",
)
KIT_LINE = Event("kit-line", INFO, "kit: {line}", "A line of the KitOps CLI, with the engine `kit`.")
KIT_UNVERIFIED = Event(
    "kit-unverified",
    WARNING,
    "{program} unpacks: that no layer holds other bytes than its digest says isn't checked",
    "With the engine `kit`.",
)

# The destination

WAITING_FOR_RUN = Event(
    "waiting-for-run",
    INFO,
    "waiting for another run in {destination}",
    "Another initializer has locked the destination.",
)
UNPACKING_AGAIN = Event(
    "unpacking-again",
    INFO,
    "{destination} is marked as complete: unpacked and verified again all the same",
    "KITSERVE_VERIFY_AGAIN is true.",
)
STAGING_KEPT = Event(
    "staging-kept",
    INFO,
    "what was fetched stays in {destination}, hidden: the next run uses or removes it",
    "A run was stopped, or its registry failed.",
)
LOCKS_ABSENT = Event(
    "locks-absent",
    WARNING,
    "the volume of {destination} has no locks ({cause}): a second run there at the same time isn't noticed",
    "A file system without flock.",
)
MODES_ABSENT = Event(
    "modes-absent",
    WARNING,
    "the volume keeps no modes: its directories let their owner do what the layers deny",
    "A file system without modes, such as CIFS.",
)
PATH_TAKEN = Event(
    "path-taken",
    WARNING,
    "{place} already has {file!r}",
    "More than twenty files are in the way; for the first thousand.",
)

# Requests

REQUEST = Event(
    "request",
    DEBUG,
    "{method} {host}{path}: {status}, {bytes:size} in {seconds:duration}, attempt {attempt}, proxy: {proxy}",
    "An answer is read to its end, or left.",
)
REQUEST_SENT = Event(
    "request-sent",
    DEBUG,
    "{method} {host}{path} is sent, attempt {attempt}, proxy: {proxy}",
    "Before it is sent: what a run waits for.",
)
RETRYING = Event(
    "retrying",
    WARNING,
    "{cause}: trying again in {wait_seconds:duration}",
    "A request failed, and may work the next time; once an outage of a host.",
    more=("host", "attempt"),
)
RETRYING_TOO = Event(
    "retrying-too",
    DEBUG,
    "{cause}: trying again in {wait_seconds:duration}, attempt {attempt}",
    "The same for further requests and tries of that outage.",
    more=("host",),
)
WAITING = Event(
    "waiting",
    INFO,
    "waiting for {seconds:duration}: {cause}",
    "Every ten seconds while a host doesn't answer or deliver.",
    more=("host",),
    is_progress=True,
)
RECOVERED = Event(
    "recovered", INFO, "{host} answers again, after {seconds:duration}", "An outage is over that was told."
)
RANGES_REFUSED = Event(
    "ranges-refused",
    WARNING,
    "{cause}: going on over one connection",
    "A layer doesn't come over several connections.",
)
TLS_UNVERIFIED = Event(
    "tls-unverified",
    WARNING,
    "TLS certificates are not verified ({flag})",
    "An administrator turned that off.",
)
CA_BUNDLE_ABSENT = Event(
    "ca-bundle-absent",
    WARNING,
    "{variable} is {place}, and there is no {file} in it",
    "KServe names a folder for its certificates.",
)

# Credentials

CREDENTIALS_FOUND = Event(
    "credentials-found",
    DEBUG,
    "{credentials} has a login for {registry}",
    "The first source that has one wins.",
)
CREDENTIALS_ABSENT = Event(
    "credentials-absent",
    DEBUG,
    "{credentials} has no login for {registry}",
    "Each source that was asked before that one.",
)
LOGIN_BOUND_ELSEWHERE = Event(
    "login-bound-elsewhere",
    INFO,
    "{credentials} isn't for {registry}: KITSERVE_CREDENTIALS_REGISTRIES is {registries:words}",
    "A login is bound to registries, and this one isn't among them.",
)
LOGIN_UNBOUND = Event(
    "login-unbound",
    WARNING,
    "{credentials} names no registry, and KITSERVE_CREDENTIALS_REGISTRIES doesn't list {registry}: "
    "its login isn't sent there",
    "KServe's `storage.key` has a login for no registry.",
)
PARAMETER_IGNORED = Event(
    "parameter-ignored",
    WARNING,
    "{variable} has {parameter!r}, which counts in the Secret alone: it is ignored",
    "KServe's `storage.parameters` can't say who logs in.",
)
HELPER_ABSENT = Event(
    "helper-absent",
    WARNING,
    "{credentials} names the credential helper {program!r}, which isn't on PATH",
    "A docker config names it.",
)
HELPER_REFUSED = Event(
    "helper-refused",
    WARNING,
    "{program} of {credentials} has no credentials for this registry",
    "A credential helper has no login.",
)
HELPER_FAILED = Event(
    "helper-failed",
    WARNING,
    "{program} of {credentials} failed for {registry} (exit {code})",
    "A credential helper doesn't work.",
)
CLOUD_REFUSED = Event(
    "cloud-refused",
    WARNING,
    "{cause}; going on without credentials",
    "public.ecr.aws lets anybody pull.",
    more=("registry",),
)

EVENTS = tuple(value for value in list(vars().values()) if isinstance(value, Event))
"""Every event, in the order of the page."""
