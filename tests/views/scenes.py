"""Facts to draw: one desk, one customer, and every view with what people typed exchanged at will."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from handlers.views import (
    acts,
    alarms,
    cards,
    customer_cards,
    findings,
    homes,
    hooks,
    lists,
    log,
    notices,
    notifying,
    oncall,
    oncall_forms,
    oncall_watch,
    opening,
    paging,
    refusals,
    reminders,
    why,
)
from handlers.views import facts as f
from handlers.views.blocks import Block, Rendered, ViewDict
from handlers.views.facts import hooks as hook_facts
from handlers.views.facts import paging as page_facts
from handlers.views.facts import rotas as rota_facts
from handlers.views.words import Words
from models.escalation import GroupFault, StepKind, Why
from models.sla.clock import Until, WorkingTime
from models.sla.contract import ClockKind, Role, Strength, TicketKind, WaitKind
from tests.views import sla_scenes

STOCKHOLM = ZoneInfo("Europe/Stockholm")
EN = Words("en", STOCKHOLM)
NB = Words("nb", ZoneInfo("Europe/Oslo"))
SV = Words("sv", STOCKHOLM)
READERS = (EN, NB, SV)

ORDINARY = "Invoices will not send"
HOSTILE = (
    "<!channel> <@U666> <#C666|secret> <https://evil.example|bank> &amp; *bold* _it_ ~no~ `code` @here "
    "<!date^1^{date}|never> {place} {0} %s \u202egnp.exe \x00 \n> quoted\n"
)
HUGE = "Råksmörgås & <tag> " * 400
BLANK = " \n\t "
TYPED = {"ordinary": ORDINARY, "hostile": HOSTILE, "huge": HUGE, "blank": BLANK}


def at(clock: str, day: int = 23) -> datetime:
    """A moment of November 2026 on the wall in Stockholm."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, day, hour, minute, tzinfo=STOCKHOLM).astimezone(UTC)


def hours(h: int, m: int = 0) -> timedelta:
    return timedelta(hours=h, minutes=m)


NOW = at("11:35")
KARI = f.PersonFact("U1", "Kari Nordmann")
OLA = f.PersonFact("U2", "Ola Hansen")
PER = f.PersonFact("U3", "Per")
SENIOR = f.RoleFact(Role.SENIOR, (PER,))
P2 = f.SeverityFact(
    "P2",
    {"en": "Priority 2", "nb": "Prioritet 2", "sv": "Prioritet 2"},
    {"en": "business made considerably harder", "nb": "driften vesentlig vanskeligere", "sv": "avsevärt försvårad"},
    "SO-11",
)
P3 = f.SeverityFact("P3", {"en": "Priority 3", "sv": "Prioritet 3"}, {}, "SO-12")
READING = "Ordinary opening hours are Mon–Fri 08:00–17:00"

START = f.ClockFacts(
    kind=ClockKind.START_OF_WORK,
    strength=Strength.PROMISED,
    clause="SO-15",
    due_at=at("13:40"),
    budget=hours(4),
    remaining=hours(2, 5),
    spent=1 - 125 / 240,
    zone="Europe/Stockholm",
    starts_at=at("09:40"),
    reading=READING,
)


def clock(base: f.ClockFacts = START, **changes: Any) -> f.ClockFacts:
    return replace(base, **changes)


def ticket(typed: str = ORDINARY, **changes: Any) -> f.TicketFacts:
    facts = f.TicketFacts(
        number="T-12",
        summary=typed,
        details=typed,
        customer=typed if typed != ORDINARY else "Acme",
        contract="SoftOne",
        kind=TicketKind.FAULT,
        status=f.Status.NEW,
        severity=P2,
        severity_confirmed=True,
        opened_by=person(typed),
        reported_at=at("09:40"),
        now=NOW,
        clocks=(START,),
    )
    return replace(facts, **changes)


def person(typed: str) -> f.PersonFact:
    return KARI if typed == ORDINARY else f.PersonFact("U1", typed)


# States a ticket goes through


def started(typed: str = ORDINARY) -> f.TicketFacts:
    done = clock(due_at=at("13:40"), stopped_at=at("10:12"), done_by=OLA, ahead_by=hours(3, 28))
    return ticket(typed, status=f.Status.IN_PROGRESS, owner=OLA, started_at=at("10:12"), started_by=OLA, clocks=(done,))


def waiting(typed: str = ORDINARY) -> f.TicketFacts:
    stands = clock(due_at=None, remaining=hours(1, 40), paused=WaitKind.ACCESS, paused_since=at("10:30"))
    return ticket(
        typed,
        status=f.Status.WAITING_ACCESS,
        wait=WaitKind.ACCESS,
        waiting_since=at("10:30"),
        clock_stands=True,
        clocks=(stands,),
    )


def late(typed: str = ORDINARY, strength: Strength = Strength.PROMISED) -> f.TicketFacts:
    gone = clock(
        strength=strength,
        breached=True,
        spent=1.0,
        remaining=-hours(0, 25),
        late_by=hours(0, 25),
        escalated_to=(SENIOR,),
    )
    return ticket(typed, now=at("14:05"), clocks=(gone,))


def resolved(typed: str = ORDINARY) -> f.TicketFacts:
    return ticket(
        typed,
        status=f.Status.RESOLVED,
        owner=OLA,
        outcome=typed,
        resolved_at=at("11:20"),
        resolved_by=person(typed),
        call_back=True,
        clocks=(clock(stopped_at=at("11:20"), late_by=hours(0, 5), breached=True),),
    )


def laden(typed: str = ORDINARY) -> f.TicketFacts:
    """Everything at once that a card can carry."""
    return ticket(
        typed,
        severity_confirmed=False,
        on_behalf_of=person(typed),
        intake="phone",
        level=3,
        wait=WaitKind.CUSTOMER,
        status=f.Status.WAITING_CUSTOMER,
        waiting_since=at("10:30"),
        workaround=typed,
        offers_workaround=True,
        outside_agreement=typed,
        development_case=typed,
        next_update_at=at("16:00"),
        call_back=True,
        has_release=True,
        on_behalf=True,
        ordered_by=typed,
        asked=(({"en": typed}, typed),),
        customer_notes=({"en": typed},),
        notes=({"en": typed},),
        clocks=tuple(
            clock(kind=kind, strength=strength, expected_at=at("12:00")) for kind in ClockKind for strength in Strength
        ),
    )


def tickets(typed: str = ORDINARY) -> Mapping[str, f.TicketFacts]:
    return {
        "new": ticket(typed),
        "started": started(typed),
        "waiting": waiting(typed),
        "shown wait": ticket(typed, wait=WaitKind.CUSTOMER, waiting_since=at("10:30")),
        "late": late(typed),
        "resolved": resolved(typed),
        "closed": ticket(typed, status=f.Status.CLOSED, clocks=()),
        "merged": ticket(typed, status=f.Status.CLOSED, clocks=(), duplicate_of="T-9"),
        "best effort": ticket(typed, clocks=(), best_effort=True),
        "planned": ticket(typed, clocks=(), target_release=typed),
        "no class": ticket(typed, severity=None, kind=TicketKind.QUESTION),
        "laden": laden(typed),
    }


# Other facts


def line(kind: f.LogKind, typed: str = ORDINARY, **changes: Any) -> f.LogFacts:
    facts = f.LogFacts(
        kind=kind,
        number="T-12",
        at=at("10:12"),
        now=NOW,
        by=person(typed),
        to=OLA,
        text=typed,
        intake="phone",
        before=P2,
        after=P3,
        wait=WaitKind.ACCESS,
        clock=START,
        role=SENIOR,
        links=(f.LinkFact(typed, "https://files.slack.com/F1/log.txt"),),
        other=typed,
        next_update_at=at("16:00"),
        moved=((at("11:00"), at("12:00")),),
    )
    return replace(facts, **changes)


def bare_line(kind: f.LogKind) -> f.LogFacts:
    return f.LogFacts(kind=kind, number="T-12", at=at("10:12"), now=NOW)


def reminder(number: str = "T-12", typed: str = ORDINARY, **changes: Any) -> f.ReminderFacts:
    facts = f.ReminderFacts(
        number=number,
        summary=typed,
        customer="Acme",
        severity=P2,
        clock=clock(remaining=hours(1), spent=0.75),
        now=at("12:40"),
    )
    return replace(facts, **changes)


def gathered(why_: f.Gathered, count: int = 3, typed: str = ORDINARY) -> f.GatheredFacts:
    return f.GatheredFacts(
        why=why_,
        reminders=tuple(reminder(f"T-{n}", typed) for n in range(1, count + 1)),
        now=at("16:00", 20),
        opening_at=at("08:00", 24),
        closing_at=at("17:00", 20),
        closed_on=at("12:00"),
        closed_because=typed,
        down_from=at("08:02", 20),
        down_to=at("08:31", 20),
    )


def escalation(why_: f.EscalationReason, typed: str = ORDINARY, **changes: Any) -> f.EscalationFacts:
    facts = f.EscalationFacts(
        number="T-12",
        summary=typed,
        customer="Acme",
        severity=P2,
        role=SENIOR,
        why=why_,
        now=at("14:05"),
        clock=late().clock,
        owner=OLA,
        text=typed,
        by=person(typed),
        clause="PI-09",
    )
    return replace(facts, **changes)


def page(typed: str = ORDINARY, **changes: Any) -> page_facts.PageFacts:
    facts = page_facts.PageFacts(
        number="T-21",
        summary=typed,
        customer="Pindena",
        severity=f.SeverityFact("critical", {"en": "Critical"}, {}, "PI-01"),
        sent_at=at("23:04", 21),
        now=at("23:06", 21),
        next_steps=((typed if typed != ORDINARY else "Ola", at("23:09", 21)), ("management", at("23:24", 21))),
    )
    return replace(facts, **changes)


CALLED_OUT: Mapping[str, dict[str, Any]] = {
    "nobody on call": {"then": (OLA,)},
    "channel": {"nobody": ()},
    "last": {"last": True, "people": (KARI, OLA)},
    "private": {"summary": "", "customer": "", "severity": None},
    "by hand": {"number": None, "value": "P-1", "severity": None, "customer": ""},
}


def call_out(typed: str = ORDINARY, **changes: Any) -> page_facts.CallOutFacts:
    facts = page_facts.CallOutFacts(
        number="T-21",
        value="T-21",
        summary=typed,
        customer="Pindena",
        severity=f.SeverityFact("critical", {"en": "Critical"}, {}, "PI-01"),
        now=at("23:06", 21),
        nobody=tuple(page_facts.StepFact(kind, "on_call" if kind is StepKind.ROLE else typed) for kind in StepKind),
    )
    return replace(facts, **changes)


def told(typed: str = ORDINARY, calls: int = 1) -> page_facts.ToldFacts:
    at_last = at("23:09", 21)
    call = page_facts.CallFacts(
        person=person(typed),
        step=page_facts.StepFact(StepKind.ROTA, typed),
        round=1,
        queued_at=at("23:04", 21),
        until=at_last,
    )
    several = tuple(replace(call, why=why_, sent_at=at_last, ts="1.000001") for why_ in Why)
    waited = replace(call, until=None, again=True, round=2)
    page_ = page_facts.AccountFacts(started_at=at("23:04", 21), calls=(*several * calls, call, waited), next_at=at_last)
    mailed = replace(call, step=page_facts.StepFact(StepKind.MAIL, typed))
    refused = replace(page_, calls=(replace(call, refused=typed), replace(mailed, refused=typed), mailed))
    taken = replace(page_, acknowledged_by=person(typed), acknowledged_at=at_last)
    ended = replace(taken, ended_at=at_last, ended_by=person(typed), ended_why=Why.STARTED)
    return page_facts.ToldFacts(number="T-21", pages=(page_, refused, taken, ended), now=at("23:30", 21))


def why_facts(typed: str = ORDINARY, ledgers: int = 1, spans: int = 1) -> f.WhyFacts:
    counted = (
        f.CountedSpan(at("15:30", 20), at("17:00", 20), hours(1, 30)),
        f.CountedSpan(at("08:00"), at("09:10"), hours(1, 10)),
        f.CountedSpan(at("10:00"), at("11:20"), hours(1, 20)),
    )
    skipped: tuple[f.SkippedSpan, ...] = (
        f.SkippedSpan(at("17:00", 20), at("08:00"), "closed, weekend"),
        f.SkippedSpan(at("09:10"), at("10:00"), typed if typed != ORDINARY else "waiting for access"),
    )
    if spans > 1:
        skipped = (*skipped, f.SkippedSpan(at("11:00"), None, "waiting for access"))
    account = f.LedgerFacts(
        clock=clock(due_at=at("11:20"), reading=typed if typed != ORDINARY else READING),
        target=WorkingTime(hours(4)),
        counted=counted * spans,
        skipped=skipped * spans,
        total=hours(4),
    )
    stands = f.LedgerFacts(clock=clock(due_at=None), target=Until(at("16:00")), chosen_by=OLA, total=hours(1))
    return f.WhyFacts(
        number="T-12",
        summary=typed,
        severity=P2,
        answers=(({"en": "Does it start?"}, {"en": "Yes"}), ({"en": typed}, {"en": typed})),
        ledgers=(account, *[stands] * (ledgers - 1)),
        now=NOW,
    )


def question(key: str = "starts", chosen: str | None = "yes", typed: str = ORDINARY) -> f.QuestionFact:
    answers = tuple(f.ChoiceFact(each, {"en": f"{each} {typed}"}) for each in ("no", "yes"))
    return f.QuestionFact(key, {"en": f"Does GO start? {typed}"}, answers, chosen, {"en": typed})


def outcome(**changes: Any) -> f.OutcomeFact:
    facts = f.OutcomeFact(severity=P2, basis=f.Basis.ANSWERS, clocks=(START,))
    return replace(facts, **changes)


def opening_facts(typed: str = ORDINARY, **changes: Any) -> f.OpenFacts:
    facts = f.OpenFacts(
        metadata='{"draft":"1"}',
        now=at("09:40"),
        scope="softone-fault",
        customer=f.CustomerFact("acme", typed if typed != ORDINARY else "Acme", "SoftOne"),
        summary=typed,
        details=typed,
        extras=(f.ExtraFact("browser", {"en": typed}), f.ExtraFact("before", {"en": "Before"}, multiline=True)),
        questions=(question(typed=typed), question("harder", None, typed)),
        outcome=outcome(),
        charging_clause="SO-06",
        notes=(typed,),
    )
    return replace(facts, **changes)


def first_asked(typed: str = ORDINARY, **changes: Any) -> f.OpenFacts:
    """Somebody who is no super user asks a question, of a customer with several products."""
    products = tuple(f.ChoiceFact(f"p{n}", {"en": typed}) for n in range(3))
    people = (person(typed), OLA)
    return opening_facts(
        typed, products=products, product="p1", first_asked=people, first_asked_clause="PI-11", **changes
    )


def passed_on(typed: str = ORDINARY) -> f.PassedOnFacts:
    return f.PassedOnFacts(by=person(typed), customer=typed, summary=typed, details=typed, clause="PI-11")


def for_customer(typed: str = ORDINARY) -> f.OpenFacts:
    """An agent opens on behalf, from a message."""
    customers = tuple(f.CustomerFact(f"c{n}", typed, "SoftOne") for n in range(5))
    return opening_facts(
        typed,
        customers=customers,
        customer=customers[0],
        on_behalf=True,
        intakes=(f.ChoiceFact("mail", {"en": typed}), f.ChoiceFact("phone", {"en": "Phone"})),
        intake="phone",
        received_at=at("09:00"),
        items=(f.ChoiceFact("licence", {"en": typed}),),
        kind=TicketKind.REQUEST,
        source=f.LinkFact(typed, "https://vakt.slack.com/archives/C1/p1"),
        outcome=outcome(
            severity=None, basis=f.Basis.NONE, clocks=(clock(strength=Strength.AIM),), collected_until=at("08:00", 24)
        ),
    )


def act_facts(typed: str = ORDINARY) -> f.ActFacts:
    facts = ticket(typed, answers=(({"en": typed}, {"en": typed}),), outside_agreement=typed)
    return f.ActFacts(metadata="m", ticket=facts, severities=(P2, P3), text=typed)


def row(number: str = "T-12", typed: str = ORDINARY, facts: f.ClockFacts | None = START) -> f.RowFact:
    customer = "Acme" if typed == ORDINARY else typed
    return f.RowFact(
        number=number,
        summary=typed,
        customer=customer,
        severity=P2,
        status=f.Status.NEW,
        owner=person(typed),
        clock=facts,
    )


def rows(typed: str, count: int) -> tuple[f.RowFact, ...]:
    return tuple(row(f"T-{n}", typed) for n in range(count))


def list_facts(typed: str = ORDINARY, count: int = 3, **changes: Any) -> f.ListFacts:
    facts = f.ListFacts(listing=f.Listing.OPEN, rows=rows(typed, count), total=count, now=NOW)
    return replace(facts, **changes)


def details(typed: str = ORDINARY, **changes: Any) -> f.DetailsFacts:
    facts = f.DetailsFacts(
        ticket=laden(typed),
        log=tuple(line(kind, typed) for kind in f.LogKind),
        for_desk=True,
        page=1,
        pages=3,
        link=f.LinkFact(typed, "https://vakt.slack.com/archives/C1/p1"),
    )
    return replace(facts, **changes)


def agent_home(typed: str = ORDINARY, count: int = 3) -> f.AgentHomeFacts:
    some = rows(typed, count)
    people = (person(typed), OLA)
    return f.AgentHomeFacts(
        mine=some, late=some, due_today=some, rest=some, now=NOW, on_call=people, on_call_next=people, pages=2
    )


def contact_home(typed: str = ORDINARY, count: int = 3) -> f.ContactHomeFacts:
    return f.ContactHomeFacts(
        customer=typed,
        contract="SoftOne",
        contract_lines=(typed,) * 5,
        rows=rows(typed, count),
        now=NOW,
        page=1,
        pages=3,
    )


def refusal(key: f.Refusal, typed: str = ORDINARY) -> f.RefusalFacts:
    kinds: Mapping[str, f.Value] = {
        "at": at("10:12"),
        "received": at("09:40"),
        "people": (person(typed), OLA),
        "anyone": (person(typed), OLA, PER),
        "person": person(typed),
        "severity": P2.name,
        "length": 5000,
        "limit": 200,
    }
    values = {name: kinds.get(name, typed) for name in refusals.needs(key)}
    return f.RefusalFacts(key, NOW, values, action="ticket.send_to_contact", value="U1:T-12", contact=person(typed))


# Every view there is


def messages(typed: str, w: Words) -> Iterator[tuple[str, Rendered]]:
    """Every message in every state, by name."""
    for name, facts in tickets(typed).items():
        yield f"desk card, {name}", cards.desk_card(facts, w)
        yield f"customer card, {name}", customer_cards.customer_card(facts, w)
    yield from _hooks(typed, w)
    for kind in f.LogKind:
        yield f"log, {kind}", log.log_line(line(kind, typed), w)
        yield f"bare log, {kind}", log.log_line(bare_line(kind), w)
    by_itself = line(f.LogKind.ASSIGNED, typed, by=None, clause="SO-02")
    yield "log, assigned by product", log.log_line(by_itself, w)
    for left_out in (0, 1):
        members = tuple(person(typed) for _ in range(30))
        of_group = line(f.LogKind.PAGED, typed, group="S1", members=members, left_out=left_out)
        yield f"log, group paged, {left_out} left out", log.log_line(of_group, w)
    yield "log, mailed", log.log_line(line(f.LogKind.PAGED, typed, way="mail", other=typed), w)
    yield from _reminding(typed, w)
    yield from _noticing(typed, w)
    yield from _answering(typed, w)
    yield from _finding(w)


def _finding(w: Words) -> Iterator[tuple[str, Rendered]]:
    for kind in f.FindingKind:
        numbers = tuple(f"T-{number}" for number in range(1, 31))
        yield f"finding, {kind}", findings.finding(f.FindingFacts(kind, 1, mended=True), w)
        yield f"findings, {kind}", findings.finding(f.FindingFacts(kind, 30, mended=False, tickets=numbers), w)


def _reminding(typed: str, w: Words) -> Iterator[tuple[str, Rendered]]:
    yield "reminder", reminders.reminder(reminder(typed=typed), w)
    yield "reminder, standing", reminders.reminder(reminder(typed=typed, clock=clock(due_at=None)), w)
    for why_ in f.Gathered:
        for count in (1, 3, 60):
            yield f"{why_}, {count}", reminders.gathered(gathered(why_, count, typed), w)
    for strength in Strength:
        gone = reminder(typed=typed, clock=late(typed, strength).clock)
        yield f"late, {strength}", reminders.late(gone, w)
    yield "expected passed", reminders.expected_passed(reminder(typed=typed), w)
    for reason in f.EscalationReason:
        yield f"escalation, {reason}", alarms.escalation(escalation(reason, typed), w)
        nobody = escalation(reason, typed, role=f.RoleFact(Role.MANAGER), clock=None, owner=None, text=None)
        yield f"escalation to nobody, {reason}", alarms.escalation(nobody, w)
    yield "page", paging.page(page(typed), w)
    yield "page, second", paging.page(page(typed, position=2, next_steps=(), clock=START), w)
    yield "page, night", paging.page(page(typed, clock_starts_at=at("08:00")), w)
    yield "page, may wait", paging.page(page(typed, may_wait_until=at("08:00")), w)
    yield "page, waits", paging.page(page(typed, may_wait_until=at("08:00"), waits_because=typed), w)
    yield "page, declined", paging.page(page(typed, declined=True), w)
    yield "page, started", paging.page(page(typed, started=True), w)
    answered = page(typed, acknowledged_at=at("23:06", 21), acknowledged_by=person(typed))
    yield "page, answered", paging.page(answered, w)
    yield from _paging(typed, w)


def _hooks(typed: str, w: Words) -> Iterator[tuple[str, Rendered]]:
    in_use = hook_facts.HookFact(name=typed, created_at=NOW, heartbeat=typed, signed=True)
    gone = hook_facts.HookFact(name=typed, created_at=NOW, revoked_at=NOW)
    rows = (in_use, gone) * 20
    yield "hooks", hooks.hooks_message(hook_facts.HooksFacts(hooks=rows, now=NOW, more=2, revoked=typed), w)
    yield "hooks, none", hooks.hooks_message(hook_facts.HooksFacts(hooks=(), now=NOW), w)
    new = hook_facts.NewHookFacts(name=typed, paths=(f"/hooks/generic/{'k' * 43}",), secret="whsec_x")
    yield "new hook", hooks.new_hook_message(new, w)


def _gathered_pages(typed: str, w: Words) -> Iterator[tuple[str, Rendered]]:
    answered = {"acknowledged_at": at("23:06", 21), "acknowledged_by": person(typed)}
    by_hand = page(typed, number="P-1", ad_hoc=True, by=person(typed), severity=None, customer="")
    of_each = (page(typed), page(typed, resolved=True), page(typed, declined=True), page(typed, **answered), by_hand)
    passed_on = page(typed, passed_on=Why.NO_ANSWER, passed_on_at=at("23:09", 21), passed_on_to=(person(typed),))
    gathered_ = page_facts.GatheredPagesFacts(value="r", pages=(*of_each, passed_on), now=NOW)
    yield "pages", paging.gathered(gathered_, w)
    yield "pages, again", paging.gathered(replace(gathered_, repeated=True, others=(("T-1", typed),)), w)
    over = tuple(page(typed, started=True) for _ in range(3))
    yield "pages, over", paging.gathered(replace(gathered_, pages=over), w)
    for more in (1, 10):
        many = replace(gathered_, pages=(page(typed, may_wait_until=at("08:00")),) * 20, more=more)
        yield f"pages, {more} more", paging.gathered(many, w)


def _paging(typed: str, w: Words) -> Iterator[tuple[str, Rendered]]:
    for why_ in Why:
        on = page(typed, passed_on=why_, passed_on_at=at("23:09", 21), passed_on_to=(person(typed),))
        yield f"page, passed on, {why_}", paging.page(on, w)
    yield "page, nobody left", paging.page(page(typed, passed_on=Why.NO_ANSWER, passed_on_at=at("23:09", 21)), w)
    asked = {"acknowledged_at": at("23:06", 21), "asked_again_at": at("23:21", 21)}
    yield "page, answered, asked later", paging.page(page(typed, acknowledged_by_reader=True, **asked), w)
    yield "page, asked again", paging.page(page(typed, asks_again=True, **asked), w)
    yield "page, resolved", paging.page(page(typed, resolved=True), w)
    yield "page, reclassified", paging.page(page(typed, reclassified=True), w)
    yield "page, gathered", paging.page(page(typed, others=(("T-1", typed), ("", typed))), w)
    yield from _gathered_pages(typed, w)
    by_hand = page(typed, number="P-1", ad_hoc=True, by=person(typed), severity=None, customer="")
    yield "page by hand", paging.page(by_hand, w)
    yield "page by hand, last", paging.page(replace(by_hand, next_steps=()), w)
    yield "page by hand, answered", paging.page(replace(by_hand, acknowledged_at=at("23:06", 21)), w)
    for name, changes in CALLED_OUT.items():
        yield f"call out, {name}", paging.call_out(call_out(typed, **changes), w)
    steps = ((typed, at("23:09", 21)),)
    yield "sent", paging.sent(page_facts.SentFacts(people=(person(typed),), next_steps=steps, now=NOW), w)
    to_group = page_facts.SentFacts(people=(), next_steps=steps, now=NOW, group=f"@{typed}")
    yield "sent to a group", paging.sent(to_group, w)
    yield "to an address", paging.to_address(page(typed, next_steps=((typed, at("23:09", 21)),)), w)
    yield "to an address, private", paging.to_address(page("", repeated=True, next_steps=()), w)
    for fault in GroupFault:
        step = page_facts.StepFact(StepKind.GROUP, typed, fault)
        yield f"call out, group {fault}", paging.call_out(call_out(typed, nobody=(step,)), w)
    yield "sent to nobody", paging.sent(page_facts.SentFacts(people=(), next_steps=(), now=NOW), w)


def _noticing(typed: str, w: Words) -> Iterator[tuple[str, Rendered]]:
    facts = laden(typed)
    yield "release", notices.release_planned(line(f.LogKind.TARGET_RELEASE, typed, other=typed), w)
    yield "class changed", notices.class_changed(line(f.LogKind.SEVERITY_CHANGED, typed), facts, w)
    yield "reply", notices.reply(line(f.LogKind.REPLIED, typed), w)
    yield "waiting for access", notices.waiting_notice(waiting(typed), typed, w)
    yield "waiting for the customer", notices.waiting_notice(facts, typed, w)
    yield "workaround", notices.workaround_notice(facts, w)
    yield "more work", notices.needs_more_work(line(f.LogKind.NEEDS_MORE_WORK, typed), facts, w)
    yield "resolved", notices.resolved_notice(resolved(typed), w)
    yield "question passed on", notices.question_passed_on(passed_on(typed), w)
    yield "reopened", notices.reopened_notice(line(f.LogKind.REOPENED, typed), facts, w)
    for kind in ClockKind:
        for strength in Strength:
            gone = clock(late(typed, strength).clocks[0], kind=kind)
            yield f"late notice, {kind}, {strength}", notices.late_notice(late(typed), gone, w)
    yield "after resolution", notices.after_resolution(resolved(typed), w)
    for wait in WaitKind:
        ended = line(f.LogKind.RESUMED, typed, wait=wait)
        yield f"wait ended, {wait}", notices.wait_ended(ended, w)


def _answering(typed: str, w: Words) -> Iterator[tuple[str, Rendered]]:
    for count in (0, 1, 15, 40):
        yield f"list of {count}", lists.list_message(list_facts(typed, count, page=1, pages=4), w)
    yield "details, desk", lists.details_message(details(typed), w)
    yield "details, customer", lists.details_message(details(typed, for_desk=False), w)
    done = details(typed, ticket=resolved(typed), for_desk=False)
    yield "details, resolved", lists.details_message(done, w)
    yield "help", lists.help_message(True, w)
    for spans in (1, 20):
        yield f"why, {spans} spans", why.why_message(why_facts(typed, spans=spans), w)
    yield from _on_call(typed, w)
    yield from _watched(typed, w)
    yield from sla_scenes.messages(typed, w)
    for key in f.Refusal:
        yield f"refusal, {key}", refusals.refusal_message(refusal(key, typed), w)
    yield "bug", refusals.bug_message(typed, w)


# On call


def shift(typed: str = ORDINARY, day: int = 24, **changes: Any) -> rota_facts.ShiftFact:
    facts = rota_facts.ShiftFact(
        layer="day-shift",
        person=person(typed),
        since=at("08:00", day),
        until=at("08:00", day + 1),
        token=f"support:day-shift:p{day}:{1795500000 + day}:1795586400",
    )
    return replace(facts, **changes)


def rota_fact(typed: str = ORDINARY, **changes: Any) -> rota_facts.RotaFact:
    layers = (
        rota_facts.LayerFact(layer="primary", on_call=shift(typed), then=shift(typed, 25)),
        rota_facts.LayerFact(layer="late_night", on_call=None, then=None),
    )
    facts = rota_facts.RotaFact(key="support", name=typed, layers=layers, mine=shift(typed, 26), may_change=True)
    return replace(facts, **changes)


def week_facts(typed: str = ORDINARY, count: int = 14, **changes: Any) -> rota_facts.WeekFacts:
    rows = tuple(
        shift(typed, 24, person=None if row == 3 else person(typed), mine=row % 2 == 0, changed=row % 3 == 0)
        for row in range(count)
    )
    return replace(rota_facts.WeekFacts(key="support", name=typed, shifts=rows, now=NOW, may_change=True), **changes)


def changed(typed: str = ORDINARY, **changes: Any) -> rota_facts.ChangedFacts:
    facts = rota_facts.ChangedFacts(
        name=typed,
        person=person(typed),
        since=at("08:00", 24),
        until=at("08:00", 25),
        now=NOW,
        layer="primary",
        by=OLA,
        instead_of=(KARI, PER),
        over=(shift(typed), shift(typed, 25)),
    )
    return replace(facts, **changes)


def swap_facts(typed: str = ORDINARY, **changes: Any) -> rota_facts.SwapFacts:
    facts = rota_facts.SwapFacts(
        id="c1",
        name=typed,
        asker=person(typed),
        asked=OLA,
        one=shift(typed),
        other=shift(typed, 26, person=OLA),
        now=NOW,
        state="asked",
    )
    return replace(facts, **changes)


def change_form(typed: str = ORDINARY, count: int = 100, **changes: Any) -> rota_facts.ChangeFormFacts:
    rows = tuple(shift(typed, 24, token=f"support:primary:p{row}:1795500000:1795586400") for row in range(count))
    facts = rota_facts.ChangeFormFacts(
        metadata="{}",
        name=typed,
        now=NOW,
        shifts=rows,
        mine=tuple(replace(row, mine=True) for row in rows),
        people=tuple((f"p{row}", person(typed)) for row in range(count)),
        layers=("primary", "secondary"),
        reader="p1",
        begin=at("10:00"),
        end=at("18:00"),
    )
    return replace(facts, **changes)


def _on_call(typed: str, w: Words) -> Iterator[tuple[str, Rendered]]:
    for name, rotas in {
        "one": (rota_fact(typed),),
        "eight": (rota_fact(typed),) * 8,
        "only looked at": (rota_fact(typed, may_change=False, mine=None),),
        "unusable": (rota_fact(typed, unusable=typed),),
    }.items():
        facts = rota_facts.OnCallFacts(rotas=rotas, now=NOW, more=len(rotas) - 1)
        yield f"on call, {name}", oncall.on_call_message(facts, w)
        yield f"next, {name}", oncall.next_message(facts, w)
    for count in (0, 1, 14):
        yield f"week of {count}", oncall.week_message(week_facts(typed, count, page=1, pages=3), w)
    yield "week, only looked at", oncall.week_message(week_facts(typed, may_change=False), w)
    yield "oncall help", oncall.help_message(w)
    for on_call_ in (True, False):
        for by in (OLA, person(typed)):
            told = changed(typed, by=by, reader_is_on_call=on_call_, layer=None if on_call_ else "primary")
            yield f"shift changed, {on_call_}, {by.name}", oncall.changed_message(told, w)
    for of, url in ((typed, None), (None, None), (typed, "https://vakt.example/feeds/x.ics")):
        feed = rota_facts.FeedFacts(name=of, key="support" if of else "", url=url, made_at=NOW, now=NOW)
        yield f"feed, {bool(of)}, {bool(url)}", oncall.feed_message(feed, w)
    for state in ("asked", "holds", "declined"):
        for to_asker in (True, False):
            asked = swap_facts(typed, state=state, to_asker=to_asker, settled_at=NOW)
            yield f"swap, {state}, {to_asker}", oncall.swap_message(asked, w)


def gap_facts(typed: str = ORDINARY, count: int = 5) -> rota_facts.GapFacts:
    return rota_facts.GapFacts(
        name=typed,
        key="support",
        gaps=((at("08:00", 28), at("08:00", 30)),) * count,
        now=NOW,
        desk=typed,
        contract="Pindena",
        clause="PI-06",
        more=count - 1,
    )


def handover(typed: str = ORDINARY, count: int = 10, **changes: Any) -> rota_facts.HandoverFacts:
    clocks = (START, clock(breached=True), clock(stopped_at=at("10:12")), clock(paused=WaitKind.CUSTOMER))
    due = tuple(
        rota_facts.DueFact(number=f"T-{row}", summary=typed, customer=typed, clock=clocks[row % len(clocks)])
        for row in range(count)
    )
    facts = rota_facts.HandoverFacts(
        id="o1",
        name=typed,
        layer="primary",
        outgoing=person(typed),
        incoming=OLA,
        until=at("08:00", 30),
        now=NOW,
        due=due,
        total=count * 2,
    )
    return replace(facts, **changes)


def _watched(typed: str, w: Words) -> Iterator[tuple[str, Rendered]]:
    for count in (1, 5):
        yield f"gaps, {count}", oncall_watch.gaps_message(gap_facts(typed, count), w)
    for count in (0, 1, 10):
        yield f"handover, {count}", oncall_watch.handover_message(handover(typed, count), w)
    yield "group refused", oncall_watch.group_refused(typed, "plan_upgrade_required", w)
    yield "handover from nobody", oncall_watch.handover_message(handover(typed, outgoing=None), w)
    done = handover(typed, accepted_by=OLA, accepted_at=NOW)
    yield "handover, accepted", oncall_watch.handover_message(done, w)


def _on_call_views(typed: str, w: Words) -> Iterator[tuple[str, ViewDict]]:
    some = change_form(typed)
    yield "take", oncall_forms.take_view(some, w)
    yield "take, one", oncall_forms.take_view(replace(some, chosen=some.shifts[3].token), w)
    gap = shift(typed, person=None)
    yield "take, gap", oncall_forms.take_view(replace(some, shifts=(gap,), chosen=gap.token), w)
    yield "override", oncall_forms.override_view(some, w)
    yield "override, some", oncall_forms.override_view(replace(some, overrides=some.shifts[:20]), w)
    yield "taken back", oncall.taken_back_view(changed(typed), w)
    yield "swap", oncall_forms.swap_view(some, w)
    yield "changed", oncall.changed_view(changed(typed), w)
    yield "swap asked", oncall.swap_asked_view(swap_facts(typed), w)


def views(typed: str, w: Words) -> Iterator[tuple[str, ViewDict]]:
    """Every modal and home, by name."""
    yield "open", opening.open_view(opening_facts(typed), w)
    yield "open, first", opening.open_view(f.OpenFacts(metadata="", now=NOW), w)
    yield "open, on behalf", opening.open_view(for_customer(typed), w)
    yield "open, to super users", opening.open_view(first_asked(typed), w)
    yield "open, sent to super users", opening.open_view(first_asked(typed, passed_on=True), w)
    for name, result in outcomes().items():
        facts = f.OpenedFacts(number="T-12", summary=typed, outcome=result, channel_id="C1")
        yield f"opened, {name}", opening.opened_view(facts, w)
    for act in ACTS:
        yield act.__name__, act(act_facts(typed), w)
    for page_ in (0, 1, 2):
        yield f"why, page {page_}", why.why_view(why_facts(typed, ledgers=7, spans=30), w, page_)
    yield "why, no clock", why.why_view(why_facts(typed, ledgers=0), w)
    yield "list", lists.list_view(list_facts(typed, 40), w)
    yield "details", lists.details_view(details(typed), w)
    yield "who was told", paging.told_view(told(typed), w)
    yield "who was told, much", paging.told_view(told(typed, 40), w)
    yield "who was told, nobody", paging.told_view(page_facts.ToldFacts(number="T-1", pages=(), now=NOW), w)
    yield "refusal", refusals.refusal_view(refusal(f.Refusal.NOT_A_CONTACT, typed), w)
    yield "bug", refusals.bug_view(typed, w)
    for count in (0, 3, 200):
        paged_for = open_pages(typed, min(count, 8))
        yield f"agent's home, {count}", homes.agent_home(replace(agent_home(typed, count), open_pages=paged_for), w)
        contact = replace(contact_home(typed, count), open_pages=paged_for)
        yield f"contact's home, {count}", homes.contact_home(contact, w)
        yield f"stranger's home, {count}", homes.stranger_home(paged_for, NOW, w)
    yield from _on_call_views(typed, w)
    for addresses in ({}, {"mail": typed, "webhook": typed}):
        yield f"own rules, {len(addresses)} ways", notifying.notify_view(addresses, {"mail": 0}, "", w)
        yield f"own rules stored, {len(addresses)} ways", notifying.notified_view(addresses, {"mail": 0}, w)
    yield from sla_scenes.views(typed, w)


def open_pages(typed: str, count: int) -> f.OpenPagesFacts:
    """Pages of every kind: mine, somebody's, acknowledged, nobody's, with and without a ticket."""
    kinds: list[dict[str, Any]] = [
        {"mine": True, "waits_for": OLA},
        {"waits_for": OLA, "goes_on_at": NOW},
        {"acknowledged_by": OLA},
        {"number": None, "acknowledged_by": OLA},
        {"number": None},
    ]
    some = [{"number": "T-1", **kinds[n % len(kinds)]} for n in range(count)]
    rows = tuple(f.OpenPageFact(value="T-1", summary=typed, started_at=NOW, **each) for each in some)
    return f.OpenPagesFacts(rows=rows, page=1, pages=3)


def outcomes() -> Mapping[str, f.OutcomeFact]:
    weak = tuple(clock(strength=strength) for strength in Strength)
    return {
        "promised": outcome(),
        "weak": outcome(clocks=weak, basis=f.Basis.DEFAULT),
        "expected": outcome(clocks=(clock(expected_at=at("12:00")),)),
        "best effort": outcome(clocks=(), best_effort=True),
        "released": outcome(clocks=(), target_release=True),
        "nothing": outcome(severity=None, basis=f.Basis.NONE, clocks=()),
        "collected": outcome(collected_until=at("08:00", 24)),
    }


ACTS = (
    acts.start_view,
    acts.reply_view,
    acts.wait_view,
    acts.severity_view,
    acts.workaround_view,
    acts.level_3_view,
    acts.needs_more_work_view,
    acts.resolve_view,
    acts.reopen_view,
    acts.accept_view,
    acts.release_view,
    acts.next_opening_view,
)


def blocks_of(view: ViewDict) -> list[Block]:
    """What a view shows."""
    return cast("list[Block]", view["blocks"])


def drawn(typed: str, words: Words) -> Iterator[tuple[str, str, list[Block]]]:
    """Every view drawn: its name, its text (a view has none), its blocks."""
    for name, message in messages(typed, words):
        yield name, message.text, list(message.blocks)
    for name, view in views(typed, words):
        yield name, "", blocks_of(view)


def texts(blocks: object) -> Iterator[Block]:
    """Every text object inside."""
    if isinstance(blocks, dict):
        if blocks.get("type") in {"mrkdwn", "plain_text"}:
            yield blocks
        for value in blocks.values():
            yield from texts(value)
    elif isinstance(blocks, list | tuple):
        for each in blocks:
            yield from texts(each)


def seen(blocks: object) -> str:
    """What a reader sees, date tokens by their fallback, a line for every text."""
    return "\n".join(_shown(str(each["text"])) for each in texts(blocks))


def _shown(text: str) -> str:
    shown = re.sub(r"<!date\^\d+\^[^|]*\|([^>]*)>", r"\1", text)
    return shown.replace("*", "").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
