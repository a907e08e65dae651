"""A rota as it is written: what it comes to, and what is wrong with one, by its key."""

import tomllib
from datetime import datetime
from typing import Any

import pytest
from pydantic import BaseModel

from models.rota.document import RotaDocument, read_rota, spec_of
from models.rota.hours import HoursOf, Weekly
from models.rota.questions import on_call
from models.rota.rota import compile_rota
from models.rota.shift import RotaError
from models.rota.spec import Layer, RotaSpec, Temporary
from tests.house.tree import ROOT
from tests.rota.worlds import CALENDARS, OSLO, SUPPORT, document, layer, oslo

WEEK = {"days": ["mon"], "from": "17:00", "to": "08:00"}


def changed(**more: Any) -> dict[str, Any]:
    return document(layer("primary", **more))


def july(**more: Any) -> dict[str, Any]:
    plain = {"name": "july", "from": datetime(2026, 7, 1), "until": datetime(2026, 7, 15), "people": ["siri"]}
    return {**plain, **more}


def test_the_example_of_the_papers_is_a_rota() -> None:
    text = (ROOT / "docs" / "oncall.md").read_text("utf-8")
    written = tomllib.loads(text.split("```toml")[1].split("```")[0])
    found = read_rota(written["rotas"][0])
    calendars = dict.fromkeys(found.calendars, SUPPORT)
    rota = compile_rota(spec_of(found, calendars))
    assert rota.layers == ("primary", "secondary")
    assert [shift.person for shift in on_call(rota, oslo(1, 5, 20))] == ["kari", "siri"]


def test_a_document_becomes_a_rota_with_everything_it_says() -> None:
    written = document(layer(restrictions=[WEEK, {"outside_hours_of": "acme/support"}]), temporary=[july()])
    spec = spec_of(read_rota(written), CALENDARS)
    assert (spec.key, spec.name, spec.zone, spec.owner) == ("drift", "Drift", OSLO, "kari")
    (primary,) = spec.layers
    assert (primary.name, primary.people, primary.starts) == (
        "primary",
        ("kari", "ola", "per"),
        datetime(2026, 1, 5, 8),
    )
    assert primary.restrictions == (
        Weekly(frozenset({0}), 17 * 60, 32 * 60),
        HoursOf("acme/support", SUPPORT, outside=True),
    )
    (cover,) = spec.temporary
    assert (cover.since, cover.until, cover.replaces) == (oslo(7, 1), oslo(7, 15), None)
    assert cover.layer.rotation is None


def test_a_document_is_written_as_it_is_read() -> None:
    written = document(layer(restrictions=[WEEK]), temporary=[july(replaces="primary")])
    assert read_rota(written).model_dump(exclude_defaults=True) == written


class File(BaseModel):
    rotas: list[RotaDocument]


def test_a_document_is_part_of_a_larger_file() -> None:
    written = document(layer(restrictions=[WEEK]), temporary=[july()])
    assert File.model_validate({"rotas": [written]}).model_dump(exclude_defaults=True) == {"rotas": [written]}


def test_a_document_tells_whom_and_which_calendars_it_names() -> None:
    found = read_rota(document(layer(restrictions=[{"hours_of": "acme/support"}]), temporary=[july()], owner="eva"))
    assert found.handles == {"eva", "kari", "ola", "per", "siri"}
    assert found.calendars == {"acme/support"}


def test_a_calendar_that_nobody_has_is_named_with_those_there_are() -> None:
    found = read_rota(document(layer(restrictions=[{"hours_of": "acme/hotline"}])))
    with pytest.raises(RotaError, match="drift: there is no calendar acme/hotline; there is acme/support"):
        spec_of(found, CALENDARS)


def test_one_person_alone_is_allowed_and_warned_about() -> None:
    found = read_rota(document(layer("primary", "kari", "kari"), layer("secondary", "ola", "per")))
    assert found.warnings == ("layers.primary.people is only kari, whom nobody relieves; name another",)


WRONG = [
    (document(zone="Europe/Olso"), 'zone: there is no time zone "Europe/Olso"; write one such as Europe/Oslo'),
    (document(name="Dri\u202eft"), r"name: 'Dri\u202eft' has a character that cannot be shown"),
    (document(key="Drift!"), "key: String should match pattern '^[a-z0-9][a-z0-9_-]{0,40}$'"),
    ({**document(), "layers": []}, "the rota: layers is empty; a rota has at least one, such as primary"),
    ({key: value for key, value in document().items() if key != "zone"}, "zone: Field required"),
    (document(colour="red"), "colour: Extra inputs are not permitted"),
    (
        {**document(), "layers": [layer(people=[])]},
        'layers.primary: people is empty; name at least one, such as people = ["kari", "ola"]',
    ),
    (changed(people=["Kari Nordmann"]), "layers.primary.people.0: String should match pattern"),
    (
        changed(rotation=None),
        "layers.primary: starts and rotation are missing, such as starts = 2026-01-05T08:00:00, rotation",
    ),
    (
        changed(starts=oslo(1, 5, 8)),
        "layers.primary.starts: is 2026-01-05T08:00:00+01:00; leave out the offset, it is read in the rota's zone",
    ),
    (changed(starts=datetime(1999, 1, 4)), "layers.primary.starts: is in 1999; the years are 2000 to 2099"),
    (
        changed(rotation="FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
        'rotation is "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30": does not fire within ten years of 2026-01-05 08:00; write',
    ),
    (
        changed(rotation="FREQ=SECONDLY"),
        'layers.primary: rotation is "FREQ=SECONDLY": FREQ must be one of HOURLY, DAILY, WEEKLY, MONTHLY, YEARLY',
    ),
    (
        changed(rotation="FREQ=DAILY;BYHOUR=8;BYMINUTE=0,30"),
        "fires at 08:00 and 08:30; a handover is at most once an hour",
    ),
    (changed(rotation="FREQ=DAILY;BYHOUR=7;BYMINUTE=0,59"), "fires at 07:00 and 07:59"),
    (
        changed(rotation="FREQ=WEEKLY;COUNT=10"),
        "a rotation does not end by itself: leave out COUNT, and end a temporary schedule with `until`",
    ),
    (changed(rotation="FREQ=WEEKLY;UNTIL=20270101T000000"), "leave out UNTIL"),
    (changed(rotation="weekly"), 'rotation is "weekly": "WEEKLY" is not understood; write parts such as FREQ=WEEKLY;'),
    (changed(rotation="FREQ=WEEKLY;BYDAY=XX"), "invalid 'BYDAY': XX; write an RRULE such as FREQ=WEEKLY;BYDAY=MO"),
    (changed(rotation="FREQ=DAILY;INTERVAL=0"), "INTERVAL must be a number from 1 to 1000"),
    (changed(rotation="FREQ=YEARLY;INTERVAL=50"), "does not fire within ten years"),
    (changed(rotation="FREQ=WEEKLY\nEXDATE:20260112"), '"FREQ=WEEKLY EXDATE:20260112" is not understood'),
    (changed(rotation="FREQ=WEEKLY;BYEASTER=1"), '"BYEASTER=1" is not understood'),
    (changed(rotation="FREQ=DAILY;" + "BYDAY=MO" * 50), "characters long; a rule has at most 200"),
    (
        changed(restrictions=[{"days": ["mon"], "from": "17:00"}]),
        'layers.primary.restrictions.0: a window needs days, from and to, such as days = ["mon"], from = "17:00",',
    ),
    (changed(restrictions=[{**WEEK, "days": ["monday"]}]), 'days.0: is "monday"; the days are mon, tue, wed, thu'),
    (changed(restrictions=[{**WEEK, "to": "25:00"}]), 'to: is "25:00"; write a time such as "08:00", or "24:00"'),
    (changed(restrictions=[{**WEEK, "to": "17:00"}]), 'a whole day is from "00:00" to "24:00"'),
    (changed(restrictions=[{**WEEK, "from": "24:00"}]), 'from is "24:00" and to is "08:00"'),
    (changed(restrictions=[{**WEEK, "hours_of": "a/b"}]), "or hours_of, or outside_hours_of: one in each restriction"),
    (changed(restrictions=[{}]), "write days with from and to, or hours_of, or outside_hours_of"),
    (changed(restrictions=[{"hours_of": "acme"}]), 'is "acme"; write contract and calendar such as "acme/support"'),
    (changed(from_calendar=True), "from_calendar stands alone: people and times come from the calendar"),
    (document(layer(), layer()), "layers: primary is there twice; every layer and schedule has its own name"),
    (
        document(temporary=[july(until=datetime(2026, 7, 1))]),
        "temporary.july: until is 2026-07-01T00:00:00; it must be after from, 2026-07-01T00:00:00",
    ),
    (document(temporary=[july(people=[])]), "temporary.july: people is empty"),
    (
        document(temporary=[july(people=["siri", "per"])]),
        'temporary.july: rotation is missing: several people need one, such as rotation = "FREQ=DAILY"',
    ),
    (
        document(temporary=[july(starts=datetime(2026, 7, 2))]),
        "starts is 2026-07-02T00:00:00; it must not be after from, 2026-07-01T00:00:00",
    ),
    (
        document(temporary=[july(replaces="tertiary")]),
        'temporary.july.replaces is "tertiary"; the layers are primary',
    ),
    (
        document(temporary=[july(replaces="primary"), july(name="more", replaces="primary")]),
        "temporary: july and more both replace primary from 2026-06-30T22:00:00+00:00; end one before the other begins",
    ),
    (document(temporary=[july(name="primary")]), "primary is there twice"),
]


@pytest.mark.parametrize(("written", "message"), WRONG, ids=[message[:50] for _, message in WRONG])
def test_a_mistake_is_told_by_its_key_with_what_would_be_right(written: dict[str, Any], message: str) -> None:
    with pytest.raises(RotaError) as refused:
        read_rota(written)
    assert message in str(refused.value)


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(RotaError) as refused:
        read_rota(document(layer(people=[]), zone="Mars"))
    assert len(str(refused.value).splitlines()) == 2


def test_a_document_that_is_no_table_is_refused() -> None:
    with pytest.raises(RotaError, match="the rota: Input should be"):
        read_rota([])  # type: ignore[arg-type]


def test_a_temporary_schedule_without_time_is_refused_wherever_it_comes_from() -> None:
    alone = Layer(name="july", people=("siri",), starts=datetime(2026, 7, 1))
    with pytest.raises(RotaError, match=r"temporary\.july: until must be after from"):
        Temporary(layer=alone, since=oslo(7, 1), until=oslo(7, 1))
    with pytest.raises(RotaError, match="is there twice"):
        RotaSpec(key="drift", name="Drift", zone=OSLO, owner="kari", layers=(alone, alone))


def test_the_schema_completes_a_file_as_it_is_written() -> None:
    layers = RotaDocument.model_json_schema()["$defs"]["LayerPart"]["properties"]
    assert {"name", "people", "starts", "rotation", "restrictions", "from_calendar"} == set(layers)
