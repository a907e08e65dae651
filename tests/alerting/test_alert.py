"""Alerts as they are read: both formats, whatever is sent."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.alerting.alert import (
    LONGEST_DETAILS,
    LONGEST_SUMMARY,
    MOST_ALERTS,
    Alert,
    AlertError,
    read_alertmanager,
    read_generic,
)

Read = Callable[[object], tuple[Alert, ...]]

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
    max_leaves=12,
)
LABELS = st.dictionaries(st.text(min_size=1, max_size=12), ANYTHING, max_size=4)
NEARLY = st.fixed_dictionaries(
    {"version": st.just("4")},
    optional={
        "alerts": st.lists(
            st.fixed_dictionaries(
                {},
                optional={
                    "status": st.sampled_from(["firing", "resolved", "odd"]) | ANYTHING,
                    "labels": LABELS | ANYTHING,
                    "annotations": LABELS | ANYTHING,
                    "fingerprint": ANYTHING,
                    "generatorURL": ANYTHING,
                },
            ),
            max_size=3,
        )
    },
)
GENERIC = st.fixed_dictionaries(
    {},
    optional={
        name: ANYTHING | st.text(max_size=3_000)
        for name in ("dedup_key", "status", "summary", "details", "labels", "severity", "link")
    },
)


def _is_shown(alert: Alert) -> bool:
    texts = [alert.key, alert.summary, alert.details, alert.link, *alert.labels, *alert.labels.values()]
    return all(each.isprintable() for text in texts for each in text.split("\n")) and "\n" not in alert.summary


@given(NEARLY | ANYTHING)
def test_whatever_alertmanager_might_send_is_read_whole_or_refused_in_words(document: object) -> None:
    _is_read_or_refused(read_alertmanager, document)


@given(GENERIC | ANYTHING)
def test_whatever_anybody_might_send_is_read_whole_or_refused_in_words(document: object) -> None:
    _is_read_or_refused(read_generic, document)


def _is_read_or_refused(read: Read, document: object) -> None:
    try:
        alerts = read(document)
    except AlertError as refused:
        alerts, said = (), str(refused)
    else:
        said = ""
    assert said.isprintable()
    assert len(said) < 400
    for alert in alerts:
        assert _is_shown(alert)
        assert 0 < len(alert.summary) <= LONGEST_SUMMARY
        assert len(alert.details) <= LONGEST_DETAILS
        assert alert.key
        json.dumps(alert.told).encode()


def test_an_alert_without_a_summary_is_named_by_its_labels() -> None:
    [alert] = read_alertmanager(_sent({"alertname": "Down", "instance": "db1", "job": "node"}))
    assert (alert.summary, alert.firing) == ("Down db1", True)
    assert alert.told == "alertname: Down\ninstance: db1\njob: node"


def test_the_same_labels_are_the_same_alert_also_without_a_fingerprint() -> None:
    [one], [other] = (read_alertmanager(_sent(labels)) for labels in ({"a": "1", "b": "2"}, {"b": "2", "a": "1"}))
    [third] = read_alertmanager(_sent({"a": "1", "b": "3"}))
    assert one.key == other.key != third.key


def test_a_severity_sent_beside_the_labels_is_one_of_them_unless_they_say_otherwise() -> None:
    [beside] = read_generic({"dedup_key": "a", "summary": "b", "severity": "high"})
    [both] = read_generic({"dedup_key": "a", "summary": "b", "severity": "high", "labels": {"severity": "low"}})
    assert (beside.label("severity"), both.label("severity"), both.label("none")) == ("high", "low", "")


def test_the_hook_is_told_by_us_and_not_by_who_sends() -> None:
    [alert] = read_generic({"dedup_key": "a", "summary": "b", "labels": {"hook": "another"}})
    assert alert.under("prometheus").label("hook") == "prometheus"


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (None, "the body is missing; write an object"),
        ({"version": 4}, 'version is a number; Alertmanager\'s webhook has version "4"'),
        ({"version": "4", "alerts": []}, "alerts is a list"),
        ({"version": "4", "alerts": [{}] * (MOST_ALERTS + 1)}, "alerts has 1001 alerts"),
        ({"version": "4", "alerts": [{"labels": {}}]}, "alerts[0].labels has none"),
        ({"version": "4", "alerts": [{"labels": {"a": ["x"]}}]}, "alerts[0].labels.a is a list; write a text"),
        ({"version": "4", "alerts": [{"labels": {f"l{n}": "" for n in range(65)}}]}, "at most 64 are read"),
        ({"version": "4", "alerts": [{"labels": {"x" * 129: ""}}]}, "128 is the most"),
        ({"version": "4", "alerts": [{"labels": {"a": "b"}, "status": None}]}, "alerts[0].status is missing"),
        ({"version": "4", "alerts": [{"labels": {"a": "b"}, "status": {"is": "firing"}}]}, "alerts[0].status is"),
    ],
)
def test_a_mistake_is_named_with_its_place(document: object, words: str) -> None:
    with pytest.raises(AlertError) as caught:
        read_alertmanager(document)
    assert words in str(caught.value)


def _sent(labels: dict[str, str]) -> dict[str, Any]:
    return {"version": "4", "alerts": [{"status": "firing", "labels": labels}]}
