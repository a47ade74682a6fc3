"""`make fuzz-verdicts`: as many mutants as are asked for, for all versions, and a table of the differences."""

import sys
from collections import Counter

from tests.generator.verdicts.comparison import Difference, differences
from tests.generator.verdicts.drawn import alone, together
from tests.parts.kserve_judge import versions

SHOWN = 5


def main(arguments: list[str]) -> int:
    """Print the differences of COUNT mutants, which the second argument seeds; 1 if there are any."""
    count, seed = int(arguments[0]), arguments[1] if len(arguments) > 1 else "verdicts"
    found: list[Difference] = []
    for version in versions():
        share = count // len(versions())
        clusters = [*alone(version, share - share // 10, seed), *together(version, share // 20, seed)]
        asked = sum(map(len, clusters))
        new = differences(version, clusters)
        print(f"KServe {version}: {len(new)} differences in {asked} objects", flush=True)
        found += new
    for (kind, version, rule), many in Counter(
        (one.kind, one.version, one.rule) for one in found
    ).most_common():
        print(f"{many:6} | {kind} | {version} | {rule}")
    for one in found[:SHOWN]:
        print(f"\n{one}")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
