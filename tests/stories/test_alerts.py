"""Alerts over real sockets: which ticket each opens, what comes again, what is over, and what pages."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from bot.machine import SystemClock
from handlers.alert_tickets import CARDS_WAIT, POURING, Pouring
from models.history import Event
from models.outbox import Kind, Outgoing
from models.page import Page
from models.person import Person
from models.received import Received
from models.ticket import Status, Ticket
from tests.stories.conftest import House, oslo
from tests.stories.hooked import Hooked, delivery, hooked
from tests.stories.scenes import clocks, events, stored, times

ROUTE: dict[str, Any] = {"key": "all", "customer": "acme", "severity": "P3"}
PAGING = ROUTE | {"page": True}
GENERIC = {"dedup_key": "disk", "summary": "Disk is full", "severity": "high"}


def tickets(house: House) -> list[Ticket]:
    with house.vakt.database.reading() as session:
        return list(session.exec(select(Ticket).order_by(Ticket.number)))  # type: ignore[arg-type]


def pages(house: House) -> list[Page]:
    with house.vakt.database.reading() as session:
        return list(session.exec(select(Page)))


@pytest.mark.clause("EM-19")
def test_an_alert_opens_a_ticket_with_class_and_deadline_and_pages_who_is_on_call(house: House) -> None:
    """Its clocks run from when it was accepted; the history says which hook reported it, the customer hears nothing."""
    with hooked(house, routes=[PAGING]) as hook:
        answer = hook.fires("HighLatency", instance="db1")
        assert (answer.status, answer.body) == (202, {"accepted": 1})
        card = house.card("T-1")
        for words in ("HighLatency is wrong", "Look at HighLatency", "instance: db1", "Priority 3"):
            house.slack.expects_edit(card, words)
        [ticket] = tickets(house)
        assert (ticket.severity, ticket.opened_by, ticket.requester_id) == ("P3", "hook:prometheus", "hook:prometheus")
        assert ticket.reported_at == house.now()
        assert clocks(house, "T-1")["start_of_work"].due_at == oslo("2026-11-24 12:40")
        line = house.slack.expects("Opened by hook prometheus", in_="#desk", thread=card)
        [page] = pages(house)
        assert page.ticket_number == 1
        with house.vakt.database.reading() as session:
            called = session.get(Person, (page.team_id, page.calls[0]["to"]))
        assert called is not None
        house.slack.expects("T-1", to=house.person(called.handle))
        assert called.slack_user in str(line.body())
        house.is_quiet()


def test_the_same_delivery_again_changes_nothing(house: House) -> None:
    with hooked(house, routes=[ROUTE]) as hook:
        for _ in range(3):
            assert hook.fires("Down").status == 202
        house.card("T-1")
        house.is_quiet()
        assert events(house, "T-1") == [Event.OPENED]


def test_an_alert_that_goes_on_is_one_ticket_and_told_of_at_most_every_ten_minutes(house: House) -> None:
    with hooked(house, routes=[ROUTE]) as hook:
        hook.fires("Down")
        card = house.card("T-1")
        for minute in range(1, 25):
            house.moves(minutes=1)
            assert hook.send("alertmanager", delivery("Down", note=str(minute))).status == 202
        house.settles()
        assert times(house, "T-1", Event.ALERTED_AGAIN) == 2
        house.slack.expects("The alert has come 11 times by now, says hook prometheus", in_="#desk", thread=card)
        house.slack.expects("The alert has come 21 times by now, says hook prometheus", in_="#desk", thread=card)
        house.is_quiet()
        assert len(tickets(house)) == 1


def test_two_at_once_open_one_ticket(house: House) -> None:
    """Also when they come over two doors, as from two replicas, and say it in other words."""
    with hooked(house, routes=[ROUTE]) as hook, hooked(house, routes=None, name="second") as other:
        gate = threading.Barrier(8)

        def send(place: int) -> None:
            gate.wait()
            sender = (hook, other)[place % 2]
            assert sender.send("alertmanager", delivery("Down", note=str(place)), key=hook.key).status == 202

        threads = [threading.Thread(target=send, args=(place,)) for place in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        house.card("T-1")
        assert len(tickets(house)) == 1
        house.is_quiet()


def test_what_is_over_is_noted_and_ends_the_ticket_where_its_route_says_so(house: House) -> None:
    """Nobody had begun: the promises are taken back, none counts as kept or broken."""
    routes = [ROUTE | {"resolves": True, "match": {"alertname": "Short"}}, ROUTE | {"key": "rest"}]
    with hooked(house, routes=routes) as hook:
        hook.fires("Short", "Long")
        first, second = house.card("Short is wrong"), house.card("Long is wrong")
        house.moves(minutes=5)
        hook.fires("Short", "Long", status="resolved")
        house.slack.expects("The alert is over, says hook prometheus", in_="#desk", thread=first)
        house.slack.expects("The alert is over, says hook prometheus", in_="#desk", thread=second)
        house.slack.expects_edit(first, "The alert is over.")
        house.is_quiet()
        assert stored(house, "T-1").status == Status.RESOLVED
        assert stored(house, "T-1").work_started_at is None
        assert clocks(house, "T-1")["start_of_work"].state == "withdrawn"
        assert stored(house, "T-2").status == Status.NEW


def test_a_ticket_that_somebody_works_on_is_not_ended_by_its_alert(house: House) -> None:
    with hooked(house, routes=[ROUTE | {"resolves": True}]) as hook:
        hook.fires("Down")
        card = house.card("T-1")
        house.person("ola").clicks("Start work", on=card)
        house.settles()
        hook.fires("Down", status="resolved")
        house.settles()
        assert stored(house, "T-1").status == Status.IN_PROGRESS
        assert times(house, "T-1", Event.ALERT_ENDED) == 1


def test_an_alert_that_fires_again_reopens_for_so_long_and_then_opens_another(house: House) -> None:
    """Reopened, it is as new as it was: its clock goes on, without the time in between."""
    with hooked(house, routes=[ROUTE | {"resolves": True, "reopen_minutes": 30}]) as hook:
        hook.fires("Down")
        house.card("T-1")
        house.moves(minutes=10)
        hook.fires("Down", status="resolved")
        house.moves(minutes=20)
        hook.send("alertmanager", delivery("Down", note="again"))
        house.settles()
        assert stored(house, "T-1").status == Status.NEW
        assert clocks(house, "T-1")["start_of_work"].due_at == oslo("2026-11-24 13:00")
        hook.send("alertmanager", delivery("Down", status="resolved", note="again"))
        house.moves(minutes=31)
        hook.send("alertmanager", delivery("Down", note="later"))
        house.card("T-2")
        house.is_quiet()
        assert stored(house, "T-1").status == Status.RESOLVED


def test_alerts_that_are_one_by_their_labels_are_over_when_the_last_is(house: House) -> None:
    with hooked(house, routes=[ROUTE | {"dedup_by": ["cluster"], "resolves": True}]) as hook:
        hook.fires("Cpu", "Memory", "Disk", cluster="north")
        house.card("T-1")
        hook.fires("Cpu", "Disk", cluster="north", status="resolved")
        house.settles()
        assert stored(house, "T-1").status == Status.NEW
        hook.fires("Memory", cluster="north", status="resolved")
        house.settles()
        assert stored(house, "T-1").status == Status.RESOLVED
        assert len(tickets(house)) == 1


def test_a_storm_becomes_one_ticket_with_a_count_and_the_first_ones(house: House) -> None:
    with hooked(house, routes=[ROUTE | {"storm": 3, "resolves": True}]) as hook:
        names = [f"Alert{number:02}" for number in range(20)]
        assert hook.fires(*names).body == {"accepted": 20}
        storm = house.card("Alert storm: all")
        for name in names[:3]:
            house.card(f"{name} is wrong")
        for words in ("More than 3 new alerts", "Alert03 is wrong", "Alert12 is wrong"):
            house.slack.expects_edit(storm, words)
        assert "Alert13" not in str(storm.now())
        assert len(tickets(house)) == 4
        house.moves(minutes=11)
        hook.send("alertmanager", delivery(names[19], note="again"))
        house.slack.expects("The alert has come 18 times by now", in_="#desk", thread=storm)
        hook.fires(*names, status="resolved")
        house.settles()
        assert {ticket.status for ticket in tickets(house)} == {Status.RESOLVED}


def test_cards_wait_from_the_eleventh_ticket_within_a_second_until_fewer_come() -> None:
    pouring = Pouring()
    evenly = [pouring.cards_wait(0.05 * n) for n in range(POURING + 2)]
    assert evenly == [timedelta(0)] * POURING + [CARDS_WAIT] * 2
    assert pouring.cards_wait(1.04) == CARDS_WAIT
    assert pouring.cards_wait(1.56) == timedelta(0)
    slowly = Pouring()
    assert {slowly.cards_wait(0.101 * n) for n in range(40)} == {timedelta(0)}


def test_when_alerts_pour_in_everybody_is_paged_at_once_and_the_cards_follow(house: House) -> None:
    with hooked(house, routes=[PAGING | {"storm": 100}]) as hook:
        hook.fires(*(f"Alert{number:02}" for number in range(POURING + 2)))
        with house.vakt.database.reading() as session:
            owed = list(session.exec(select(Outgoing).order_by(Outgoing.ticket_number)))  # type: ignore[arg-type]
        waits = {kind: [(row.ready_at - row.created_at) for row in owed if row.kind == kind] for kind in Kind}
        assert waits[Kind.PAGE] == [timedelta(0)] * (POURING + 2)
        assert waits[Kind.DESK_CARD][:POURING] == [timedelta(0)] * POURING
        assert set(waits[Kind.DESK_CARD][POURING:]) <= {timedelta(0), CARDS_WAIT}  # as fast as this machine is
        for number in range(POURING + 2):
            house.card(f"Alert{number:02} is wrong")


def test_what_fires_and_is_over_in_one_delivery_opens_a_ticket_and_ends_it(house: House) -> None:
    with hooked(house, routes=[ROUTE | {"resolves": True}]) as hook:
        both = delivery("Disk")
        both["alerts"] += delivery("Disk", status="resolved")["alerts"]
        assert hook.send("alertmanager", both).body == {"accepted": 2}
        house.settles()
        [ticket] = tickets(house)
        assert ticket.status == Status.RESOLVED
        assert [event for event in events(house, "T-1") if event != Event.OPENED] == [
            Event.ALERT_ENDED,
            Event.RESOLVED,
        ]


def test_an_alert_without_a_route_is_told_to_the_desk_once_an_hour(house: House) -> None:
    with hooked(house, routes=[ROUTE | {"match": {"severity": "critical"}}]) as hook:
        for place in range(3):
            assert hook.send("alertmanager", delivery("Odd", team="a", note=str(place))).status == 202
        house.slack.expects("No route takes the alert Odd is wrong of hook prometheus", in_="#desk")
        house.is_quiet()
        house.moves(hours=1)
        hook.send("alertmanager", delivery("Odd", note="later"))
        house.slack.expects("No route takes the alert Odd is wrong", in_="#desk")
        house.is_quiet()
        assert tickets(house) == []


def _mrkdwn(part: object) -> Iterator[str]:
    """Every text in a message that Slack reads as markup."""
    if isinstance(part, list):
        for each in part:
            yield from _mrkdwn(each)
    elif isinstance(part, dict):
        if part.get("type") == "mrkdwn":
            yield part["text"]
        for each in part.values():
            yield from _mrkdwn(each)


def test_what_comes_from_outside_is_never_markup_and_never_too_long(house: House) -> None:
    nasty = "<!channel> *bold* \u202eabc\x00\x07 " + "x" * 9_000
    with hooked(house, routes=[ROUTE]) as hook:
        sent = GENERIC | {"summary": nasty, "details": nasty, "labels": {"a<b": nasty}, "link": "javascript:alert(1)"}
        assert hook.send("generic", sent).status == 202
        card = house.card("T-1")
        for odd in ("\u202e", "\x00", "javascript:"):
            assert odd not in str(card.now())
        spoken = [text for heard in house.slack.world.heard for text in _mrkdwn(heard.body)]
        assert spoken
        assert all("<!channel>" not in text and "*bold*" not in text for text in spoken)
        house.is_quiet()


BAD: list[tuple[str, bytes | object, str, int, str]] = [
    ("alertmanager", b"{", "POST", 400, "malformed"),
    ("alertmanager", b"\xff\xfe", "POST", 400, "malformed"),
    ("alertmanager", b"[" * 100_000, "POST", 400, "malformed"),
    ("alertmanager", b'{"version": ' + b"9" * 5_000 + b"}", "POST", 400, "malformed"),
    ("alertmanager", [], "POST", 422, "not_an_alert"),
    ("alertmanager", {"version": "3", "alerts": []}, "POST", 422, "not_an_alert"),
    ("alertmanager", {"version": "4", "alerts": [{"labels": {"alertname": 3}}]}, "POST", 422, "not_an_alert"),
    ("alertmanager", delivery(*[f"A{n}" for n in range(1_001)]), "POST", 422, "not_an_alert"),
    ("generic", {"dedup_key": "a"}, "POST", 422, "not_an_alert"),
    ("generic", GENERIC | {"status": "odd"}, "POST", 422, "not_an_alert"),
    ("generic", GENERIC | {"owner": "me"}, "POST", 422, "not_an_alert"),
    ("generic", b" " * 500_001, "POST", 413, "too_large"),
    ("generic", GENERIC, "PUT", 405, "method"),
    ("alertmanager", None, "GET", 405, "method"),
    ("unknown", GENERIC, "POST", 404, "unknown_address"),
    ("heartbeat", None, "POST", 404, "unknown_key"),
]


def test_bad_requests_are_refused_in_words_and_store_nothing(house: House) -> None:
    with hooked(house, routes=[ROUTE]) as hook:
        for kind, body, method, status, reason in BAD:
            answer = hook.send(kind, body, method=method)
            assert (answer.status, answer.body["error"]) == (status, reason), (kind, method, answer)
            assert answer.body["message"]
        assert hook.send("generic", GENERIC, key="x" * 43).status == 404
        assert hook.send("generic", GENERIC, key="x" * 300).status == 404
        # The good alert beside the bad one is not stored either.
        mixed = delivery("Good", "Bad")
        mixed["alerts"][1]["status"] = "odd"
        assert hook.send("alertmanager", mixed).body["message"].startswith('alerts[1].status is "odd"')
        house.is_quiet()
        assert tickets(house) == []
        with house.vakt.database.reading() as session:
            assert session.exec(select(Received)).all() == []


def test_a_signed_hook_takes_only_what_is_signed_lately_and_once(house: House) -> None:
    with hooked(house, routes=[ROUTE], signed=True) as hook:
        body, now = b'{"dedup_key": "a", "summary": "Down"}', int(SystemClock().now().timestamp())
        other = b'{"dedup_key": "b", "summary": "Down too"}'
        for headers, reason in (
            ({}, "unsigned"),
            (hook.signed(body, now - 301), "stale"),
            (hook.signed(body, now + 400), "stale"),
            (hook.signed(other, now), "signature"),
        ):
            answer = hook.send("generic", body, headers=headers)
            assert (answer.status, answer.body["error"]) == (401, reason)
        assert hook.send("generic", body, headers=hook.signed(body, now)).status == 202
        assert hook.send("generic", other, headers=hook.signed(other, now, "msg_1")).status == 202
        house.card("T-1")
        house.is_quiet()
        assert len(tickets(house)) == 1


def test_a_revoked_key_is_refused(house: House) -> None:
    with hooked(house, routes=[ROUTE]) as hook:
        hook.revoke()
        assert hook.fires("Down").status == 404
        assert tickets(house) == []


def test_who_sends_too_much_is_told_when_to_try_again(house: House) -> None:
    house.vakt.settings.vakt_hook_requests_per_second = 0.5
    with hooked(house, routes=[ROUTE]) as hook:
        answers = [hook.send("alertmanager", delivery("Down", note=str(place))) for place in range(4)]
        refused = [answer for answer in answers if answer.status == 429]
        assert refused
        assert int(refused[0].headers["retry-after"]) in {1, 2}
        house.card("T-1")


def test_one_alert_that_cannot_be_opened_takes_no_other_with_it(house: House) -> None:
    """Its customer is gone since the file was imported: the desk is told."""
    routes = [ROUTE | {"match": {"alertname": "Gone"}, "key": "gone"}, ROUTE]
    with hooked(house, routes=routes) as hook:
        hook.reroute("gone", customer="nobody")
        assert hook.fires("Gone", "Well").status == 202
        house.card("Well is wrong")
        house.slack.expects("its route gone names what is not there", in_="#desk")
        house.is_quiet()
        assert len(tickets(house)) == 1


def test_the_http_door_answers_hooks_beside_slack(house: House) -> None:
    if house.transport.startswith("socket"):
        return
    with hooked(house, routes=[ROUTE]) as hook:
        beside = Hooked(house, house.http_port, hook.key)
        assert beside.fires("Down").status == 202
        assert beside.send("generic", GENERIC, key="x" * 43).body["error"] == "unknown_key"
        house.card("T-1")
