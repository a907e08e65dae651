"""Notices: written, looked at before they count, told to those the agreements name, with the notice they ask for."""

import pytest
from sqlmodel import select

from models import typed_text
from models.customer import customer_by_key
from models.desk import DeskRole
from models.notice import Notice, NoticeEvent, notice_by_number, notice_entries
from models.person import Person as PersonRecord
from models.subscription import Audience, Subscription
from models.told import Told, Way, tellings_of
from sandbox import Message
from sandbox.screens import Modal
from tests.stories.conftest import TEAM, House, oslo
from tests.stories.scenes import hears, presses_old

CHANNELS = ("#acme", "#nordkonf", "#talentia", "#fjordvideo", "#bykommune")


def writes(house: House, topic: str, title: str = "New hosting", *, who: str = "ola", **fields: str) -> Modal:
    """Fill in the window and look at it; gives the review."""
    modal = composes(house, topic, title, who=who, **fields)
    submitted = modal.submit()
    assert not submitted.errors, submitted.errors
    return house.person(who).modal()


def composes(house: House, topic: str, title: str = "New hosting", *, who: str = "ola", **fields: str) -> Modal:
    """Fill in the window; nothing is submitted."""
    person = house.person(who)
    assert person.types("/announce", in_="#desk").error is None
    modal = person.modal()
    modal.choose("notice.topic", topic)
    modal.fill("notice.title", title)
    for field, value in {"en": "We change *something*.", **fields}.items():
        named = field if "." in field else f"notice.{field}"
        if field in {"en", "nb", "sv", "effective"}:
            modal.fill(named, value)
        else:
            modal.choose(named, value)
    return modal


def announces(house: House, topic: str, title: str = "New hosting", **fields: str) -> Message:
    """An announced notice; gives the desk's card."""
    submitted = writes(house, topic, title, **fields).submit()
    assert not submitted.errors, submitted.errors
    return house.slack.expects(f"N-1 · {title}", in_="#desk", thread=None)


def notice(house: House, number: int = 1) -> Notice:
    with house.vakt.database.reading() as session:
        found = notice_by_number(session, TEAM, number)
        assert found is not None
        return found


def happened(house: House) -> list[str]:
    with house.vakt.database.reading() as session:
        found = notice_by_number(session, TEAM, 1)
        assert found is not None
        return [entry.event for entry in notice_entries(session, found)]


def told(house: House) -> list[tuple[int, str, str, str]]:
    """Everything in the register of N-1: step, way, language and the text."""
    with house.vakt.database.reading() as session:
        return [
            (each.step, each.way, each.language, typed_text.read(session, TEAM, each.text_id))
            for each, _ in tellings_of(session, TEAM, "N-1")
        ]


def subscribes(house: House, channel: str, audience: Audience, customer: str | None = None) -> None:
    """A channel, of nobody's in particular or of a customer, listens as an audience."""
    with house.vakt.database.transaction() as session:
        desk_id = session.exec(select(DeskRole.desk_id)).first()
        known = customer_by_key(session, TEAM, customer) if customer else None
        session.add(
            Subscription(
                team_id=TEAM,
                channel_id=channel,
                desk_id=str(desk_id),
                customer_id=known.id if known else None,
                audience=audience,
                language="en",
                made_by="ola",
                made_at=house.now(),
            )
        )


def makes_administrator(house: House, name: str) -> None:
    """Somebody of the desk may decide against an agreement."""
    with house.vakt.database.transaction() as session:
        person = session.exec(select(PersonRecord).where(PersonRecord.name == name)).one()
        [role] = session.exec(select(DeskRole).where(DeskRole.person_id == person.id).limit(1)).all()
        session.add(DeskRole(team_id=TEAM, desk_id=role.desk_id, person_id=person.id, role="administrator"))


class TestSubProcessors:
    """PS-18: four weeks, in writing, and the customer may object."""

    @pytest.mark.clause("PS-18")
    def test_a_day_that_is_too_soon_is_refused_with_the_earliest_that_keeps_it(self, house: House) -> None:
        """Monday 23 November and 28 days: 21 December. The window says so; an agent may only take that day."""
        modal = composes(house, "sub_processor")
        errors = modal.submit().errors
        assert "PS-18" in errors["notice.effective"]
        assert "21 December 2026 at the earliest" in errors["notice.effective"]
        modal.fill("notice.effective", "2026-12-20")
        assert not modal.submit().errors
        review = house.person("ola").modal()
        assert "Pureservice AS, 1 customer: *not kept:* at the earliest 21 December 2026 (PS-18)" in review.text
        assert "An administrator may announce it all the same" in review.text
        review.choose("notice.choice", "earliest")
        assert not review.submit().errors
        house.slack.expects("N-1 · New hosting", in_="#desk", thread=None)
        theirs = house.slack.expects("New hosting", in_="#bykommune", thread=None)
        assert "Trer i kraft 21. desember 2026 (avtalen, kapittel 8.6)" in theirs.words
        assert "Dere kan motsette dere dette" in theirs.words
        assert str(notice(house).effective) == "2026-12-21"
        house.slack.forgets()

    @pytest.mark.clause("PS-18")
    def test_the_last_day_to_tell_keeps_the_notice(self, house: House) -> None:
        review = writes(house, "sub_processor", effective="2026-12-21")
        assert "Pureservice AS, 1 customer: kept, takes effect on 21 December 2026 (PS-18)" in review.text
        review.person.clicks("Change", on=review)
        again = review.person.modal().waits_for("Takes effect on")
        assert again.person.modal().values["notice.effective"]["notice.effective"]["selected_date"] == "2026-12-21"

    @pytest.mark.clause("PS-18")
    def test_only_an_administrator_announces_it_all_the_same_and_the_reason_is_kept(self, house: House) -> None:
        makes_administrator(house, "Ola Hansen")
        review = writes(house, "sub_processor", effective="2026-12-01")
        review.choose("notice.choice", "override")
        assert "logged with a reason" in review.submit().errors["act.reason"]
        review.fill("act.reason", "The provider closes on the 30th")
        assert not review.submit().errors
        card = house.slack.expects("N-1 · New hosting", in_="#desk", thread=None)
        house.slack.expects("against an agreement (PS-18): The provider closes", in_="#desk", thread=card)
        assert "Told against an agreement, decided by Ola Hansen: The provider closes" in card.words
        assert happened(house) == ["overridden", "sent"]
        house.slack.forgets()

    @pytest.mark.clause("PS-18", "PS-08")
    def test_the_customer_objects_and_the_desk_is_told_at_once(self, house: House) -> None:
        """Kept with person, time and reason; nobody else may object for them, and nobody twice."""
        card = announces(house, "sub_processor", effective="2027-01-04")
        theirs = house.slack.expects("New hosting", in_="#bykommune", thread=None)
        house.slack.forgets()
        ola, nina = house.person("ola"), house.person("nina")
        ola.clicks("Motsett dere", on=theirs)
        hears(house, ola, "For Bykommune those may object who speak for it: Nina Moe", in_="#bykommune")
        nina.clicks("Motsett dere", on=theirs)
        assert not nina.modal().fill("act.reason", "Outside the EEA").submit().errors
        house.slack.expects("Nina Moe: Outside the EEA", in_="#desk", thread=card)
        house.slack.expects_edit(card, "Nina Moe objected")
        house.slack.expects_edit(theirs, "Outside the EEA")
        nina.clicks("Motsett dere", on=theirs)
        hears(house, nina, "Du motsatte deg dette", in_="#bykommune")
        with house.vakt.database.reading() as session:
            [entry] = [each for each in notice_entries(session, notice(house)) if each.event == NoticeEvent.OBJECTED]
            assert typed_text.read(session, TEAM, entry.text_id) == "Outside the EEA"
            assert entry.actor_id is not None
        house.is_quiet()

    @pytest.mark.clause("PS-18")
    def test_an_objection_by_mail_is_registered_by_an_agent(self, house: House) -> None:
        card = announces(house, "sub_processor", effective="2027-01-04")
        theirs = house.slack.expects("New hosting", in_="#bykommune", thread=None)
        house.slack.forgets()
        ola = house.person("ola")
        ola.clicks("Register an objection", on=card)
        modal = ola.modal().choose("subscribe.customer", "Bykommune")
        assert not modal.fill("act.reason", "Bodil Dahl by mail: no").submit().errors
        house.slack.expects_edit(card, "registered by Ola Hansen: Bodil Dahl by mail: no")
        house.slack.expects_edit(theirs, "Bodil Dahl by mail: no")
        house.slack.forgets()

    @pytest.mark.clause("PS-18", "PS-08")
    def test_the_register_is_told_by_a_ready_mail_that_the_desk_marks_as_sent(self, house: House) -> None:
        """Bykommune's signatory is in no Slack: her mail is a task on the card until somebody sent it."""
        card = announces(house, "sub_processor", effective="2027-01-04", nb="Vi bytter driftsleverandør.")
        ola = house.person("ola")
        ola.clicks("Mails to send", on=card)
        modal = ola.modal()
        assert "bodil.dahl@bykommune.example" in modal.text
        assert "Vi bytter driftsleverandør." in modal.text
        assert "Trer i kraft 4. januar 2027" in modal.text
        assert "svar på denne meldingen" in modal.text
        ola.clicks("Sent", on=modal)
        modal.waits_for("sent")
        house.settles()
        assert "1 mail to send" not in card.words
        with house.vakt.database.reading() as session:
            [mail] = session.exec(select(Told).where(Told.way == Way.MAIL)).all()
            assert mail.sent_at == house.now()
            assert mail.sent_by is not None
        assert "mailed" in happened(house)
        house.slack.forgets()


@pytest.mark.clause("PS-21")
def test_a_transfer_is_told_ninety_days_ahead(house: House) -> None:
    """23 November and 90 days: 21 February."""
    review = writes(house, "transfer", effective="2027-02-20")
    assert "at the earliest 21 February 2027 (PS-21)" in review.text
    review.choose("notice.choice", "earliest")
    assert not review.submit().errors
    theirs = house.slack.expects("New hosting", in_="#bykommune", thread=None)
    assert "21. februar 2027 (avtalen, kapittel 2.9)" in theirs.words
    house.slack.forgets()


@pytest.mark.clause("PS-28", "SO-09", "EM-22")
def test_changed_terms_take_effect_as_each_agreement_says(house: House) -> None:
    """Pureservice on the day that is given, with use as acceptance; SoftOne from the first of the next month.

    Easymeeting on publication. Without a day the window asks for one, and says for whom.
    """
    modal = composes(house, "terms", "New terms")
    assert "Pureservice AS" in (said := modal.submit().errors["notice.effective"])
    assert "PS-28" in said
    modal.fill("notice.effective", "2026-12-15")
    assert not modal.submit().errors
    review = house.person("ola").modal()
    assert "SoftOne AB, 1 customer: kept, takes effect on 15 December 2026 (SO-09)" in review.text
    assert not review.submit().errors
    theirs = house.slack.expects("New terms", in_="#bykommune", thread=None)
    assert "Bruk av tjenesten fra og med den dagen" in theirs.words
    assert "kapittel 1.3" in theirs.words
    assert "Bruk av tjenesten" not in house.slack.expects("New terms", in_="#fjordvideo", thread=None).words
    with house.vakt.database.reading() as session:
        assert [each.way for each, _ in tellings_of(session, TEAM, "N-1")].count(Way.MAIL) == 1
    house.slack.forgets()


@pytest.mark.clause("SO-09")
def test_terms_without_a_day_apply_from_the_first_of_the_next_month(house: House) -> None:
    """What only SoftOne's customer uses: told on 23 November, from 1 December; earlier is not kept."""
    modal = composes(house, "terms", "New terms", **{"about.services": "Payroll"}, effective="2026-11-30")
    assert not modal.submit().errors
    review = house.person("ola").modal()
    assert "SoftOne AB, 1 customer: *not kept:* at the earliest 1 December 2026 (SO-09)" in review.text
    house.person("ola").clicks("Change", on=review)
    again = house.person("ola").modal().waits_for("Takes effect on")
    assert isinstance(again, Modal)
    again.fill("notice.effective", "")
    assert not again.submit().errors
    assert not house.person("ola").modal().submit().errors
    theirs = house.slack.expects("New terms", in_="#acme", thread=None)
    assert "Börjar gälla 1 december 2026 (avtalet, punkt 3)" in theirs.words
    house.slack.expects("N-1 · New terms", in_="#desk", thread=None)
    house.is_quiet()


@pytest.mark.clause("EM-22")
def test_terms_apply_on_the_day_they_are_published(house: House) -> None:
    """What only Easymeeting's customer uses, told at a chosen moment the next day: from that day."""
    review = writes(
        house, "terms", "New terms", **{"about.services": "Video meetings", "send_at": "2026-11-24T10:00:00+01:00"}
    )
    assert "kept, takes effect on 24 November 2026 (EM-22)" in review.text
    assert not review.submit().errors
    card = house.slack.expects("N-1 · New terms", in_="#desk", thread=None)
    assert "Planned" in card.words
    house.moves_to(oslo("2026-11-24 10:00"))
    theirs = house.slack.expects("New terms", in_="#fjordvideo", thread=None)
    assert "Trer i kraft 24. november 2026" in theirs.words
    house.slack.expects_edit(card, "Told in 1 place")
    assert happened(house) == ["planned", "sent"]
    house.is_quiet()


@pytest.mark.clause("HP-11")
def test_a_release_goes_to_the_administrators_of_those_whose_agreement_says_so(house: House) -> None:
    """Talentia's own channel listens as customer, so its contact is told; a channel of administrators would be."""
    announces(house, "release", "Version 9")
    for channel in ("#acme", "#nordkonf", "#fjordvideo", "#bykommune"):
        house.slack.expects("Version 9", in_=channel, thread=None)
    house.slack.expects("Version 9", to=house.person("erik"))
    house.is_quiet()


@pytest.mark.clause("HP-11")
def test_a_channel_that_subscribes_as_customer_does_not_keep_a_release_from_the_administrators(house: House) -> None:
    subscribes(house, "C0TALENTIA", Audience.CUSTOMER, customer="talentia")
    announces(house, "release", "Version 9")
    house.slack.expects("Version 9", to=house.person("erik"))
    for channel in ("#acme", "#nordkonf", "#fjordvideo", "#bykommune"):
        house.slack.expects("Version 9", in_=channel, thread=None)
    house.is_quiet()


@pytest.mark.clause("HP-11")
def test_a_channel_that_listens_as_administrators_hears_of_releases(house: House) -> None:
    subscribes(house, "C0TALENTIA", Audience.ADMINISTRATORS, customer="talentia")
    announces(house, "release", "Version 9")
    house.slack.expects("Version 9", in_="#talentia", thread=None)
    for channel in ("#acme", "#nordkonf", "#fjordvideo", "#bykommune"):
        house.slack.expects("Version 9", in_=channel, thread=None)
    house.is_quiet()


@pytest.mark.clause("EM-06")
def test_notices_go_to_the_lists_of_partners_and_resellers_that_were_chosen(house: House) -> None:
    """Chosen are partners alone: no customer hears of it, nor do resellers. As agreed: all three lists do."""
    house.settles()
    for name, audience in (("partners", Audience.PARTNER), ("resellers", Audience.RESELLER)):
        subscribes(house, house.slack.add_channel(name, ["ola"]).id, audience)
    announces(house, "security", "For partners", audience="partner")
    house.slack.expects("For partners", in_="#partners", thread=None)
    house.is_quiet()
    review = writes(house, "security", "For all", **{"about.services": "Video meetings"})
    assert "3 channels" in review.text
    assert not review.submit().errors
    for channel in ("#partners", "#resellers", "#fjordvideo"):
        house.slack.expects("For all", in_=channel, thread=None)
    house.slack.expects("N-2 · For all", in_="#desk", thread=None)
    house.is_quiet()


class TestVulnerabilities:
    """PS-24: published to all; what a customer reported, once it is mended."""

    @pytest.mark.clause("PS-24")
    def test_one_that_a_customer_reported_is_held_until_it_is_mended(self, house: House) -> None:
        review = writes(house, "vulnerability", "Weak cookies", reported="yes")
        assert "told once it is mended (PS-24)" in review.text
        assert not review.submit().errors
        card = house.slack.expects("N-1 · Weak cookies", in_="#desk", thread=None)
        assert "Held until it is mended (PS-24)" in card.words.replace("*", "")
        house.moves(days=3)
        house.is_quiet()
        house.person("ola").clicks("Mended", on=card)
        for channel in CHANNELS:
            house.slack.expects("Weak cookies", in_=channel, thread=None)
        house.slack.expects_edit(card, "Told in 5 places")
        assert happened(house) == ["held", "mended", "sent"]
        house.is_quiet()

    @pytest.mark.clause("PS-24")
    def test_one_that_the_desk_found_is_published_to_all_at_once(self, house: House) -> None:
        announces(house, "vulnerability", "Weak cookies")
        for channel in CHANNELS:
            house.slack.expects("Weak cookies", in_=channel, thread=None)
        house.is_quiet()


def test_each_reader_reads_its_own_language_and_else_the_first_that_was_written(house: House) -> None:
    """The register keeps which text each was told."""
    announces(house, "security", "Passwords", en="Change it & tell <!channel>.", nb="Bytt det.")
    assert "Bytt det." in house.slack.expects("Passwords", in_="#bykommune", thread=None).words
    acme = house.slack.expects("Passwords", in_="#acme", thread=None)
    assert "Change it & tell <!channel>." in acme.words
    assert "Säkerhetsmeddelande" in acme.words
    texts = {language: text for _, _, language, text in told(house)}
    assert "Bytt det." in texts["nb"]
    assert "Change it & tell <!channel>." in texts["sv"]
    house.slack.forgets()


def test_a_correction_tells_everybody_who_was_told_and_may_only_put_the_day_off(house: House) -> None:
    card = announces(house, "sub_processor", effective="2027-01-04")
    theirs = house.slack.expects("New hosting", in_="#bykommune", thread=None)
    house.slack.forgets()
    ola = house.person("ola")
    ola.clicks("Correct", on=card)
    modal = ola.modal().fill("notice.en", "It is in Bergen.").fill("notice.effective", "2027-01-03")
    assert "not bring it forward" in modal.submit().errors["notice.effective"]
    assert not modal.fill("notice.effective", "2027-02-01").submit().errors
    house.slack.expects_edit(theirs, "It is in Bergen.")
    house.slack.expects("Dette varselet er rettet", in_="#bykommune", thread=theirs)
    assert "1. februar 2027" in theirs.words
    house.slack.expects_edit(card, "2 mails to send")
    assert [(step, way) for step, way, _, _ in told(house) if way == Way.MAIL] == [(0, "mail"), (1, "mail")]
    assert next(text for step, way, _, text in told(house) if (step, way) == (1, "mail")).startswith(
        "Rettet: New hosting"
    )
    house.slack.forgets()


def test_a_withdrawal_tells_everybody_who_was_told(house: House) -> None:
    card = announces(house, "sub_processor", effective="2027-01-04")
    theirs = house.slack.expects("New hosting", in_="#bykommune", thread=None)
    house.slack.forgets()
    ola = house.person("ola")
    ola.clicks("Withdraw", on=card)
    assert not ola.modal().fill("act.reason", "We keep the old one").submit().errors
    house.slack.expects_edit(theirs, "Trukket tilbake: New hosting")
    assert "Motsett dere" not in theirs.words
    house.slack.expects("We keep the old one", in_="#bykommune", thread=theirs)
    house.slack.expects_edit(card, "Withdrawn")
    assert "We keep the old one" in next(text for step, way, _, text in told(house) if (step, way) == (1, "mail"))
    house.slack.forgets()


class TestPlanned:
    """Told at its own moment, by a timer."""

    def test_a_planned_one_that_is_withdrawn_is_never_told(self, house: House) -> None:
        card = announces(house, "security", "Later", send_at="2026-11-24T10:00:00+01:00")
        ola = house.person("ola")
        ola.clicks("Withdraw", on=card)
        modal = ola.modal()
        assert "nobody will be" in modal.text
        assert not modal.fill("act.reason", "Not needed").submit().errors
        house.slack.expects_edit(card, "Withdrawn")
        house.moves(days=3)
        house.is_quiet()

    @pytest.mark.clause("PS-18")
    def test_one_whose_moment_passed_while_nobody_could_tell_it_is_not_told_against_the_agreement(
        self, house: House
    ) -> None:
        """Planned for Tuesday with 28 days to spare; on Wednesday it would break PS-18: its writer decides."""
        card = announces(house, "sub_processor", effective="2026-12-22", send_at="2026-11-24T10:00:00+01:00")
        house.settles()
        house.slack.clock.set(oslo("2026-11-25 10:00"))
        house.settles()
        ola = house.person("ola")
        asked = house.slack.expects("its moment came too late to keep the agreement (PS-18)", to=ola)
        ola.clicks("Look again", on=asked)
        review = ola.modal()
        assert "at the earliest 23 December 2026 (PS-18)" in review.text
        review.choose("notice.choice", "earliest")
        assert not review.submit().errors
        theirs = house.slack.expects("New hosting", in_="#bykommune", thread=None)
        assert "23. desember 2026" in theirs.words
        house.slack.expects_edit(card, "Told in")
        assert happened(house) == ["planned", "not_sent", "sent"]
        house.slack.forgets()


def test_what_nobody_would_hear_is_said_before_and_refused(house: House) -> None:
    review = writes(house, "security", audience="reseller")
    assert "Nobody would be told" in review.text
    assert "submit" not in review.view.body


def test_mistakes_are_said_at_their_field(house: House) -> None:
    modal = composes(house, "security", en="")
    assert "text in one language at least" in modal.submit().errors["notice.en"]
    modal.fill("notice.en", "Text").fill("notice.effective", "2026-11-22")
    assert "22 November 2026 has passed" in modal.submit().errors["notice.effective"]
    modal.fill("notice.effective", "").choose("notice.send_at", "2026-11-23T09:00:00+01:00")
    assert "has passed" in modal.submit().errors["notice.send_at"]


def test_who_is_no_agent_announces_and_reads_nothing(house: House) -> None:
    """Neither a customer nor a manager who only looks; nor does anybody see that there is one."""
    announces(house, "security", "Passwords")
    house.slack.forgets()
    for who in ("anna", "per"):
        for typed in ("/announce", "/announce list", "/announce N-1"):
            answer = house.person(who).types(typed, in_="#acme" if who == "anna" else "#desk")
            assert "Passwords" not in answer.words
            assert "agents of a desk" in answer.words
    assert not house.person("anna").has_modal()


def test_a_notice_that_nobody_has_confirmed_says_so(house: House) -> None:
    """Who looks before the writer has confirmed it reads that nobody was told, and no error."""
    writes(house, "security", "Passwords")
    account = house.person("ola").types("/announce N-1", in_="#desk").words
    assert "still being written" in account


def test_the_list_and_the_account_say_who_was_told_when_and_with_which_text(house: House) -> None:
    announces(house, "sub_processor", effective="2027-01-04", nb="Vi bytter.")
    house.settles()
    ola = house.person("ola")
    assert "N-1 · Sub-processor: New hosting · told" in ola.types("/announce list", in_="#desk").words.replace("*", "")
    account = ola.types("/announce N-1", in_="#desk").words
    assert "Bodil Dahl" in account
    assert "by mail · not yet" in account
    assert "Vi bytter." in account
    assert "We change" in account
    assert "There is no notice N-7" in ola.types("/announce n-7", in_="#desk").words
    assert "none of the commands" in ola.types("/announce everything", in_="#desk").words
    assert "/announce N-4" in ola.types("/announce help", in_="#desk").words
    house.slack.forgets()


def test_two_who_press_at_once_tell_it_once(house: House) -> None:
    """The second press finds it told, and says so."""
    card = announces(house, "vulnerability", "Weak cookies", reported="yes")
    ola, ingrid = house.person("ola"), house.person("ingrid")
    ola.clicks("Mended", on=card)
    presses_old(house, ingrid, card, "notice.mended", block="notice:N-1", value="N-1")
    hears(house, ingrid, "N-1", in_="#desk")
    assert happened(house).count("sent") == 1
    house.slack.forgets()


def test_a_submission_that_slack_delivers_twice_announces_once(house: House) -> None:
    review = writes(house, "security", "Passwords")
    house.slack.fault("view_submission", kind="duplicate")
    review.submit()
    for channel in CHANNELS:
        house.slack.expects("Passwords", in_=channel, thread=None)
    house.slack.expects("N-1 · Passwords", in_="#desk", thread=None)
    house.is_quiet()
