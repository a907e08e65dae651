"""A `workspace.toml` as the people and channels of a Slack workspace on this machine."""

from typing import Any

from bot.workspace.file import PersonEntry, Workspace

LOCALES = {"en": "en-GB", "nb": "nb-NO", "sv": "sv-SE"}
TEAM = {"id": "T0VAKT", "name": "Vakt's sandbox", "domain": "vakt-sandbox"}


def seed_of(workspace: Workspace) -> dict[str, Any]:
    """The seed for the sandbox: every desk's and customer's channel, with the people who belong there."""
    desk_people = {desk.key: _everybody(desk.roles.model_dump()) for desk in workspace.desks}
    channels = [
        {
            "id": desk.channel,
            "name": "desk" if len(workspace.desks) == 1 else f"desk-{desk.key}",
            "topic": desk.name,
            "purpose": "Tickets of every customer, one card each",
            "members": desk_people[desk.key],
            "bot": True,
        }
        for desk in workspace.desks
    ]
    channels += [
        {
            "id": customer.channel,
            "name": customer.key,
            "private": True,
            "topic": f"{customer.name} and the desk",
            "purpose": f"Support for {customer.name} under its agreement",
            "members": sorted({*customer.contacts, *customer.super_users, *desk_people[customer.desk]}),
            "bot": True,
        }
        for customer in workspace.customers
        if customer.channel
    ]
    return {
        "team": TEAM,
        "people": [_person(person) for person in workspace.people],
        "channels": channels,
    }


def _everybody(roles: dict[str, list[str]]) -> list[str]:
    return sorted({handle for handles in roles.values() for handle in handles})


def _person(person: PersonEntry) -> dict[str, Any]:
    return {
        "handle": person.handle,
        "id": person.slack,
        "name": person.name,
        "title": person.title,
        "tz": person.zone or "Europe/Oslo",
        "locale": LOCALES[person.language or "en"],
    }
