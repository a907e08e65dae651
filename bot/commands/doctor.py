"""`vakt doctor`: looks at everything, and says what to do."""
# ruff: noqa: FBT002 - Typer's flags are booleans

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from slack_sdk import WebClient

from bot.doctor import Finding, Patient, State, examine
from bot.gateway import TIMEOUT, Gateway
from bot.machine import SystemClock
from bot.plainly import plain_errors, read_settings
from bot.running import go_straight_to_this_machine
from bot.settings import Settings
from bot.storage.database import Database

STYLE = {State.OK: "green", State.WARNING: "yellow", State.BROKEN: "bold red"}


def register(app: typer.Typer) -> None:
    """Put `vakt doctor` on the command line."""
    app.command("doctor")(doctor_command)


def doctor_command(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a finding, for a program.")] = False,
) -> None:
    """Look at tokens, scopes, channels, people, clock, database and policies; ends with 1 when something is broken."""
    settings = read_settings()
    go_straight_to_this_machine(settings, os.environ)
    with plain_errors():
        patient = patient_of(settings)
        findings = list(examine(patient, SystemClock().now()))
        patient.database.dispose()
    if as_json:
        for finding in findings:
            typer.echo(json.dumps(asdict(finding), ensure_ascii=False))
    else:
        _show(findings)
    if any(finding.state is State.BROKEN for finding in findings):
        raise typer.Exit(1)


def patient_of(settings: Settings) -> Patient:
    """What those settings name, to be looked at."""
    client = WebClient(
        token=settings.slack_bot_token.get_secret_value(),
        base_url=settings.slack_api_url,
        timeout=TIMEOUT,
        retry_handlers=[],
    )
    return Patient(settings, Database(settings.vakt_database_url), Gateway(lambda _: client))


def _show(findings: Iterable[Finding]) -> None:
    table = Table(box=None, pad_edge=False)
    for column in ("", "Where", "What", "What to do"):
        table.add_column(column, overflow="fold")
    for finding in findings:
        state = Text(finding.state, style=STYLE[finding.state])
        table.add_row(state, finding.area, Text(finding.what), Text(finding.remedy))
    Console(width=None if sys.stdout.isatty() else 200, highlight=False).print(table)
