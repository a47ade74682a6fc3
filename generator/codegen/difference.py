"""What docs/reference/cli.md says of the JSON of `kitserve diff`."""

INTRODUCTION = (
    "`kitserve diff -o json` writes one object to standard output. Values that may be secret are `***`, or "
    "`*** (before)` and `*** (after)` where they change."
)

MEMBERS = (
    (
        "`objects`",
        "Those that the values render, in their order, then those that the cluster has of this release beside them.",
    ),
    ("`objects[].apiVersion`, `.kind`, `.namespace`, `.name`", "Which object it is."),
    (
        "`objects[].state`",
        "`same`, `changed`, `new`, or `refused` by the cluster. `removed`: the values no longer render it, and the "
        "tool that made it removes it; `left`: nobody does.",
    ),
    ("`objects[].note`", "What there is to say of that in a sentence, or empty."),
    (
        "`objects[].before`, `.after`",
        "The object as the API server stores it, without its status; null where there is none.",
    ),
    ("`problems`", "Why the cluster refuses objects, as `kitserve validate --format json` has problems."),
)
