"""`/oncall`: who is on call now and next, the week ahead; and the presses on those answers."""

from collections.abc import Callable, Mapping

from handlers import feeds, hooks, notifying, oncall_forms
from handlers.access import viewer_of
from handlers.clicks import chosen, page_in
from handlers.desk import Body, Desk
from handlers.oncall_pictures import rota_fact, sight, week_facts
from handlers.origins import origin_of
from handlers.readers import words_for
from handlers.rota_reach import may_change, one_rota, rotas_for
from handlers.views import oncall as views
from handlers.views.blocks import Rendered
from handlers.views.facts.rotas import OnCallFacts
from handlers.views.words import Words

Subcommand = Callable[[Body, str, Desk], Rendered | None]

SHOWN = 8
"""Rotas in one answer; a workspace with more names the one it means."""


def command(body: Body, desk: Desk) -> Rendered | None:
    """The command. A first word that is no subcommand is a rota's name."""
    text = str(body.get("text") or "").strip()
    first, _, rest = text.partition(" ")
    subcommand = SUBCOMMANDS.get(first.lower())
    if subcommand is None:
        return _now(body, text, desk)
    return subcommand(body, rest.strip(), desk)


def _now(body: Body, named: str, desk: Desk) -> Rendered:
    return _looked(body, named, desk, views.on_call_message)


def _next(body: Body, named: str, desk: Desk) -> Rendered:
    return _looked(body, named, desk, views.next_message)


def _looked(body: Body, named: str, desk: Desk, view: Callable[[OnCallFacts, Words], Rendered]) -> Rendered:
    """The rota that is named, else those there are, the reader's own first."""
    origin, now = origin_of(body), desk.now()
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        rotas = [one_rota(session, viewer, named)] if named else rotas_for(session, viewer)
        facts = OnCallFacts(
            rotas=tuple(
                rota_fact(session, viewer, rota, now, may_change=may_change(session, viewer, rota))
                for rota in rotas[:SHOWN]
            ),
            now=now,
            more=max(0, len(rotas) - SHOWN),
        )
        return view(facts, words_for(session, viewer, origin))


def _week(body: Body, named: str, desk: Desk) -> Rendered:
    return _week_of(body, named, 0, desk)


def _week_of(body: Body, named: str, page: int, desk: Desk) -> Rendered:
    origin = origin_of(body)
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        stored = one_rota(session, viewer, named)
        at = sight(session, viewer, stored, desk.now())
        facts = week_facts(at, page, may_change=may_change(session, viewer, stored))
        return views.week_message(facts, words_for(session, viewer, origin))


def week(body: Body, desk: Desk) -> None:
    """*Week*."""
    _tell(body, _week_of(body, chosen(body), 0, desk), desk)


def week_page(body: Body, desk: Desk) -> None:
    """Another page of the week."""
    named, page = page_in(chosen(body))
    _tell(body, _week_of(body, named, page, desk), desk)


def _tell(body: Body, message: Rendered, desk: Desk) -> None:
    origin = origin_of(body)
    desk.aside.tell(origin.team_id, origin.sorry, message)


def _help(body: Body, named: str, desk: Desk) -> Rendered:
    del named
    origin = origin_of(body)
    with desk.reading() as session:
        viewer = viewer_of(session, origin.team_id, origin.slack_user)
        return views.help_message(words_for(session, viewer, origin))


SUBCOMMANDS: Mapping[str, Subcommand] = {
    "help": _help,
    "next": _next,
    "week": _week,
    "take": oncall_forms.take_named,
    "swap": oncall_forms.swap_named,
    "override": oncall_forms.override_named,
    "feed": feeds.feed_named,
    "notify": notifying.ask_named,
    "hooks": hooks.named,
}
"""What may stand after `/oncall`; a rota's name may follow each."""
