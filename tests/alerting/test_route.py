"""Routes and their patterns: the first that fits, and none that an alert could make slow."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.alerting.alert import Alert
from models.alerting.document import RouteDocument
from models.alerting.pattern import LOOKED_AT, PatternError, matches, pattern
from models.alerting.route import Route, group_key, member_key, route_of, storm_key

ALERTS = st.builds(
    Alert,
    key=st.text(min_size=1, max_size=5),
    firing=st.booleans(),
    labels=st.dictionaries(st.sampled_from("abc"), st.sampled_from(["", "x", "y", "xy"])),
)
ROUTES = st.lists(
    st.builds(
        Route,
        key=st.text(min_size=1, max_size=3),
        customer=st.just("acme"),
        match=st.dictionaries(st.sampled_from("abc"), st.sampled_from(["", "x", "y"]), max_size=2),
        match_re=st.dictionaries(st.sampled_from("abc"), st.sampled_from(["x.*", "", "x|y", ".+"]), max_size=2),
        dedup_by=st.lists(st.sampled_from("abc"), max_size=2, unique=True).map(tuple),
    ),
    max_size=5,
)


@given(ALERTS, ROUTES)
def test_the_first_route_that_takes_an_alert_has_it(alert: Alert, routes: list[Route]) -> None:
    found = route_of(alert, routes)
    taking = [route for route in routes if route.takes(alert)]
    assert found == (taking[0] if taking else None)


@given(ALERTS, ALERTS, ROUTES)
def test_alerts_are_one_ticket_exactly_when_the_labels_they_go_by_agree(
    one: Alert, other: Alert, routes: list[Route]
) -> None:
    for route in routes:
        agree = (
            [one.label(name) for name in route.dedup_by] == [other.label(name) for name in route.dedup_by]
            if route.dedup_by
            else one.key == other.key
        )
        assert (group_key(one, route) == group_key(other, route)) == agree
        assert group_key(one, route) != storm_key(route)
    assert (member_key(one) == member_key(other)) == (one.key == other.key)


def test_a_route_without_a_match_takes_everything_and_a_missing_label_is_empty() -> None:
    alert = Alert("a", firing=True, labels={"severity": "critical"})
    assert Route(key="all", customer="acme").takes(alert)
    assert Route(key="no-team", customer="acme", match={"team": ""}).takes(alert)
    assert not Route(key="team", customer="acme", match_re={"team": ".+"}).takes(alert)


@given(
    st.sampled_from(["a.*", "a|b", "(a|b)c", "[a-c]+x?", "a{2,3}", ".*a.*", "", "(ab)*"]), st.text("abcx", max_size=9)
)
def test_a_pattern_fits_what_python_says_it_fits_and_the_whole_of_it(text: str, value: str) -> None:
    assert matches(text, value) == (re.fullmatch(text, value, re.DOTALL) is not None)


@pytest.mark.parametrize(
    "text",
    [
        "(a+)+b",
        "(a|a)*b",
        "(a?){30}a{30}",
        "a?" * 30,
        "(a|a)" * 30,
        ".*.*.*.*x",
        r"(a)\1",
        "(?=a)b",
        "(?<=a)b",
        "(",
        "a" * 201,
        "(" * 200,
        "a{1,9}" * 9,
    ],
)
def test_what_could_take_long_or_cannot_be_read_is_refused_when_it_is_written(text: str) -> None:
    with pytest.raises(PatternError):
        pattern(text)
    with pytest.raises(ValidationError):
        RouteDocument(key="a", customer="b", match_re={"c": text})


@pytest.mark.parametrize("text", [".*a.*b", "(x|y)z.*w+", "[ab]*[bc]*d"])
def test_a_value_made_for_a_pattern_stops_nobody(text: str) -> None:
    """Some milliseconds at worst: a test that took long would not end here."""
    assert not matches(text, "a" * (LOOKED_AT - 1) + "e")
    assert not matches(text, "a" * 100_000)


@pytest.mark.parametrize(
    "wrong",
    [
        {"storm": 0},
        {"reopen_minutes": -1},
        {"match": {"": "x"}},
        {"unknown": 1},
        {"key": "Not A Key"},
        {"dedup_by": ["a"] * 21},
    ],
)
def test_a_route_that_cannot_be_kept_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        RouteDocument.model_validate({"key": "a", "customer": "b", **wrong})


def test_a_route_is_stored_as_what_differs_and_read_back_the_same() -> None:
    document = RouteDocument(key="a", customer="b", match={"x": "y"}, page=True, dedup_by=["x"])
    assert RouteDocument.model_validate(document.stored) == document
    assert document.route.dedup_by == ("x",)
    assert set(document.stored) == {"key", "customer", "match", "page", "dedup_by"}
