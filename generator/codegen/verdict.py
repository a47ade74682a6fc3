"""What docs/reference/cli.md says of the JSON of `kitserve verify`."""

INTRODUCTION = (
    "`kitserve verify -o json` writes one object to standard output, also where the ModelKit is refused or the "
    "registry can't be asked."
)

MEMBERS = (
    ("`reference`", "What was asked for, with `kit://` and a tag or a digest."),
    (
        "`result`",
        "`verified`: every rule that applies is met. `allowed`: something isn't signed, or nobody has to sign it, and "
        "the policy lets it pass. `refused`: the initializer would end. `unknown`: the registry doesn't say.",
    ),
    ("`unmatched`", "What happens to a manifest that no rule is for: `allow`, `warn` or `deny`."),
    (
        "`manifests`",
        "Those that were judged, in order: the ModelKit, or an index and its chosen entry, then the parents, the "
        "nearest first. None follows one that is refused.",
    ),
    ("`manifests[].reference`, `.digest`", "Where it is, and what."),
    ("`manifests[].rules`", "The rules that are for it. Where a digest is denied, those that deny it."),
    ("`rules[].rule`", "The number in the policy, from 0 on."),
    (
        "`rules[].mode`, `.formats`, `.required`, `.wanted`",
        "What it demands: signatures by `required` of the keys and identities `wanted`.",
    ),
    ("`rules[].signed`", "Those of `wanted` who signed."),
    ("`rules[].made_for`", "Repositories that these signatures name instead of this one."),
    ("`rules[].refuses`", "Whether this ends the initializer; false where the rule is met, or only warns."),
    ("`rules[].error`", "Why the rule isn't met, as below, or null."),
    (
        "`error`",
        "Why the initializer would end, or null: `name` and `code` are those of [its exit "
        "codes](exit-codes.md#kitserve-initializer), `cause` and `hint` are sentences.",
    ),
)
