"""`make chaos`: Vakt is killed hundreds of times, on SQLite and as replicas on PostgreSQL; then the account."""

import argparse
import logging
import secrets
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from time import monotonic

from tests.chaos.arena import Wiring
from tests.chaos.databases import new_database, postgresql
from tests.chaos.run import Violence, chaos

REPLICAS = 3
ARENAS: dict[str, Callable[[ExitStack, Path], Wiring]] = {
    "sqlite": lambda _, folder: Wiring(f"sqlite:///{folder / 'vakt.db'}"),
    "postgresql-socket": lambda stack, _: Wiring(_fresh(stack), REPLICAS),
    "postgresql-http": lambda stack, _: Wiring(_fresh(stack), REPLICAS, http=True),
}


def _fresh(stack: ExitStack) -> str:
    return new_database(stack.enter_context(postgresql()))


def main() -> int:
    """Run what was asked for; 1 when anything was lost, doubled or unexpected."""
    asked = _asked()
    # Connections that the sandbox itself cuts are traceback after traceback in its server's eyes.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    wrong = [name for name in asked.arena or ARENAS if not _holds(name, asked)]
    if wrong:
        again = " ".join(f"--arena {name}" for name in wrong)
        counts = f"--acts {asked.acts} --kills {asked.kills} --points {asked.points}"
        _print(f'To repeat: make chaos ARGS="--seed {asked.seed} {counts} {again}"')
    return 1 if wrong else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10_000), help="which plan; any by default")
    parser.add_argument("--kills", type=int, default=300, help="how often somebody is killed, in all arenas together")
    parser.add_argument("--points", type=int, default=0, help="how many processes end at a named crash point, in each")
    parser.add_argument("--acts", type=int, default=300, help="what people do at least, in all arenas together")
    parser.add_argument("--arena", choices=list(ARENAS), action="append", help="only there; all three by default")
    return parser.parse_args()


def _holds(name: str, asked: argparse.Namespace) -> bool:
    began, folder = monotonic(), Path(tempfile.mkdtemp(prefix="vakt-chaos-"))
    with ExitStack() as stack:
        violence = Violence(at_points=asked.points, at_random=asked.kills // len(ARENAS))
        wiring = ARENAS[name](stack, folder)
        _print(
            f"{name}, seed {asked.seed}: {violence.at_points + violence.at_random} kills, {wiring.replicas} process(es)"
        )
        ledger = chaos(asked.seed, wiring, folder, acts=asked.acts // len(ARENAS), violence=violence)
    _print(f"{ledger.text()}\n  it took              {monotonic() - began:.0f} s\n")
    if ledger.wrong:
        _print(f"  Logs and what was stored in files are kept in {folder}\n")
    else:
        shutil.rmtree(folder)
    return not ledger.wrong


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
