"""Reading policy files: what is refused and in which words, versions, overrides, the schema."""

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from models.sla.calendar_document import expanded, restored
from models.sla.clock import WorkingTime
from models.sla.contract import Contract
from models.sla.policy import (
    load_policies,
    load_policy,
    parse_policy,
    parse_stored,
    policy_schema,
    with_overrides,
)
from models.sla.policy_calendars import with_facts
from models.sla.policy_files import BUNDLED, PolicyError, canonical, fingerprint
from models.sla.policy_lint import FindingKind, check, years_to_confirm
from models.sla.policy_values import parse_amount, parse_days, parse_window

Document = dict[str, Any]


def document(name: str = "softone") -> Document:
    return tomllib.loads((BUNDLED / f"{name}.toml").read_text(encoding="utf-8"))


def put(name: str, key: str, value: object) -> Document:
    """That policy with one value put where the dotted key points; a number is a place in a list."""
    whole = document(name)
    *path, last = [int(part) if part.isdigit() else part for part in key.split(".")]
    here: Any = whole
    for part in path:
        here = here[part]
    here[last] = value
    return whole


def refused(whole: Mapping[str, Any]) -> str:
    with pytest.raises(PolicyError) as caught:
        parse_policy(whole, "policies/test.toml")
    return str(caught.value)


LEADS_BACK = {"id": "x", "en": "x", "nb": "x", "sv": "x", "next": "available"}
LEADS_NOWHERE = LEADS_BACK | {"next": "nowhere"}
LEADS_TWICE = LEADS_BACK | {"severity": "P1"}
LONELY = {"text": {"en": "x", "nb": "x", "sv": "x"}, "answers": [LEADS_BACK | {"id": "a"}, LEADS_BACK]}

HALF_DAY = {"name": LONELY["text"], "hours": ["08:00-12:00"]}

REFUSED = [
    (put("softone", "clauses.PS-01", LONELY["text"]), "clauses.PS-01 is not a clause of this agreement; ids begin"),
    (put("easymeeting", "default_region", None), "default_region is missing; it is one of europe, america"),
    (put("softone", "slack_message_is", "fax"), 'slack_message_is names intake "fax"'),
    (
        put("softone", "kinds", document()["kinds"][:2]),
        r"questions.question is never asked; \[\[kinds\]\] offers no question",
    ),
    (put("softone", "kinds.1.id", "program_fault"), r'kinds\[1\].id is "program_fault" a second time'),
    (put("softone", "questions.question", {}), "questions.question needs either start, the first question, or outcome"),
    (put("softone", "questions.question.outcome.severity", "P0"), 'outcome.severity names class "P0"'),
    (put("softone", "calendars.both", {"union": ["moon"]}), 'calendars.both.union names calendar "moon"; there is off'),
    (put("softone", "calendars.both", {"union": ["both"]}), 'calendars.both.union has "both", itself a union'),
    (put("softone", "calendars.office.union", ["office"]), "calendars.office has both weekly and union"),
    (
        put("softone", "calendars.office.zone", "Moon/Base"),
        'calendars.office.zone is "Moon/Base", which is no time zone',
    ),
    (
        put("softone", "calendars.office.closures", [{"id": "c", "name": LONELY["text"]}]),
        r"closures\[0\] \(\"c\"\) needs one of iso_weeks, from and to, or dates",
    ),
    (put("softone", "calendars.office.limits", [HALF_DAY]), r"limits\[0\] needs one of on, on_date or easter"),
    (put("softone", "calendars.office.limits", [HALF_DAY | {"on": "24-12"}]), r'is "24-12"; write month and day'),
    (put("softone", "calendars.office.weekly", {"mon": ["8-16"]}), 'is "8-16"; write opening and closing such as'),
    (put("softone", "promises.p1.steps.0.calendar", "moon"), r'steps\[0\].calendar names calendar "moon"'),
    (put("easymeeting", "notes.1.calendar", None), r"notes\[1\].calendar is missing; EM-09 must say outside whose"),
    (put("softone", "effective", "sometime"), r"effective is \"sometime\"; use 'when_published' or 'first_of_next_mon"),
    (put("softone", "effective_clause", "PS-01"), 'effective_clause is "PS-01"; the clauses of this agreement begin'),
    (
        put("softone", "promises.p1.target", {"kind": "working_time", "amount": "0m"}),
        "promises.p1.target is 0 minutes; SO-15 needs at least 1 minute",
    ),
    (
        put("softone", "promises.p1.target.amount", "2 hrs"),
        r'promises.p1.target.amount is "2 hrs"; write hours .*SO-15',
    ),
    (
        put("softone", "promises.p1.target.kind", "soon"),
        r'promises.p1.target has kind "soon"; use .*working_time.*SO-15',
    ),
    (put("softone", "promises.p1.strength", "sure"), r'promises.p1.strength is "sure"; use .guaranteed.*SO-15'),
    (put("softone", "promises.p1.calender", "office"), r'promises.p1.calender is not a field.*did you mean "calendar"'),
    (put("softone", "promises.p1.calendar", "ofice"), r'promises.p1.calendar names calendar "ofice"; there is office'),
    (put("softone", "promises.p1.clause", "PS-01"), r'promises.p1.clause is "PS-01"; the clauses .* begin with SO-'),
    (put("softone", "promises.p1.clause", "SO-99"), r'promises.p1.clause is "SO-99", which \[clauses\] does not list'),
    (put("softone", "promises.p1.reminders", [0.5, 1.5]), r"promises.p1.reminders\[1\] is 1.5; .* between 0 and 1"),
    (put("softone", "promises.p1.reminders", [0.9, 0.5]), r"promises.p1.reminders must rise"),
    (put("softone", "promises.p1.severities", ["P9"]), r'names class "P9"; there is P1, P2, P3, P4, P5'),
    (put("softone", "promises.p1.severities", ["P2"]), r"severities.P1 \(SO-10\) has no promise"),
    (put("softone", "promises.p1.outside_hours", "page"), r'outside_hours is "page"; only a target of kind "at_once"'),
    (put("softone", "promises.p1.steps.0.on_breach", True), r"steps\[0\] \(senior\) needs exactly one of"),
    (put("softone", "severities.P1.name", {"en": "x", "nb": "x"}), r"severities.P1.name.sv is missing.*SO-10"),
    (put("softone", "default_severity", "P0"), r'default_severity names class "P0"'),
    (put("softone", "slack_is", "fax"), r'slack_is names intake "fax"; there is customer_centre, mail, phone'),
    (put("softone", "zone", "Europe/Stokholm"), r'zone is "Europe/Stokholm", which is no time zone'),
    (put("softone", "calendars.office.weekly", {}), r"calendars.office.weekly never opens"),
    (put("softone", "calendars.office.weekly", {"fri-mon": ["08:00-17:00"]}), r'has "fri-mon"; write a day or a range'),
    (put("softone", "calendars.office.weekly", {"mon": ["17:00-08:00"]}), r"must close after it opens"),
    (put("softone", "calendars.office.holidays.country", "XX"), r'no holidays are known for country "XX"'),
    (
        put(
            "softone",
            "calendars.office.closures",
            [{"id": "c", "name": LONELY["text"], "from": "01-01", "to": "12-31"}],
        ),
        r"calendars.office never opens within a year",
    ),
    (
        put("softone", "calendars.office.closures", [{"id": "c", "name": LONELY["text"], "from": "01-01"}]),
        r"closures\[0\] \(\"c\"\) needs both from and to",
    ),
    (
        put("softone", "questions.fault.ask.effect.answers.1", LEADS_BACK),
        r"comes round again: available → effect → avail",
    ),
    (put("softone", "questions.fault.ask.effect.answers.1", LEADS_NOWHERE), r'is "nowhere", a question that is not th'),
    (put("softone", "questions.fault.ask.effect.answers.1", LEADS_TWICE), r'\("x"\) needs either next, a question, or'),
    (put("softone", "questions.fault.ask.lonely", LONELY), r"questions.fault.ask.lonely is never asked"),
    (put("softone", "questions.fault.start", "begin"), r'questions.fault.start is "begin"; there is available'),
    (put("softone", "questions", {}), r"questions.fault is missing; each kind needs questions or an outcome"),
    (put("softone", "workaround.to", "P7"), r'workaround names class "P7"'),
    (put("softone", "prefix", "so"), r"prefix is .so"),
    (put("softone", "published", "yesterday"), r'published is "yesterday"'),
    (put("easymeeting", "regions.america", {}), r"regions.america.office is missing; the other regions have it"),
    (put("easymeeting", "notes.1.calendar", "ofice"), r'notes\[1\].calendar names calendar "ofice"'),
    (put("easymeeting", "options.24x7.calendars", {"nowhere": "always"}), r'options.24x7.calendars names calendar "no'),
    (put("pindena", "levels.enters", 4), r"levels.names lacks level 4; PI-11"),
    (put("pindena", "promises.serious.expected_strength", None), r"has expected or expected_strength alone; PI-07"),
]


@pytest.mark.parametrize(("whole", "says"), REFUSED, ids=[says[:40] for _, says in REFUSED])
def test_a_wrong_file_is_refused_with_key_clause_and_what_would_be_right(whole: Document, says: str) -> None:
    message = refused(whole)
    assert message.startswith("policies/test.toml: ")
    assert re.search(says, message), message


def test_every_mistake_is_named_at_once() -> None:
    whole = put("softone", "promises.p1.calendar", "ofice")
    whole["slack_is"] = "fax"
    assert len(refused(whole).splitlines()) == 2


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text("id = ", encoding="utf-8")
    with pytest.raises(PolicyError, match=r"bad\.toml: is not TOML"):
        load_policy(path)
    with pytest.raises(PolicyError, match=r"gone\.toml: cannot be read"):
        load_policy(tmp_path / "gone.toml")


def test_a_further_folder_adds_contracts_and_may_not_repeat_an_id(tmp_path: Path) -> None:
    text = (BUNDLED / "softone.toml").read_text(encoding="utf-8")
    (tmp_path / "sixth.toml").write_text(text.replace('id = "softone"', 'id = "sixth"', 1), encoding="utf-8")
    assert list(load_policies([tmp_path])) == ["easymeeting", "heartpace", "pindena", "pureservice", "softone", "sixth"]
    (tmp_path / "again.toml").write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError, match='id is "softone", which another file has'):
        load_policies([tmp_path])


def test_every_file_of_a_folder_is_read_before_it_is_refused(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.toml").write_text("id = 5", encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        load_policies([tmp_path])
    assert {line.split(": ", 1)[0].split("/")[1] for line in caught.value.lines} == {"one.toml", "two.toml"}


def test_half_days_extra_opening_single_dates_and_unions_are_understood() -> None:
    name = LONELY["text"]
    whole = document()
    office = whole["calendars"]["office"]
    office["limits"] = [
        HALF_DAY | {"on": "11-24"},
        HALF_DAY | {"on_date": date(2026, 11, 25)},
        HALF_DAY | {"easter": -4},
    ]
    office["extra"] = [{"name": name, "on": date(2026, 11, 28), "hours": ["10:00-14:00"]}]
    office["closures"] = [{"id": "move", "name": name, "dates": [date(2026, 11, 27)]}]
    whole["calendars"]["night"] = {"weekly": {"mon-sun": ["22:00-24:00"]}}
    whole["calendars"]["either"] = {"union": ["office", "night"]}
    calendars = parse_policy(whole, "x").calendars
    assert len(calendars) == len(list(calendars)) == 3
    hours = {f"{n}": calendars["office"].day(date(2026, 11, n), "en").windows for n in (24, 25, 27, 28)}
    closes = {day: f"{windows[0][1]:%H:%M}" if windows else "closed" for day, windows in hours.items()}
    assert closes == {"24": "12:00", "25": "12:00", "27": "closed", "28": "14:00"}
    assert f"{calendars['office'].day(date(2026, 4, 1), 'en').windows[0][1]:%H:%M}" == "12:00"
    assert len(calendars["either"].day(date(2026, 11, 23), "en").windows) == 2


# --- versions -----------------------------------------------------------------------------------------


def test_a_stored_version_parses_back_to_the_same_contract(contracts: Mapping[str, Contract]) -> None:
    for contract in contracts.values():
        again = parse_policy(json.loads(contract.content), "stored")
        assert again.hash == contract.hash
        assert again.promises == contract.promises
        assert again.questions == contract.questions
        assert (again.published, again.effective) == (contract.published, contract.effective)


def test_a_stored_version_counts_in_its_stored_calendars(contracts: Mapping[str, Contract]) -> None:
    """Holidays come from what was stored, not from what the package says by then."""
    softone = contracts["softone"]
    stored = expanded(softone.calendars["office"], range(2026, 2028))
    stored["holidays"]["dates"]["2026-11-23"] = "A day that no law knows"
    again = parse_stored(softone.content, {"office": restored(stored)})
    assert again.hash == softone.hash
    assert softone.calendar("office").is_working_day(date(2026, 11, 23))
    assert not again.calendar("office").is_working_day(date(2026, 11, 23))


def test_a_file_is_known_again_by_its_fingerprint(softone: Contract, tmp_path: Path) -> None:
    """What is stored already need not be parsed; what is no policy has none."""
    assert fingerprint(BUNDLED / "softone.toml") == ("softone", softone.hash)
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("not toml", "utf-8")
    assert fingerprint(wrong) is None


def test_comments_and_spaces_do_not_change_the_hash_and_a_value_does(softone: Contract) -> None:
    text = (BUNDLED / "softone.toml").read_text(encoding="utf-8")
    commented = parse_policy(tomllib.loads(f"# a remark\n\n{text}"), "x")
    changed = parse_policy(put("softone", "promises.p1.target.amount", "3h"), "x")
    assert commented.hash == softone.hash != changed.hash


def test_the_canonical_form_is_one_line_of_json_in_the_files_order() -> None:
    line = canonical(document())
    assert "\n" not in line
    assert list(json.loads(line)) == list(document())
    with pytest.raises(TypeError, match="cannot hold"):
        canonical({"x": object()})


# --- a customer's own values --------------------------------------------------------------------------


@pytest.mark.clause("HP-17")
def test_a_customers_own_agreement_overrides_single_values_and_shows_it(softone: Contract) -> None:
    own = with_overrides(softone, {"promises.p1.target.amount": "1h"})
    assert own.promise("p1").target == WorkingTime(parse_amount("1h"))
    assert [(layer.key, layer.was, layer.is_now) for layer in own.overrides] == [
        ("promises.p1.target.amount", '"2h"', '"1h"')
    ]
    assert softone.promise("p1").target == WorkingTime(parse_amount("2h"))
    assert own.hash != softone.hash


def test_an_override_is_checked_like_the_file(softone: Contract, easymeeting: Contract) -> None:
    with pytest.raises(PolicyError, match=r"softone with this customer's own values: promises.p1.target is 0 minutes"):
        with_overrides(softone, {"promises.p1.target.amount": "0m"})
    with pytest.raises(PolicyError, match=r"promises.p9.target is not a key"):
        with_overrides(softone, {"promises.p9.target": "1h"})
    with pytest.raises(PolicyError, match=r'there is no option "gold"; there is 24x7'):
        with_overrides(easymeeting, {}, ["gold"])


@pytest.mark.clause("HP-17")
def test_a_customers_own_agreement_counts_in_the_stored_calendar_but_for_what_it_changes(softone: Contract) -> None:
    """A day that was a holiday when the calendar was stored is one under the customer's own hours too."""
    calendars = {name: expanded(calendar, range(2026, 2028)) for name, calendar in softone.calendars.items()}
    calendars["office"]["holidays"]["dates"]["2026-11-24"] = "as stored"
    stored = parse_stored(softone.content, {name: restored(each) for name, each in calendars.items()})
    tuesday = datetime(2026, 11, 24, 7, tzinfo=UTC)
    own_time = with_overrides(stored, {"promises.p1.target.amount": "1h"})
    own_hours = with_overrides(stored, {"calendars.office.weekly": {"mon-fri": ["07:00-12:00"]}})
    assert own_time.calendars["office"] is stored.calendars["office"]
    assert not own_hours.calendars["office"].is_open(tuesday)
    assert own_hours.calendars["office"].next_opening(tuesday) == datetime(2026, 11, 25, 6, tzinfo=UTC)


def test_a_union_whose_member_a_customer_changes_changes_with_it(softone: Contract) -> None:
    whole = json.loads(softone.content)
    whole["calendars"]["evening"] = {"weekly": {"mon-fri": ["17:00-20:00"]}}
    whole["calendars"]["both"] = {"union": ["office", "evening"]}
    contract = parse_policy(whole, "both")
    night = {"weekly": {"sat": ["20:00-22:00"]}}
    own = with_overrides(contract, {"calendars.evening.weekly": {"mon-fri": ["17:00-22:00"]}, "calendars.night": night})
    assert own.calendars["night"].is_open(datetime(2026, 11, 28, 20, tzinfo=UTC))
    late = datetime(2026, 11, 24, 20, tzinfo=UTC)
    assert (contract.calendars["both"].is_open(late), own.calendars["both"].is_open(late)) == (False, True)
    assert own.calendars["office"] is contract.calendars["office"]


def test_a_corrected_fact_about_opening_comes_in_and_the_hours_of_the_week_stay(softone: Contract) -> None:
    """A closure of today closes the stored calendar; other hours, a union, and a calendar that is gone are left."""
    whole = json.loads(softone.content)
    whole["calendars"]["gone"] = {"weekly": {"sat": ["10:00-12:00"]}}
    whole["calendars"]["both"] = {"union": ["office", "gone"]}
    stored = parse_policy(whole, "stored")
    del whole["calendars"]["gone"], whole["calendars"]["both"]
    whole["calendars"]["office"]["weekly"] = {"mon-fri": ["06:00-07:00"]}
    whole["calendars"]["office"]["closures"] = [
        {"id": "move", "name": dict.fromkeys(("en", "nb", "sv"), "Move"), "dates": ["2026-11-24"]}
    ]
    corrected = with_facts(stored.calendars, parse_policy(whole, "today").calendar_specs)
    tuesday, wednesday = (datetime(2026, 11, day, 9, tzinfo=UTC) for day in (24, 25))
    assert stored.calendars["office"].is_open(tuesday)
    assert [corrected["office"].is_open(at) for at in (tuesday, wednesday)] == [False, True]
    assert [corrected["both"].is_open(at) for at in (tuesday, wednesday)] == [False, True]
    assert corrected["gone"].is_open(datetime(2026, 11, 28, 10, tzinfo=UTC))


def test_an_override_may_be_a_date_and_may_set_what_was_not_set(softone: Contract) -> None:
    own = with_overrides(softone, {"effective": date(2027, 1, 1), "forced_language": "sv"})
    assert (own.effective, own.forced_language) == (date(2027, 1, 1), "sv")
    assert own.overrides[1].was == "not set"


# --- the schema, the notations, the linter ------------------------------------------------------------


def test_the_schema_describes_the_five_files() -> None:
    schema = policy_schema()
    Draft202012Validator.check_schema(schema)
    for path in sorted(BUNDLED.glob("*.toml")):
        whole = json.loads(canonical(tomllib.loads(path.read_text(encoding="utf-8"))))
        Draft202012Validator(schema).validate(whole)


def test_the_readme_explains_every_field() -> None:
    readme = (BUNDLED / "README.md").read_text(encoding="utf-8")
    for part in [policy_schema(), *policy_schema()["$defs"].values()]:
        for field in part.get("properties", {}):
            assert f"`{field}`" in readme, field


def test_notations_are_read() -> None:
    assert parse_amount("1h30m") == parse_amount("90m")
    assert parse_days("mon-fri") == ("mon", "tue", "wed", "thu", "fri")
    assert parse_days("sat") == ("sat",)
    assert parse_window("08:00-24:00") == (480, 1440)


@pytest.mark.parametrize("text", ["", "2", "h", "2h 30", "-1h"])
def test_an_amount_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write hours and minutes"):
        parse_amount(text)


def test_the_linter_lists_readings_open_points_and_what_is_not_promised(contracts: Mapping[str, Contract]) -> None:
    for contract in contracts.values():
        kinds = {finding.kind for finding in check(contract, date(2026, 6, 1))}
        assert {FindingKind.READING, FindingKind.OPEN, FindingKind.NO_PROMISE} <= kinds
        assert all(finding.text for finding in check(contract, date(2026, 6, 1), "sv"))


def test_every_reading_of_the_clause_table_is_listed(contracts: Mapping[str, Contract]) -> None:
    keys = {f"{contract.id}:{reading.key}" for contract in contracts.values() for reading in contract.readings}
    assert {
        "heartpace:promises.answer",
        "heartpace:promises.fault_finding",
        "heartpace:calendars.office",
        "heartpace:severities",
        "pindena:calendars.support",
        "pindena:calendars.support.closures.july",
        "pindena:calendars.support.closures.christmas",
        "pindena:calendars.work",
        "pindena:promises.critical",
        "pindena:promises.update",
        "pindena:levels",
        "pindena:questions.fault.ask.way_round.easy",
        "softone:calendars.office",
        "softone:promises.p1.paused_by",
        "easymeeting:calendars.office_europe",
        "easymeeting:calendars.office_america",
        "easymeeting:slack_is",
        "pureservice:promises.start",
    } <= keys


def test_a_closure_nobody_confirmed_is_asked_about(pindena: Contract) -> None:
    may = [each for each in check(pindena, date(2027, 5, 1)) if each.kind is FindingKind.UNCONFIRMED]
    assert {(each.key, each.clause) for each in may} == {
        ("calendars.support.closures.july", "PI-10"),
        ("calendars.support.closures.christmas", "PI-10"),
    }
    assert all("2027" in each.text for each in may)


def test_from_november_the_coming_year_is_asked_about_too() -> None:
    assert years_to_confirm(date(2026, 10, 31)) == (2026,)
    assert years_to_confirm(date(2026, 11, 1)) == (2026, 2027)


def test_a_class_no_answer_leads_to_is_pointed_out(easymeeting: Contract) -> None:
    found = [each.key for each in check(easymeeting, date(2026, 6, 1)) if each.kind is FindingKind.NOT_PROPOSED]
    assert found == ["severities.medium", "severities.low"]
