"""Whatever Slack's doors are sent: no bug, no 500, nothing stored by halves, an answer to act on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.conftest import Target, problems, share
from tests.fuzz.odd import spoiled

BATCH = 250
"""After so many inputs everything stored is looked at."""


def _aim(target: Target, part: float) -> None:
    @share(part)
    @given(payload=st.deferred(lambda: spoiled(target.seeds)))
    def shoot(payload: object) -> None:
        answer = target.send(payload)
        wrong = problems(answer)
        assert not wrong, (wrong, answer.payload)
        assert not target.slack.wrong, (target.slack.wrong, answer.payload)
        if target.sent % BATCH == 0:
            target.settles()

    shoot()
    target.settles()


@pytest.mark.parametrize("wiring", ["sqlite"])
def test_no_payload_breaks_vakt_on_sqlite(target: Target) -> None:
    _aim(target, 0.4)


@pytest.mark.parametrize("wiring", ["postgresql"])
def test_no_payload_breaks_vakt_on_postgresql(target: Target) -> None:
    _aim(target, 0.1)


@pytest.mark.parametrize("wiring", ["sqlite"])
def test_what_is_not_spoiled_is_done(target: Target) -> None:
    """Else nothing would have been aimed at."""
    answers = [target.send(payload) for payload in target.seeds]
    wrong = [(problems(answer), answer.payload) for answer in answers if problems(answer)]
    assert not wrong
    assert sum(answer.acted for answer in answers) > len(answers) // 12
    target.settles()
