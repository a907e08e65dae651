"""The reader's language and zone: durations, moments, plurals, and catalogues that are complete."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import handlers.views
from handlers.views.catalogues import catalogue
from handlers.views.facts import PersonFact
from handlers.views.targets import target_words
from handlers.views.words import LANGUAGES, Words
from models.sla.clock import AtOnce, ClockTime, NextWorkingDay, SameWorkingDay, Target, Until, WorkingDays, WorkingTime
from tests.views.scenes import EN, KARI, NB, OLA, SV, at

VIEWS = Path(handlers.views.__file__).parent
TRANSLATED = ("nb", "sv")
KEYWORDS = {"mark": None, "plain": None, "say": None, "count": (1, 2)}
Message = str | tuple[str, ...]


def used() -> set[Message]:
    found = extract_from_dir(str(VIEWS), method_map=[("**.py", "python")], keywords=KEYWORDS)
    return {message for _, _, message, _, _ in found}


def po(language: str) -> Catalog:
    with (VIEWS / "locale" / language / "LC_MESSAGES" / "vakt.po").open("rb") as file:
        return read_po(file, locale=language)


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_in_the_code_is_translated_and_none_is_left_over(language: str) -> None:
    translated = {message.id: message for message in po(language) if message.id}
    assert set(translated) - used() == set()
    assert used() - set(translated) == set()
    assert not [m.id for m in translated.values() if m.fuzzy or not all(forms(m.string))]


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_places_of_its_sentence(language: str) -> None:
    for message in po(language):
        ids, strings = forms(message.id), forms(message.string)
        if any(ids):
            assert len(ids) == len(strings), message.id
            assert all(places(text) == places(ids[-1]) or places(text) == places(ids[0]) for text in strings), ids


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_ends_and_is_marked_as_its_sentence(language: str) -> None:
    for message in (each for each in po(language) if each.id):
        for one, other in zip(forms(message.id), forms(message.string), strict=True):
            assert one[-1:] in ".:?…" or other[-1:] not in ".:?", one
            assert one.count("*") == other.count("*"), one
            assert "!" not in other


def forms(text: str | Iterable[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


@pytest.mark.parametrize("language", TRANSLATED)
def test_our_reader_reads_what_babel_reads(language: str) -> None:
    assert catalogue(language) == {forms(m.id)[0]: forms(m.string) for m in po(language) if m.id}


def test_no_sentence_hides_inside_an_f_string() -> None:
    # Babel does not look there before Python 3.12, so such a sentence would go untranslated unseen.
    hidden = re.compile(r"\{words\.(say|plain|count)\(['\"]")
    assert not [path.name for path in VIEWS.glob("*.py") if hidden.search(path.read_text())]


def test_an_unknown_language_reads_english() -> None:
    assert Words("fi", ZoneInfo("UTC")).plain("Start work") == "Start work"
    assert set(LANGUAGES) == {"en", *TRANSLATED}


def test_a_catalogue_is_read_once() -> None:
    assert catalogue("nb") is catalogue("nb")


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (timedelta(hours=2, minutes=5), "2 h 05 min"),
        (timedelta(hours=48), "48 h"),
        (timedelta(minutes=25, seconds=59), "25 min"),
        (timedelta(seconds=59), "under 1 min"),
        (-timedelta(hours=1, minutes=10), "1 h 10 min"),
    ],
)
def test_a_duration_is_in_hours_and_minutes(amount: timedelta, said: str) -> None:
    assert EN.duration(amount) == said


def test_durations_and_days_follow_the_language() -> None:
    assert [w.duration(timedelta(hours=2, minutes=5)) for w in (EN, NB, SV)] == [
        "2 h 05 min",
        "2 t 05 min",
        "2 tim 05 min",
    ]
    assert [w.when(at("13:40"), at("09:40")) for w in (EN, NB, SV)] == ["Mon 13:40", "man. 13:40", "mån 13:40"]


def test_another_week_is_named_by_its_date() -> None:
    assert EN.when(at("13:40", 30), at("09:40")) == "Mon 30 Nov 13:40"
    assert EN.when(at("13:40", 29), at("09:40")) == "Sun 13:40"


def test_a_reader_in_another_zone_reads_their_own_clock() -> None:
    new_york = Words("en", ZoneInfo("America/New_York"))
    assert new_york.when(at("13:40"), at("09:40")) == "Mon 07:40"
    assert new_york.moment(at("13:40")).endswith("|Mon 23 Nov 07:40 EST>")


def test_a_moment_is_a_date_token_with_the_zone_for_who_cannot_draw_it() -> None:
    moment = datetime(2026, 11, 23, 12, 40, tzinfo=UTC)
    assert EN.moment(moment) == f"<!date^{int(moment.timestamp())}^{{date_short_pretty}} {{time}}|Mon 23 Nov 13:40 CET>"


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        EN.local(datetime(2026, 11, 23, 12, 40))  # noqa: DTZ001 - the mistake itself


def test_the_repeated_hour_in_autumn_is_told_apart_by_its_zone() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert EN.zoned(first) == "Sun 25 Oct 02:30 CEST"
    assert EN.zoned(first + timedelta(hours=1)) == "Sun 25 Oct 02:30 CET"


@pytest.mark.parametrize(("number", "said"), [(1, "1 sak forfaller snart: T-1"), (2, "2 saker forfaller snart: T-1")])
def test_plurals_follow_the_number(number: int, said: str) -> None:
    one, several = "{n} ticket falls due soon: {tickets}", "{n} tickets fall due soon: {tickets}"
    assert NB.count(one, several, number, tickets="T-1") == said


def test_english_has_plurals_of_its_own() -> None:
    assert EN.count("{n} ticket", "{n} tickets", 1) == "1 ticket"
    assert EN.count("{n} ticket", "{n} tickets", 0) == "0 tickets"


def test_people_are_joined_in_the_readers_words() -> None:
    people = (KARI, OLA, PersonFact(None, "Per"))
    assert EN.names(people) == "Kari Nordmann, Ola Hansen and Per"
    assert NB.names(people, either=True) == "Kari Nordmann, Ola Hansen eller Per"
    assert EN.names((KARI,)) == "Kari Nordmann"
    assert EN.names(()) == ""


def test_who_is_not_in_the_workspace_is_named_and_not_mentioned() -> None:
    assert EN.mention(PersonFact(None, "Per <admin>")) == "Per &lt;admin&gt;"
    assert EN.mention(KARI) == "<@U1>"


def test_a_contracts_text_falls_back_to_english_then_to_any() -> None:
    assert SV.pick({"en": "yes", "sv": "ja"}) == "ja"
    assert SV.pick({"en": "yes"}) == "yes"
    assert SV.pick({"nb": "ja"}) == "ja"
    assert SV.pick({}) == ""


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (WorkingTime(timedelta(hours=4)), "within 4 h of working time"),
        (ClockTime(timedelta(hours=24)), "within 24 h, day and night"),
        (SameWorkingDay(), "the same working day"),
        (NextWorkingDay(), "at the latest the next working day"),
        (WorkingDays(1), "within a working day"),
        (WorkingDays(5), "within 5 working days"),
        (WorkingDays(1, "same_time"), "the same time on the next working day"),
        (WorkingDays(2, "same_time"), "the same time 2 working days later"),
        (AtOnce(timedelta(minutes=15)), "at once, late after 15 min"),
        (Until(datetime(2026, 11, 25, 11, tzinfo=UTC)), "by Wed 25 Nov 12:00"),
    ],
)
def test_a_target_is_said_as_the_agreement_counts_it(target: Target, said: str) -> None:
    assert target_words(target, EN) == said
