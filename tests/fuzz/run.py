"""`make fuzz`: every target for SECONDS (60 by default), one after another; inputs that break one are kept.

python -m tests.fuzz.run [SECONDS [TARGET ...]]
"""

import subprocess
import sys

from tests.fuzz.seeds import SEEDS
from tests.parts.cache import folder as cache

SECONDS = "60"
LONGEST_INPUT = 16 * 1024
SLOW_SECONDS = 10
MEBIBYTES = 1024


def main(arguments: list[str]) -> int:
    """Fuzz, and return 1 if a target broke."""
    seconds, *names = arguments or [SECONDS]
    broken = [name for name in names or SEEDS if not _fuzz(name, seconds)]
    print(f"broken: {', '.join(broken)}" if broken else "nothing broke")
    return bool(broken)


def _fuzz(name: str, seconds: str) -> bool:
    folder = cache() / "fuzz" / name
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for index, seed in enumerate(SEEDS[name]):
        (corpus / f"seed-{index}").write_bytes(seed)
    print(f"{name}: {seconds} s, inputs in {folder}", flush=True)
    options = {
        "max_total_time": seconds,
        "max_len": LONGEST_INPUT,
        "timeout": SLOW_SECONDS,
        "rss_limit_mb": MEBIBYTES,
        "artifact_prefix": f"{folder}/",
        "print_final_stats": 1,
        "verbosity": 0,
    }
    words = [f"-{key}={value}" for key, value in options.items()]
    command = [sys.executable, "-m", "tests.fuzz.atheris_target", name, str(corpus), *words]
    return subprocess.run(command, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
