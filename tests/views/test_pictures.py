"""What people see, as the guide draws it: texts only, date tokens as a reader in Stockholm reads them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from handlers.views import (
    acts,
    alarms,
    cards,
    customer_cards,
    lists,
    log,
    notices,
    opening,
    paging,
    refusals,
    reminders,
    why,
)
from handlers.views import facts as f
from handlers.views.blocks import Block
from handlers.views.names import EARLIER, Action, More
from models.escalation import GroupFault, Why
from models.sla.contract import Role, Strength, WaitKind
from tests.views import scenes
from tests.views.scenes import EN, KARI, NB, OLA, SV, at, clock, hours, seen, ticket


def lines(blocks: object, count: int) -> list[str]:
    return seen(blocks).splitlines()[:count]


def pressed(blocks: tuple[Block, ...]) -> list[str]:
    """The action ids a reader can press or choose."""
    row = next(block for block in blocks if block["type"] == "actions")
    return [element["action_id"] for element in row["elements"]]  # type: ignore[attr-defined]


# The desk's card


def test_the_desk_card_says_who_what_by_when_and_what_is_left() -> None:
    card = cards.desk_card(ticket(details=""), EN)
    assert lines(card.blocks, 5) == [
        "T-12 · Invoices will not send",
        "Acme · SoftOne · opened by Kari Nordmann, 09:40 CET",
        "Priority 2: business made considerably harder (SO-11)",
        "Owner: nobody yet",
        (
            "Work starts by Mon 23 Nov 13:40 CET  ▰▰▰▰▰▱▱▱▱▱  at 11:35 CET: 2 h 05 min of 4 h working time left"
            " · promised · SO-15"
        ),
    ]


def test_the_first_line_says_it_all_to_who_hears_only_that() -> None:
    card = cards.desk_card(ticket(), EN)
    assert card.text == "T-12 · Priority 2 · Acme: Invoices will not send · work starts by Mon 13:40 · new"


def test_after_the_start_the_line_says_how_far_ahead_of_the_promise() -> None:
    said = seen(cards.desk_card(scenes.started(), EN).blocks)
    assert "Work started 10:12 CET, 3 h 28 min ahead of the promise" in said


@pytest.mark.clause("SO-16")
def test_a_wait_says_since_when_and_that_the_clock_stands() -> None:
    said = seen(cards.desk_card(scenes.waiting(), EN).blocks)
    assert "Waiting for access since 10:30 CET. The clock stands: 1 h 40 min left" in said


def test_a_wait_without_a_clause_is_shown_and_stops_nothing() -> None:
    facts = ticket(wait=WaitKind.CUSTOMER, waiting_since=at("10:30"), status=f.Status.WAITING_CUSTOMER)
    said = seen(cards.desk_card(facts, EN).blocks)
    assert "Waiting for the customer since 10:30 CET. No clock stops for it." in said
    assert "2 h 05 min of 4 h working time left" in said


@pytest.mark.parametrize(
    ("strength", "words"),
    [
        (Strength.GUARANTEED, "Guarantee breached Mon 23 Nov 13:40 CET by 25 min"),
        (Strength.PROMISED, "Breached Mon 23 Nov 13:40 CET by 25 min"),
        (Strength.AIM, "25 min past the aim of Mon 23 Nov 13:40 CET"),
        (Strength.USUAL, "25 min later than usual (Mon 23 Nov 13:40 CET)"),
        (Strength.GUIDELINE, "25 min past the guideline of Mon 23 Nov 13:40 CET"),
    ],
)
def test_only_a_promise_is_breached(strength: Strength, words: str) -> None:
    said = seen(cards.desk_card(scenes.late(strength=strength), EN).blocks)
    assert f"{words}: work not started · escalated to Per (senior)" in said
    assert ("reached" in said) is strength.binding


def test_what_ended_late_says_so_for_ever() -> None:
    done = clock(stopped_at=at("14:05"), breached=True, late_by=timedelta(minutes=25))
    said = seen(cards.desk_card(ticket(clocks=(done,), now=at("15:00")), EN).blocks)
    assert "Work started 14:05 CET, breached, 25 min after the promised time" in said


@pytest.mark.clause("EM-10")
def test_best_effort_is_said_instead_of_a_time() -> None:
    said = seen(cards.desk_card(ticket(clocks=(), best_effort=True), EN).blocks)
    assert "Best effort: the agreement sets no time for this." in said


@pytest.mark.clause("PI-08")
def test_a_planned_release_is_said_instead_of_a_time() -> None:
    said = seen(cards.desk_card(ticket(clocks=(), target_release="4.2"), EN).blocks)
    assert "No clock: planned for release 4.2." in said


@pytest.mark.clause("PI-07", "PI-12")
def test_the_expected_and_the_latest_instant_are_both_said() -> None:
    facts = clock(due_at=at("16:00", 24), expected_at=at("16:00"), expected_strength=Strength.USUAL)
    said = seen(cards.desk_card(ticket(clocks=(facts,)), EN).blocks)
    assert "Work starts by Tue 24 Nov 16:00 CET, usually by Mon 23 Nov 16:00 CET" in said


def test_a_clock_that_waits_for_the_opening_says_when_it_starts() -> None:
    said = seen(cards.desk_card(ticket(now=at("06:00"), clocks=(clock(starts_at=at("08:00")),)), EN).blocks)
    assert "the clock starts Mon 23 Nov 08:00 CET" in said


def test_elapsed_time_is_not_called_working_time() -> None:
    said = seen(cards.desk_card(ticket(clocks=(clock(elapsed=True),)), EN).blocks)
    assert "2 h 05 min of 4 h left" in said


@pytest.mark.parametrize(
    ("facts", "offered", "not_offered"),
    [
        (ticket(), {Action.START, Action.REPLY, Action.ASSIGN, Action.WAIT}, {Action.RESUME, Action.REOPEN}),
        (scenes.started(), {Action.REPLY, Action.WAIT, Action.SEVERITY}, {Action.START, Action.ACCEPT}),
        (scenes.waiting(), {Action.RESUME, Action.START}, {Action.WAIT}),
        (scenes.resolved(), {Action.REOPEN, Action.WHY}, {Action.START, Action.REPLY, Action.MORE}),
        (ticket(offers_workaround=True), {Action.WORKAROUND}, set()),
        (ticket(), set(), {Action.WORKAROUND}),
        (ticket(outside_agreement="not a contact"), {Action.ACCEPT}, set()),
    ],
)
def test_only_buttons_that_make_sense_are_offered(
    facts: f.TicketFacts, offered: set[Action], not_offered: set[Action]
) -> None:
    shown = set(pressed(cards.desk_card(facts, EN).blocks))
    assert offered <= shown
    assert not not_offered & shown


def test_on_level_three_only_management_is_left_to_lift_it_to() -> None:
    def values(level: int) -> str:
        return str(cards.desk_card(ticket(level=level), EN).blocks)

    assert "To level 3" in values(2)
    assert "To level 3" not in values(3)
    assert "To management" in values(3)


def test_an_earlier_start_is_offered_until_work_has_started() -> None:
    assert f"{More.START_EARLIER}:T-12" in str(cards.desk_card(ticket(), EN).blocks)
    assert f"{More.START_EARLIER}:T-12" not in str(cards.desk_card(scenes.started(), EN).blocks)


def test_a_second_after_the_start_all_of_the_time_is_left() -> None:
    begun = clock(remaining=hours(4) - timedelta(seconds=1), budget=hours(4))
    assert "4 h of 4 h working time left" in seen(cards.desk_card(ticket(clocks=(begun,)), EN).blocks)


# The customer's card


def test_the_customer_card_is_in_its_language_and_the_text_stays_as_typed() -> None:
    where = clock(where={"sv": "punkt 4"}, stopped_at=None)
    facts = ticket(status=f.Status.IN_PROGRESS, started_at=at("10:12"), owner=OLA, clocks=(where,))
    assert lines(customer_cards.customer_card(facts, SV).blocks, 4) == [
        "T-12 · Invoices will not send",
        "Prioritet 2 · arbetet påbörjas senast mån 23 nov. 13:40 CET (avtalet, punkt 4)",
        "Status: pågår sedan 10:12 CET, Ola Hansen",
        "Svara i tråden.",
    ]


def test_the_customer_reads_of_a_breach_and_of_roles_but_no_names() -> None:
    said = seen(customer_cards.customer_card(scenes.late(), EN).blocks)
    assert "breached Mon 23 Nov 13:40 CET by 25 min: work not started · escalated to senior staff" in said
    assert "Per" not in said


def test_the_customer_who_asks_for_the_ticket_reads_that_it_is_late() -> None:
    facts = scenes.details(for_desk=False, ticket=scenes.late(), log=())
    said = seen(lists.details_message(facts, EN).blocks)
    assert "Breached Mon 23 Nov 13:40 CET by 25 min: work not started · escalated to senior staff" in said
    assert "starts by" not in said


def test_those_it_is_escalated_to_are_listed_as_one_speaks() -> None:
    both = tuple(f.RoleFact(role) for role in (Role.SENIOR, Role.MANAGER))
    late = replace(scenes.late().clocks[0], escalated_to=both)
    said = seen(customer_cards.customer_card(ticket(clocks=(late,)), SV).blocks)
    assert "eskalerat till seniorer och ledningen" in said


def test_a_breach_is_said_plainly_with_what_happens_now() -> None:
    facts = scenes.late()
    assert notices.late_notice(facts, facts.clocks[0], EN).text == (
        "Work on T-12 should have started by Mon 13:40. It has not. That breaks the agreement (SO-15)."
        " It is escalated to senior staff and goes before other tickets."
    )


def test_the_desks_doings_stay_out_of_the_customers_card() -> None:
    said = seen(
        customer_cards.customer_card(
            ticket(outside_agreement="an invoice is overdue", development_case="D-1"), EN
        ).blocks
    )
    assert "overdue" not in said
    assert "D-1" not in said


def test_a_resolution_carries_the_outcome_confirm_and_reopen() -> None:
    notice = notices.resolved_notice(scenes.resolved(), EN)
    assert notice.text == "T-12 is resolved by Kari Nordmann. Invoices will not send"
    assert pressed(notice.blocks) == [Action.CONFIRM, Action.REOPEN]


def test_a_changed_class_tells_the_customer_why_and_what_it_means() -> None:
    change = scenes.line(f.LogKind.SEVERITY_CHANGED, text="another way works")
    assert notices.class_changed(change, ticket(), EN).text == (
        "T-12 is now Priority 3, before Priority 2. Reason: another way works"
        " · work starts by Mon 13:40 (the agreement, SO-15)"
    )


# Reminders


def test_a_reminder_says_when_how_much_is_left_and_what_it_is_about() -> None:
    said = reminders.reminder(scenes.reminder(), EN)
    assert said.text == "T-12 due Mon 13:40, 1 h of working time left · Priority 2 · Acme: Invoices will not send"
    assert pressed(said.blocks) == [Action.SHOW, Action.START]


def test_a_reminder_of_started_work_does_not_offer_to_start_it() -> None:
    assert pressed(reminders.reminder(scenes.reminder(started=True), EN).blocks) == [Action.SHOW]


def test_a_warning_before_closing_says_why_it_comes_now() -> None:
    first = scenes.reminder("T-14", clock=clock(due_at=at("08:20", 24)))
    second = scenes.reminder("T-15", clock=clock(due_at=at("08:45", 24)))
    facts = f.GatheredFacts(
        why=f.Gathered.AFTER_OPENING,
        reminders=(first, second),
        now=at("16:00", 20),
        opening_at=at("08:00", 24),
        closing_at=at("17:00", 20),
        closed_on=at("12:00", 23),
        closed_because="2. pinsedag",
    )
    assert reminders.gathered(facts, EN).text == (
        "2 tickets fall due soon after Tuesday's opening (Monday is 2. pinsedag): T-14 Tue 08:20, T-15 Tue 08:45."
        " Closing is in 1 h."
    )


def test_what_fell_due_while_vakt_was_down_comes_as_one() -> None:
    said = reminders.gathered(scenes.gathered(f.Gathered.WHILE_DOWN), EN)
    assert said.text == "While Vakt was down (08:02–08:31) 3 reminders fell due: T-1, T-2, T-3."


def test_one_reminder_is_not_gathered() -> None:
    one = scenes.gathered(f.Gathered.TOGETHER, 1)
    assert reminders.gathered(one, EN) == reminders.reminder(one.reminders[0], EN)


@pytest.mark.clause("PI-09")
def test_an_escalation_mentions_the_role_and_names_the_clause() -> None:
    said = alarms.escalation(scenes.escalation(f.EscalationReason.LATE), EN)
    assert said.text.startswith("<@U3> (senior): T-12 is late. Breached Mon 13:40 by 25 min: work not started")
    assert "PI-09" in seen(said.blocks)


def test_a_role_with_a_group_is_mentioned_once_as_the_group() -> None:
    facts = scenes.escalation(f.EscalationReason.LATE, role=f.RoleFact(Role.MANAGER, (KARI, OLA), "S1"))
    said = alarms.escalation(facts, EN).text
    assert said.startswith("<!subteam^S1> (management)")
    assert "<@U" not in said


def test_an_acknowledged_page_says_that_the_clock_runs_on() -> None:
    facts = scenes.page(
        acknowledged_at=at("23:06", 21), acknowledged_by=KARI, acknowledged_by_reader=True, clock=clock()
    )
    said = seen(paging.page(facts, EN).blocks)
    assert (
        "Sent 23:04 CET, acknowledged by you 23:06 CET.\nThe ticket's clock runs on until someone starts work." in said
    )
    assert pressed(paging.page(facts, EN).blocks) == [Action.START, Action.SHOW]


def test_an_acknowledged_page_speaks_of_no_clock_where_none_runs() -> None:
    facts = scenes.page(acknowledged_at=at("23:06", 21), acknowledged_by=KARI, asked_again_at=at("23:21", 21))
    said = seen(paging.page(facts, EN).blocks)
    assert "Start work, or you are asked again 23:21 CET." in said
    assert "clock" not in said


def test_started_earlier_asks_when_and_has_earlier_chosen() -> None:
    view = acts.start_view(f.ActFacts(metadata="", ticket=ticket()), EN)
    radio: Any = next(block for block in scenes.blocks_of(view) if "radio_buttons" in str(block))
    assert radio["element"]["initial_option"]["value"] == EARLIER


# Why?


def test_a_list_that_is_not_counted_to_its_end_says_so() -> None:
    """Beyond three thousand nobody counts."""
    counted = scenes.list_facts(total=3000, pages=200)
    assert "3000, page 1 of 200" in seen(lists.list_view(counted, EN)["blocks"])
    assert "3000+, page 1 of 200" in seen(lists.list_view(replace(counted, more=True), EN)["blocks"])


def test_why_shows_two_columns_that_add_up_in_the_contracts_zone() -> None:
    said = seen(why.why_view(scenes.why_facts(), NB)["blocks"])
    assert "Regnet\nfre. 20. nov. 15:30–17:00   1 t 30 min\nman. 23. nov. 08:00–09:10   1 t 10 min" in said
    assert "Hoppet over\nfre. 20. nov. 17:00 – man. 23. nov. 08:00   closed, weekend" in said
    assert "4 t → forfaller man. 23. nov. 11:20, Europe/Stockholm" in said
    assert f"Valgt tolkning: {scenes.READING}" in said


def test_a_window_until_midnight_reads_as_that_days_end() -> None:
    span = f.CountedSpan(at("22:00"), at("00:00", 24), hours(2))
    account = f.LedgerFacts(clock=clock(), counted=(span,), total=hours(2))
    facts = f.WhyFacts(number="T-1", summary="s", severity=None, answers=(), ledgers=(account,), now=scenes.NOW)
    assert "Mon 23 Nov 22:00–24:00   2 h" in seen(why.why_view(facts, EN)["blocks"])


# The opening view


def test_the_consequence_is_shown_before_it_counts() -> None:
    said = seen(opening.open_view(scenes.opening_facts(), EN)["blocks"])
    assert "→ Priority 2, proposed from your answers · work starts by Mon 23 Nov 13:40 CET · SO-11, SO-15" in said


@pytest.mark.clause("EM-09")
def test_what_is_collected_outside_hours_says_when_the_clock_starts() -> None:
    facts = scenes.opening_facts(outcome=scenes.outcome(collected_until=at("08:00", 24)))
    said = seen(opening.open_view(facts, EN)["blocks"])
    assert "Received outside opening hours: the clock starts Tue 24 Nov 08:00 CET." in said


def test_typed_text_keeps_its_field_from_step_to_step() -> None:
    def inputs(facts: f.OpenFacts) -> list[tuple[object, object]]:
        blocks = [block for block in opening.open_view(facts, EN)["blocks"] if block["type"] == "input"]  # type: ignore[attr-defined]
        return [(block["block_id"], block["element"]["action_id"]) for block in blocks]

    before = inputs(scenes.opening_facts(questions=(), outcome=None))
    after = inputs(scenes.opening_facts())
    assert set(before) < set(after)


def test_questions_of_other_contracts_and_kinds_have_other_fields() -> None:
    one = str(opening.open_view(scenes.opening_facts(scope="softone-fault"), EN))
    other = str(opening.open_view(scenes.opening_facts(scope="pindena-fault"), EN))
    assert "question:softone-fault:starts" in one
    assert "question:softone-fault:starts" not in other


def test_a_reply_ticks_that_work_has_started_until_it_has() -> None:
    facts = scenes.act_facts()
    started = f.ActFacts(metadata="", ticket=facts.ticket, work_already_started=True)
    assert "initial_options" in str(acts.reply_view(facts, EN))
    assert "Work has started" not in str(acts.reply_view(started, EN))


# The thread


def test_every_kind_of_change_has_its_line() -> None:
    assert set(log.LINES) == set(f.LogKind)


def test_a_relayed_message_stands_as_typed_below_its_line() -> None:
    said = log.log_line(scenes.line(f.LogKind.MESSAGE, text="It says *error* <500> & stops"), EN)
    assert seen(said.blocks[:1]) == "Kari Nordmann wrote:"
    assert said.blocks[1]["text"] == {"type": "plain_text", "text": "It says *error* <500> & stops", "emoji": False}


def test_a_link_that_is_not_one_is_only_named() -> None:
    links = (f.LinkFact("log.txt", "javascript:alert(1)"), f.LinkFact("a|b>", "https://files.slack.com/F|1>"))
    said = log.log_line(scenes.line(f.LogKind.FILE, links=links), EN).text
    assert said == "Kari Nordmann shared log.txt, <https://files.slack.com/F%7C1%3E|a∣b&gt;>"


def test_a_change_of_class_carries_reason_and_new_time() -> None:
    said = seen(log.log_line(scenes.line(f.LogKind.SEVERITY_CHANGED, text="a way round"), EN).blocks)
    assert said == (
        "Class changed from Priority 2 to Priority 3 by Kari Nordmann: a way round"
        " · work starts by Mon 23 Nov 13:40 CET (SO-15)"
    )


# Refusals


def test_every_refusal_has_its_rule_and_its_way_out() -> None:
    assert set(refusals.TEXTS) == set(f.Refusal)
    assert all(rule and way_out for rule, way_out in refusals.TEXTS.values())


@pytest.mark.clause("SO-04")
def test_a_refusal_names_the_rule_and_the_way_out() -> None:
    facts = f.RefusalFacts(
        f.Refusal.NOT_A_CONTACT,
        scenes.NOW,
        {"customer": "Acme", "contract": "SoftOne", "people": (KARI, OLA), "anyone": (KARI, OLA), "clause": "SO-04"},
        action=Action.SEND_TO_CONTACT,
        value="U1:draft",
        contact=KARI,
    )
    said = refusals.refusal_message(facts, EN)
    assert said.text == (
        "The contacts of Acme for SoftOne are Kari Nordmann and Ola Hansen (SO-04)."
        " Ask Kari Nordmann or Ola Hansen, or send it to one of them."
    )
    assert "Send to Kari Nordmann" in seen(said.blocks)


def test_the_second_of_two_agents_is_told_who_was_first() -> None:
    values: dict[str, f.Value] = {"person": OLA, "number": "T-12", "at": at("10:12")}
    said = refusals.refusal_text(f.RefusalFacts(f.Refusal.ALREADY_STARTED, scenes.NOW, values), EN)
    assert said == ("Ola Hansen was first: work on T-12 started 10:12. Its clock has stopped; nothing more is needed.")


def test_a_role_is_named_in_the_readers_words_and_somebody_can_always_be_asked() -> None:
    values: dict[str, f.Value] = {"role": Role.AGENT, "anyone": ()}
    facts = f.RefusalFacts(f.Refusal.NO_RIGHT, scenes.NOW, values)
    assert refusals.refusal_text(facts, SV) == "Detta kräver rollen handläggare. Fråga en administratör."


def test_a_field_error_is_plain_text() -> None:
    values: dict[str, f.Value] = {"length": 5000, "limit": 200}
    said = refusals.field_error(f.RefusalFacts(f.Refusal.SUMMARY_TOO_LONG, scenes.NOW, values), EN)
    assert said == "This has 5000 characters; the line takes 200. Move the rest to the field below."


# What stays inside, and who was forgotten


def test_the_details_a_customer_reads_leave_the_desks_doings_out() -> None:
    facts = scenes.details(for_desk=False, log=tuple(scenes.line(kind) for kind in log.CUSTOMER_SEES ^ set(f.LogKind)))
    said = seen(lists.details_view(facts, EN)["blocks"])
    assert "Outside the agreement" not in said
    assert "Escalated" not in said
    assert "paged" not in said
    assert "To level 3" not in said


def test_who_was_forgotten_is_someone() -> None:
    nobody = f.PersonFact(None, "")
    said = seen(cards.desk_card(ticket(opened_by=nobody, owner=nobody), EN).blocks)
    assert "opened by someone" in said
    assert "Owner: someone" in said


def test_a_list_names_its_pages_and_offers_the_next() -> None:
    said = lists.list_message(scenes.list_facts(count=3, total=40, page=1, pages=3), EN)
    assert said.text == "Open tickets: 40, page 2 of 3"
    assert "Previous page" in seen(said.blocks)
    assert "Next page" in seen(said.blocks)


def test_every_reason_why_a_page_went_on_is_said() -> None:
    assert set(paging.REASON) == set(Why)
    assert set(paging.FAULT) == set(GroupFault)


def test_a_page_that_was_passed_on_says_why_to_whom_and_when_and_can_still_be_taken() -> None:
    facts = scenes.page(passed_on=Why.NO_ANSWER, passed_on_at=at("23:09", 21), passed_on_to=(OLA,))
    said = seen(paging.page(facts, EN).blocks)
    assert "then no answer. Ola Hansen was paged 23:09 CET" in said
    assert pressed(paging.page(facts, EN).blocks) == [Action.ACKNOWLEDGE, Action.START, Action.SHOW]


def test_the_last_resort_mentions_everybody_and_what_it_is_about() -> None:
    said = paging.call_out(scenes.call_out(last=True, nobody=(), people=(KARI, OLA)), EN).text
    assert "<@U1> <@U2> Nobody is left to page" in said
    assert "T-21" in said


def test_a_private_tickets_call_out_names_its_number_alone() -> None:
    said = paging.call_out(scenes.call_out(summary="", customer="", severity=None), EN).text
    assert said.endswith("This needs somebody now · T-21")
