"""Vakt as a contestant: a database prepared for the door's workspace, and tickets as they are submitted."""

from datetime import date

from benchmarks._door import CHANNEL, PERSON, TEAM, Json
from bot.storage import schema
from bot.storage.database import Database
from bot.workspace.file import CustomerEntry, DeskEntry, PersonEntry, Roles, Workspace
from bot.workspace.importing import import_workspace

AGENT, CUSTOMER_CHANNEL = "U0OLA", "C0ACME"
ANSWERS = {"available": "yes", "effect": "harder", "way_round_harder": "no"}
"""What is answered under SoftOne's agreement; it comes to Priority 2."""


def prepare(url: str) -> str:
    """Put one desk and one customer into an empty database; gives its URL."""
    schema.upgrade(url)
    database = Database(url)
    with database.transaction() as session:
        import_workspace(session, TEAM, workspace())
    database.dispose()
    return url


def workspace() -> Workspace:
    """One desk with an agent, and one customer with a contact."""
    person = {"language": "en", "zone": "Europe/Oslo"}
    return Workspace(
        people=[
            PersonEntry(handle="kari", slack=PERSON, name="Kari Nordmann", **person),
            PersonEntry(handle="ola", slack=AGENT, name="Ola Hansen", **person),
        ],
        desks=[DeskEntry(key="desk", name="Desk", channel=CHANNEL, roles=Roles(agent=["ola"], senior=["ola"]))],
        customers=[
            CustomerEntry(
                key="acme",
                name="Acme",
                desk="desk",
                contract="softone",
                since=date(2026, 1, 1),
                channel=CUSTOMER_CHANNEL,
                contacts=["kari"],
            )
        ],
    )


def submitted_ticket(number: int) -> Json:
    """Build the opening view as it is submitted when every question has been answered."""
    values: Json = {
        "open.kind": {"open.kind": _chosen("program_fault")},
        "open.summary": {"open.summary": {"type": "plain_text_input", "value": f"Printer {number} is down"}},
        "open.details": {
            "open.details": {"type": "plain_text_input", "value": "It prints nothing since this morning. " * 5}
        },
    }
    for question, answer in ANSWERS.items():
        values[f"question:softone-fault:{question}"] = {"ticket.answer": _chosen(answer)}
    return {
        "type": "view_submission",
        "team": {"id": TEAM, "domain": "bench"},
        "user": {"id": PERSON, "username": "kari", "name": "kari", "team_id": TEAM},
        "api_app_id": "A0BENCH",
        "token": "bench",
        "trigger_id": f"{number}.1.bench",
        "view": {
            "id": f"V{number}",
            "team_id": TEAM,
            "type": "modal",
            "callback_id": "ticket_open",
            "private_metadata": f'{{"nonce":"{number}","channel":"C0ACME"}}',
            "hash": f"{number}.abc",
            "root_view_id": f"V{number}",
            "previous_view_id": None,
            "app_id": "A0BENCH",
            "bot_id": "B0BENCH",
            "blocks": [],
            "state": {"values": values},
        },
        "response_urls": [],
        "is_enterprise_install": False,
        "enterprise": None,
    }


def _chosen(value: str) -> Json:
    return {
        "type": "radio_buttons",
        "selected_option": {"text": {"type": "plain_text", "text": value}, "value": value},
    }
