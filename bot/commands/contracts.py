"""`vakt policy`, `vakt calendar`, `vakt due`, `vakt why`: the contracts from the command line.

No database, no Slack: what the policy files say, and when things fall due under them. Every
command prints tables for people and, with `--json`, lines for programs.
"""
# ruff: noqa: FBT002, PLR0913, PLR0917 - an option is a parameter, and Typer's flags are booleans

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console, RenderableType

from bot.commands import contract_prints as prints
from bot.commands.contract_question import Question, Typed, ask
from bot.commands.due_batch import answer_batch
from bot.machine import SystemClock
from models.sla.calendar import Calendar
from models.sla.contract import Contract
from models.sla.due import Asker, AskError
from models.sla.policy import load_policies, load_policy, policy_schema
from models.sla.policy_files import PolicyError, policy_files
from models.sla.policy_lint import Finding, check

Folder = Annotated[
    Path | None,
    typer.Option("--policies", envvar="VAKT_POLICIES", help="A further folder of policy files."),
]
ContractName = Annotated[
    str, typer.Argument(metavar="CONTRACT", help="The contract's id; vakt policy check lists them.")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line, for a program.")]
Language = Annotated[str, typer.Option("--language", help="The language of reasons and clauses: en, nb or sv.")]
Region = Annotated[str | None, typer.Option("--region", help="The customer's region, where a contract has several.")]
SeverityName = Annotated[str | None, typer.Option("--severity", help="The class, such as P2.")]
Opened = Annotated[str | None, typer.Option("--opened", help="When it was reported: 2026-11-23T09:40+01:00.")]
ClockName = Annotated[str | None, typer.Option("--clock", help="One clock only, such as start_of_work.")]
Item = Annotated[str | None, typer.Option("--item", help="What was ordered, where a contract has a catalogue.")]
Pauses = Annotated[list[str] | None, typer.Option("--pause", help="FROM/TO; without TO it lasts still. Repeatable.")]


def register(app: typer.Typer) -> None:
    """Put the contract commands on the `vakt` command line."""
    policy = typer.Typer(help="The contracts: checked, shown, described for editors.", no_args_is_help=True)
    policy.command("check")(policy_check)
    policy.command("show")(policy_show)
    policy.command("schema")(policy_schema_command)
    app.add_typer(policy, name="policy")
    app.command("calendar")(calendar_command)
    app.command("due")(due_command)
    app.command("why")(why_command)


def fail(message: str) -> NoReturn:
    """Say what is wrong on standard error, and end with 2."""
    typer.echo(message, err=True)
    raise typer.Exit(2)


def contracts_in(folder: Path | None) -> dict[str, Contract]:
    """Every contract; the command ends here, saying why, when a file is wrong."""
    try:
        return load_policies([folder] if folder else [])
    except PolicyError as error:
        fail(str(error))


def contract_named(name: str, folder: Path | None) -> Contract:
    """That contract, reading no other file than its own when it comes with Vakt."""
    own = [path for path in policy_files([folder] if folder else []) if path.stem == name]
    try:
        if len(own) == 1 and (contract := load_policy(own[0])).id == name:
            return contract
        return Asker(contracts_in(folder)).contract(name)
    except (AskError, PolicyError) as error:
        fail(str(error))


# --- vakt policy --------------------------------------------------------------------------------------


def policy_check(
    files: Annotated[list[Path] | None, typer.Argument(help="Policy files; all there are when none is named.")] = None,
    as_json: AsJson = False,
    language: Language = "en",
    policies: Folder = None,
) -> None:
    """Check policy files: mistakes (then it ends with 1), open points, readings, what is unconfirmed."""
    wrong: list[str] = []
    today = SystemClock().now().date()
    for path in files or policy_files([policies] if policies else []):
        try:
            contract = load_policy(path)
        except PolicyError as error:
            wrong.extend(error.lines)
            continue
        _print_findings(contract, check(contract, today, language), as_json=as_json)
    for line in wrong:
        typer.echo(json.dumps({"error": line}, ensure_ascii=False) if as_json else line, err=not as_json)
    if wrong:
        raise typer.Exit(1)


def _print_findings(contract: Contract, findings: Sequence[Finding], *, as_json: bool) -> None:
    if as_json:
        _lines(prints.finding_json(contract, finding) for finding in findings)
    else:
        _show(prints.findings_table(contract, findings))


def policy_show(
    contract: ContractName, as_json: AsJson = False, language: Language = "en", policies: Folder = None
) -> None:
    """Show a contract: classes, promises and clauses; with --json the whole of it."""
    found = contract_named(contract, policies)
    if as_json:
        typer.echo(found.content)
    else:
        _show(prints.contract_page(found, language))


def policy_schema_command() -> None:
    """Print the JSON Schema of policy files, for editors."""
    typer.echo(json.dumps(policy_schema(), ensure_ascii=False, indent=2))


# --- vakt calendar ------------------------------------------------------------------------------------


def calendar_command(
    contract: ContractName,
    region: Region = None,
    start: Annotated[str | None, typer.Option("--from", help="The first day, 2026-12-22; today by default.")] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=3660, help="How many days.")] = 14,
    name: Annotated[str | None, typer.Option("--calendar", help="One calendar only.")] = None,
    as_json: AsJson = False,
    language: Language = "en",
    policies: Folder = None,
) -> None:
    """Show each day: open or closed, and why.

    `vakt calendar correct CONTRACT` shows what a corrected day would move for open tickets, and moves it.
    """
    found = contract_named(contract, policies)
    first = _day(start)
    for key, calendar in _calendars(found, name, region).items():
        views = prints.days(calendar, first, days, language)
        if as_json:
            _lines(prints.calendar_json(key, view) for view in views)
        else:
            _show(prints.calendar_table(key, calendar, views))


def _calendars(contract: Contract, name: str | None, region: str | None) -> dict[str, Calendar]:
    """The calendars that promises count in, for that region; all regions' when none is named."""
    aliases = [name] if name else list(dict.fromkeys(promise.calendar for promise in contract.promises))
    regions = [region] if region or not contract.regions else list(contract.regions)
    try:
        names = [contract.calendar_name(alias, each) for each in regions for alias in aliases]
        return {key: contract.calendars[key] for key in dict.fromkeys(names)}
    except KeyError as error:
        known = ", ".join(contract.calendars)
        fail(str(error.args[0]) if region else f'{contract.id} has no calendar "{name}"; there is {known}')


def _day(text: str | None) -> date:
    if text is None:
        return SystemClock().now().date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        fail(f'--from is "{text}"; write a date such as 2026-12-22')


# --- vakt due and vakt why ----------------------------------------------------------------------------


def due_command(
    contract: Annotated[
        str | None, typer.Argument(metavar="[CONTRACT]", help="The contract's id; vakt policy check lists them.")
    ] = None,
    severity: SeverityName = None,
    opened: Opened = None,
    clock: ClockName = None,
    region: Region = None,
    item: Item = None,
    pause: Pauses = None,
    batch: Annotated[str | None, typer.Option("--batch", help="A file of JSON lines, - for standard input.")] = None,
    as_json: AsJson = False,
    policies: Folder = None,
) -> None:
    """Tell when something falls due; with --batch, for every line of a file."""
    if batch is not None:
        _answer(batch, policies)
        return
    typed = Typed(severity=severity, opened=opened, clock=clock, region=region, item=item, pauses=tuple(pause or ()))
    question = _question(contract, typed, policies)
    if as_json:
        _lines(prints.due_json(question.contract, each, question.severity.id) for each in question.planned)
        if not question.planned:
            _lines([prints.without_clock_json(question.contract, question.severity)])
        return
    if not question.planned:
        typer.echo(question.without_clock())
    else:
        _show(prints.due_table(question.planned))


def why_command(
    contract: ContractName,
    severity: SeverityName = None,
    opened: Opened = None,
    clock: ClockName = None,
    region: Region = None,
    item: Item = None,
    pause: Pauses = None,
    as_json: AsJson = False,
    language: Language = "en",
    policies: Folder = None,
) -> None:
    """Tell why something falls due when it does: every span counted and skipped.

    `vakt why T-12` tells it of the deadlines of a ticket that is stored.
    """
    typed = Typed(severity=severity, opened=opened, clock=clock, region=region, item=item, pauses=tuple(pause or ()))
    question = _question(contract, typed, policies)
    if not question.planned:
        typer.echo(question.without_clock())
    for planned in question.planned:
        account = question.account(planned, language)
        if as_json:
            _lines([prints.why_json(question.contract, planned, question.severity.id, account)])
        else:
            _show(
                prints.why_page(question.contract, planned, account, severity=question.severity.id, language=language)
            )


def _question(contract: str | None, typed: Typed, folder: Path | None) -> Question:
    if contract is None:
        fail(f"name a contract: {', '.join(contracts_in(folder))}")
    try:
        return ask(contract_named(contract, folder), typed)
    except AskError as error:
        fail(str(error))


def _answer(batch: str, folder: Path | None) -> None:
    """Answer a file's lines on standard output, or those of standard input."""
    asker = Asker(contracts_in(folder))
    if batch == "-":
        answer_batch(asker, sys.stdin.buffer, sys.stdout.buffer)
        return
    try:
        with Path(batch).open("rb") as source:
            answer_batch(asker, source, sys.stdout.buffer)
    except OSError as error:
        fail(f"{batch} cannot be read: {error.strerror}")


def _lines(rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        typer.echo(json.dumps(row, ensure_ascii=False))


def _show(page: RenderableType) -> None:
    """Print a page as wide as the terminal; wide enough to wrap nothing where there is none."""
    wide = None if sys.stdout.isatty() else 200
    Console(width=wide, highlight=False, soft_wrap=False).print(page)
