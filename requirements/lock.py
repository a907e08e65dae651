"""Pins and hashes requirements/*.txt from pyproject.toml: run, then demo on top, then dev on top of that.

Each set is held to the one before it, so that all three fit one environment. No index address is
written: where packages come from is the machine's setting, what they are is ours.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
SETS = {
    "run": ("--group", "build"),
    "demo": ("--group", "build", "--extra", "demo", "-c", "requirements/run.txt"),
    "dev": ("--group", "dev", "--extra", "demo", "--extra", "charts", "-c", "requirements/demo.txt"),
}


def lock(name: str, wanted: tuple[str, ...], further: list[str]) -> None:
    """Write one set; `further` are options of `uv pip compile`, e.g. `--upgrade`."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", *wanted, *further]
    command += ["--universal", "--python-version", "3.11", "--generate-hashes", "--quiet"]
    # Extras stay in the names: pip 23 takes `coverage[toml]` for another thing than a pinned `coverage`.
    command += ["--no-strip-extras"]
    command += ["--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--no-header"]
    subprocess.run([*command, "-o", f"requirements/{name}.txt"], check=True, cwd=HERE.parent)


if __name__ == "__main__":
    for name, wanted in SETS.items():
        lock(name, wanted, sys.argv[1:])
