"""What each contract's data says, clause by clause, beside its clocks and questions."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pytest

from models.sla.contract import LANGUAGES, Contract, Place, TicketKind
from models.sla.plan import Facts, notes_for, plan, promises_for, readings_for
from models.sla.policy import with_overrides
from models.sla.policy_build import effective_date

FAULT, QUESTION, REQUEST = TicketKind.FAULT, TicketKind.QUESTION, TicketKind.REQUEST


def at(contract: Contract, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=contract.zone)


def said(contract: Contract, place: Place, facts: Facts, reported: str) -> list[str]:
    """The clauses of the notes shown at that place."""
    return [note.clause for note in notes_for(contract, place, facts, reported_at=at(contract, reported))]


# --- Heartpace ----------------------------------------------------------------------------------------


@pytest.mark.clause("HP-04")
def test_every_class_of_technical_fault_gets_a_development_case(heartpace: Contract) -> None:
    cases = {severity.id: severity.development_case for severity in heartpace.severities}
    assert cases == {"blocker": "HP-04", "critical": "HP-04", "serious": "HP-04", "normal": "HP-04", "enquiry": None}


@pytest.mark.clause("HP-05")
def test_critical_and_blocker_go_first_and_are_treated_alike(heartpace: Contract) -> None:
    ranks = {severity.id: severity.rank for severity in heartpace.severities}
    assert ranks["blocker"] == ranks["critical"] == 1 < min(ranks["serious"], ranks["normal"], ranks["enquiry"])
    assert heartpace.queue.order[0] == "severity"


@pytest.mark.clause("HP-06")
def test_the_outcome_goes_back_and_a_call_may_be_asked_for(heartpace: Contract) -> None:
    assert heartpace.outcome_clause == "HP-06"
    assert heartpace.call_back


@pytest.mark.clause("HP-03")
def test_slack_counts_as_the_web(heartpace: Contract) -> None:
    assert heartpace.slack_is == "web"
    assert heartpace.intake_details["web"].clause == "HP-03"


# --- Pindena ------------------------------------------------------------------------------------------

SUPPORT_DAYS = [
    (date(2026, 7, 10), True),  # Friday before the weeks in July
    (date(2026, 7, 13), False),  # week 29
    (date(2026, 7, 24), False),  # week 30
    (date(2026, 7, 27), True),
    (date(2026, 12, 23), True),
    (date(2026, 12, 24), False),  # not a public holiday: the days between Christmas and New Year
    (date(2026, 12, 28), False),
    (date(2026, 12, 31), False),
    (date(2027, 1, 1), False),  # a public holiday
    (date(2027, 1, 4), True),
]


@pytest.mark.clause("PI-10")
@pytest.mark.parametrize(("day", "is_open"), SUPPORT_DAYS)
def test_support_is_closed_in_july_weeks_and_between_christmas_and_new_year(
    pindena: Contract, day: date, *, is_open: bool
) -> None:
    assert pindena.calendars["support"].is_working_day(day) is is_open


@pytest.mark.clause("PI-10")
def test_support_is_closed_at_lunch_and_work_is_not(pindena: Contract) -> None:
    lunch = at(pindena, "2026-11-23 11:45")
    assert not pindena.calendars["support"].is_open(lunch)
    assert pindena.calendars["work"].is_open(lunch)
    assert pindena.calendars["work"].is_open(at(pindena, "2026-12-28 10:00"))


@pytest.mark.clause("PI-08")
def test_a_minor_fault_has_a_release_in_place_of_a_clock(pindena: Contract) -> None:
    assert promises_for(pindena, Facts(kind=FAULT, severity="minor")) == ()
    assert pindena.severity("minor").target_release == "PI-08"


@pytest.mark.clause("PI-09")
def test_serious_and_critical_are_for_seniors(pindena: Contract) -> None:
    juniors = {severity.id for severity in pindena.severities if severity.junior_may_own}
    assert juniors == {"minor", "enquiry"}


@pytest.mark.clause("PI-11", "PI-16")
def test_tickets_enter_at_level_2_which_decides_on_level_3(pindena: Contract) -> None:
    assert pindena.levels is not None
    assert (pindena.levels.enters, pindena.levels.top) == (2, 3)
    assert pindena.levels.names[3]["nb"] == "utvikling"
    assert pindena.levels.super_users_first == {QUESTION}
    assert (pindena.levels.clause, pindena.levels.escalation_clause) == ("PI-11", "PI-16")


@pytest.mark.clause("PI-13")
def test_needs_more_work_tells_the_customer_in_its_language(pindena: Contract) -> None:
    assert pindena.more_work is not None
    assert set(pindena.more_work.tells) == set(LANGUAGES)
    assert pindena.outcome_clause == "PI-13"


@pytest.mark.clause("PI-06")
def test_outside_hours_a_critical_card_says_that_on_call_decides(pindena: Contract) -> None:
    facts = Facts(kind=FAULT, severity="critical")
    assert said(pindena, Place.CARD, facts, "2026-11-28 23:00") == ["PI-06"]
    assert said(pindena, Place.CARD, facts, "2026-11-27 10:00") == []


@pytest.mark.clause("PI-20")
def test_the_queue_goes_by_class_and_due_instant(pindena: Contract) -> None:
    assert (pindena.queue.order, pindena.queue.clause) == (("severity", "kind", "due"), "PI-20")


# --- SoftOne ------------------------------------------------------------------------------------------


@pytest.mark.clause("SO-01")
def test_a_case_comes_by_customer_centre_mail_or_phone_and_slack_is_the_first(softone: Contract) -> None:
    assert softone.intakes == ("customer_centre", "mail", "phone")
    assert softone.slack_is == softone.slack_message_is == "customer_centre"


@pytest.mark.clause("SO-02")
def test_the_queue_goes_by_priority_and_then_due(softone: Contract) -> None:
    assert softone.queue.order == ("severity", "due")
    assert [severity.rank for severity in softone.severities] == [1, 2, 3, 4, 5]


PUBLISHED = [
    (date(2026, 11, 22), date(2026, 12, 1)),
    (date(2026, 12, 1), date(2027, 1, 1)),
    (date(2026, 12, 31), date(2027, 1, 1)),
    (date(2028, 2, 29), date(2028, 3, 1)),
]


@pytest.mark.clause("SO-09")
@pytest.mark.parametrize(("published", "effective"), PUBLISHED)
def test_new_terms_apply_from_the_first_of_the_month_after_publication(published: date, effective: date) -> None:
    assert effective_date(published, "first_of_next_month") == effective


def test_terms_may_apply_when_published_or_from_a_date() -> None:
    assert effective_date(date(2026, 11, 22), "when_published") == date(2026, 11, 22)
    assert effective_date(date(2026, 11, 22), date(2027, 2, 1)) == date(2027, 2, 1)


@pytest.mark.clause("SO-12")
def test_a_workaround_moves_priority_1_and_2_to_3(softone: Contract) -> None:
    assert softone.workaround is not None
    assert softone.workaround.moves == {"P1", "P2"}
    assert (softone.workaround.to, softone.workaround.clause) == ("P3", "SO-12")


@pytest.mark.clause("SO-19")
def test_a_case_is_guidance_a_fault_in_the_environment_or_the_program_or_an_extra_service(softone: Contract) -> None:
    assert {kind.id: kind.kind for kind in softone.kinds} == {
        "program_fault": FAULT,
        "environment_fault": FAULT,
        "guidance": QUESTION,
        "extra_service": REQUEST,
    }


def test_the_charging_line_is_shown_for_faults_in_private_only(softone: Contract) -> None:
    facts = Facts(kind=FAULT, severity="P1")
    assert said(softone, Place.MODAL, facts, "2026-11-23 10:00") == ["SO-06"]
    assert not any(said(softone, place, facts, "2026-11-23 10:00") for place in set(Place) - {Place.MODAL})
    assert said(softone, Place.MODAL, Facts(kind=QUESTION, severity="P5"), "2026-11-23 10:00") == []


# --- Easymeeting --------------------------------------------------------------------------------------

REGIONS = [
    ("europe", "2026-11-23T16:00+01:00"),
    ("america", "2026-11-23T16:00-05:00"),
    (None, "2026-11-23T16:00+01:00"),
]


@pytest.mark.clause("EM-07")
@pytest.mark.parametrize(("region", "due"), REGIONS)
def test_the_customers_region_picks_the_hours(easymeeting: Contract, region: str | None, due: str) -> None:
    reported = datetime.fromisoformat("2026-11-23T06:00+01:00")
    planned = plan(easymeeting, easymeeting.promise("answer_high"), reported_at=reported, region=region)
    assert planned.due == datetime.fromisoformat(due)


@pytest.mark.clause("EM-07")
def test_thanksgiving_is_closed_in_america_and_ascension_day_in_europe(easymeeting: Contract) -> None:
    europe, america = easymeeting.calendar("office", "europe"), easymeeting.calendar("office", "america")
    assert (europe.is_working_day(date(2026, 11, 26)), america.is_working_day(date(2026, 11, 26))) == (True, False)
    assert (europe.is_working_day(date(2026, 5, 14)), america.is_working_day(date(2026, 5, 14))) == (False, True)


@pytest.mark.clause("EM-08")
def test_a_call_outside_hours_is_best_effort_unless_round_the_clock_is_held(easymeeting: Contract) -> None:
    call = Facts(kind=FAULT, severity="high", intake="phone")
    assert "EM-08" in said(easymeeting, Place.CARD, call, "2026-11-28 10:00")
    assert "EM-08" not in said(easymeeting, Place.CARD, call, "2026-11-27 10:00")
    always = with_overrides(easymeeting, {}, ["24x7"])
    assert "EM-08" not in said(always, Place.CARD, call, "2026-11-28 10:00")


@pytest.mark.clause("EM-08")
@pytest.mark.parametrize("region", ["europe", "america"])
def test_the_option_swaps_the_calendar(easymeeting: Contract, region: str) -> None:
    always = with_overrides(easymeeting, {}, ["24x7"])
    reported = at(always, "2026-11-28 10:00")
    planned = plan(always, always.promise("answer_high"), reported_at=reported, region=region)
    assert planned.due == reported + timedelta(hours=8)
    assert always.held_options == {"24x7"}
    assert not easymeeting.held_options


@pytest.mark.clause("EM-09")
def test_mail_outside_hours_counts_from_the_next_opening_and_the_confirmation_says_so(easymeeting: Contract) -> None:
    mail = Facts(kind=QUESTION, severity="high")
    planned = plan(easymeeting, easymeeting.promise("answer_high"), reported_at=at(easymeeting, "2026-11-24 06:00"))
    assert planned.due == at(easymeeting, "2026-11-24 16:00")  # Tuesday 08:00 and 8 h
    assert said(easymeeting, Place.CONFIRMATION, mail, "2026-11-24 06:00") == ["EM-09"]
    assert said(easymeeting, Place.CONFIRMATION, mail, "2026-11-24 10:00") == []


@pytest.mark.clause("EM-10")
def test_chat_is_best_effort_without_a_clock(easymeeting: Contract) -> None:
    chat = Facts(kind=FAULT, severity="high", intake=easymeeting.slack_message_is)
    assert promises_for(easymeeting, chat) == ()
    assert easymeeting.intake_details["chat"].best_effort == "EM-10"
    assert "EM-10" in said(easymeeting, Place.CUSTOMER_CARD, chat, "2026-11-24 10:00")


@pytest.mark.clause("EM-12")
def test_everything_opens_high(easymeeting: Contract) -> None:
    assert easymeeting.default_severity == "high"


@pytest.mark.clause("EM-17")
def test_within_a_priority_the_order_is_that_of_arrival(easymeeting: Contract) -> None:
    assert (easymeeting.queue.order, easymeeting.queue.clause) == (("severity", "arrival"), "EM-17")


@pytest.mark.clause("EM-20", "EM-25")
def test_a_fault_asks_what_happened_before_and_what_changed(easymeeting: Contract) -> None:
    asks = {ask.clause: ask.label["en"] for ask in easymeeting.asks if FAULT in ask.kinds}
    assert asks == {"EM-20": "What happened before this?", "EM-25": "Did anything change before this?"}


@pytest.mark.clause("EM-24")
def test_the_card_says_that_remote_help_comes_whatever_the_priority(easymeeting: Contract) -> None:
    for severity in ("high", "medium", "low"):
        assert "EM-24" in said(easymeeting, Place.CARD, Facts(kind=FAULT, severity=severity), "2026-11-24 10:00")


# --- Pureservice --------------------------------------------------------------------------------------


@pytest.mark.clause("PS-02")
def test_the_desk_is_open_on_christmas_eve_and_closed_on_public_holidays(pureservice: Contract) -> None:
    calendar = pureservice.calendars["office"]
    assert calendar.is_working_day(date(2026, 12, 24))  # a Thursday, no public holiday
    assert not calendar.is_working_day(date(2026, 12, 25))
    assert not calendar.is_working_day(date(2026, 12, 26))
    assert calendar.is_open(at(pureservice, "2026-11-23 08:00"))
    assert not calendar.is_open(at(pureservice, "2026-11-23 16:00"))


@pytest.mark.clause("PS-05")
def test_support_is_in_norwegian_whatever_people_have_set(pureservice: Contract) -> None:
    assert (pureservice.forced_language, pureservice.forced_language_clause) == ("nb", "PS-05")


# --- all five -----------------------------------------------------------------------------------------


def test_every_word_is_in_three_languages(contracts: Mapping[str, Contract]) -> None:
    for contract in contracts.values():
        texts = [contract.title, *(clause.says for clause in contract.clauses.values())]
        texts += [each for severity in contract.severities for each in (severity.name, severity.meaning)]
        texts += [reading.note for reading in contract.readings]
        texts += [note.text for note in contract.notes]
        assert all(set(text) == set(LANGUAGES) for text in texts)


def test_a_deadline_names_the_readings_it_rests_on(softone: Contract) -> None:
    promise = softone.promise("p1")
    plain = [reading.key for reading in readings_for(softone, promise, "office")]
    paused = [reading.key for reading in readings_for(softone, promise, "office", paused=True)]
    assert plain == ["calendars.office"]
    assert paused == ["calendars.office", "promises.p1.paused_by"]


def test_a_deadline_over_the_weeks_in_july_rests_on_their_reading(pindena: Contract) -> None:
    keys = [each.key for each in readings_for(pindena, pindena.promise("enquiry"), "support", closures=True)]
    assert "calendars.support.closures.july" in keys


def test_an_unknown_class_or_region_names_those_there_are(softone: Contract, easymeeting: Contract) -> None:
    with pytest.raises(KeyError, match="P1, P2, P3, P4, P5"):
        softone.severity("P9")
    with pytest.raises(KeyError, match="europe, america"):
        easymeeting.calendar("office", "asia")
    with pytest.raises(KeyError, match="p1, p2, p3, p4_p5"):
        softone.promise("p9")
    assert softone.severity("p2").id == "P2"


def test_without_an_instant_whoever_asks_says_whether_it_was_open(easymeeting: Contract) -> None:
    mail = Facts(kind=QUESTION, severity="high")
    closed = notes_for(easymeeting, Place.CONFIRMATION, mail, is_open=False)
    assert [note.clause for note in closed] == ["EM-09"]
    assert notes_for(easymeeting, Place.CONFIRMATION, mail) == ()
