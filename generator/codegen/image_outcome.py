"""What docs/reference/cli.md says of the JSON of `kitserve image`."""

INTRODUCTION = (
    "`kitserve image -o json` writes one object to standard output, where the image is there. Otherwise there is none, "
    "and the exit code and standard error say why."
)

MEMBERS = (
    ("`uri`", "Where the image is, with `oci+native://` and its tag."),
    ("`digest`", "The digest of its index, by which it is signed, or named where a tag must not move."),
    ("`source`", "The digest of the ModelKit's manifest."),
    ("`result`", "`made`, or `current` if there was nothing to do."),
    ("`bytes`", "Bytes that were pushed: manifests, configs and a layer of kilobytes."),
    ("`replaced`", "The digest that the tag had before; empty for none."),
    ("`warning`", "What couldn't be done beside it, or an empty text."),
    (
        "`removed`",
        "The images that `--prune` removed, or with `--check` would: `digest`, `tags` and the `reason`.",
    ),
)
