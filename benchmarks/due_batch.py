"""Questions a second that `vakt due --batch` answers, the start of the process included.

A hundred thousand lines over five contracts, a fifth of them with a wait, written to a file and
answered by a process of its own. Goal: at least 20,000 lines a second.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LINES = 100_000
GOAL = 20_000
VAKT = "import typer; from bot.commands.contracts import register; app = typer.Typer(); register(app); app()"
ASKED = (
    ("heartpace", "critical", "resolution", None),
    ("heartpace", "normal", "first_response", None),
    ("heartpace", "serious", "start_of_work", None),
    ("pindena", "serious", "start_of_work", None),
    ("pindena", "enquiry", "start_of_work", None),
    ("softone", "P1", "start_of_work", None),
    ("softone", "P3", "start_of_work", None),
    ("softone", "P5", "start_of_work", None),
    ("easymeeting", "high", "first_response", "america"),
    ("easymeeting", "low", "first_response", "europe"),
    ("pureservice", "standard", "start_of_work", None),
)


def question(chance: random.Random) -> str:
    """One line: any clock, any instant of two years."""
    contract, severity, clock, region = chance.choice(ASKED)
    opened = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randrange(2 * 365 * 86400))
    wait = [(opened + timedelta(minutes=10)).isoformat(), (opened + timedelta(hours=3)).isoformat()]
    line = {
        "contract": contract,
        "severity": severity,
        "clock": clock,
        "opened": opened.isoformat(),
        "region": region,
        "pauses": [wait] if chance.random() < 1 / 5 else [],
    }
    return json.dumps(line)


def main() -> None:
    """Write the questions, have them answered, print lines a second."""
    chance = random.Random(7)
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder, "asked.jsonl"), Path(folder, "answered.jsonl")
        asked.write_text("".join(f"{question(chance)}\n" for _ in range(LINES)), encoding="utf-8")
        begun = time.perf_counter()
        with answered.open("wb") as out:
            words = [sys.executable, "-c", VAKT, "due", "--batch", str(asked)]
            subprocess.run(words, stdout=out, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True)
        took = time.perf_counter() - begun
        answers = answered.read_text(encoding="utf-8").splitlines()
    wrong = sum(line.startswith('{"error"') for line in answers)
    print(f"{LINES} lines in {took:.2f} s, the start included: {LINES / took:,.0f} lines/s (goal {GOAL:,})")
    print(f"{len(answers)} answers, {wrong} of them errors")


if __name__ == "__main__":
    main()
