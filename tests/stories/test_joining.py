"""Which page waits for company, and what is said with it, whoever sends: on the real database, without a Slack."""

from datetime import timedelta

from models import joining, mending, sending
from models.ids import new_id
from models.joining import AT, AWAY, JOINED, MOST, WAITS
from models.outbox import Kind, Outgoing, Priority, State
from models.sending import Ask, Candidate, Held, Said
from tests.stories.test_sending import LEASE, SECOND, TEAM, Bench, bench, database  # noqa: F401 - fixtures

MINUTE = timedelta(minutes=1)


def _page(bench: Bench, key: str, *, to: str = "U1", after: timedelta | None = None, **values: object) -> Outgoing:  # noqa: F811
    """A page that is owed, `after` so much of contract time."""
    args = {AT: (bench.machine.at + (after or timedelta(0))).isoformat()}
    return bench.owes(key, kind=Kind.PAGE, conversation=to, priority=Priority.PAGE, **{"args": args} | values)


def _held(bench: Bench, *pages: Outgoing) -> set[str]:  # noqa: F811
    begun = [
        Candidate(row.team_id, row.id, row.conversation, row.kind, row.created_at, row.ready_at, Ask.POST)
        for row in pages
    ]
    with bench.database.reading() as session:
        held = joining.held_back(session, begun)
    return {row.key for row in pages if (row.team_id, row.id) in held}


def _claims(bench: Bench) -> list[Outgoing]:  # noqa: F811
    with bench.database.transaction() as session:
        return sending.claim(session, TEAM, bench.machine.at, LEASE, token=new_id())


def test_the_first_to_each_person_goes_and_those_after_it_wait(bench: Bench) -> None:  # noqa: F811
    pages = [_page(bench, "one"), _page(bench, "two"), _page(bench, "other", to="U2"), _page(bench, "three")]
    assert _held(bench, *pages) == {"two", "three"}


def test_the_first_waits_too_when_one_that_began_with_it_was_said_meanwhile(bench: Bench) -> None:  # noqa: F811
    """Another process stored that one earlier, though it was made later."""
    first, second = _page(bench, "one"), _page(bench, "two")
    with bench.database.transaction() as session:
        session.get_one(Outgoing, (TEAM, second.id)).leased_until = bench.machine.at + LEASE
    assert _held(bench, first) == {"one"}


def test_a_page_that_was_dropped_or_refused_keeps_no_other_waiting(bench: Bench) -> None:  # noqa: F811
    first, second = _page(bench, "one"), _page(bench, "two")
    with bench.database.transaction() as session:
        session.get_one(Outgoing, (TEAM, first.id)).state = State.DROPPED
    assert _held(bench, second) == set()


def test_pages_that_lie_apart_by_the_contracts_clock_do_not_wait_however_fast_it_is_moved(bench: Bench) -> None:  # noqa: F811
    assert _held(bench, _page(bench, "one"), _page(bench, "two", after=MINUTE)) == set()


def test_what_has_waited_takes_the_others_along_but_none_that_may_have_been_said(bench: Bench) -> None:  # noqa: F811
    first, second = _page(bench, "one"), _page(bench, "two")
    _page(bench, "perhaps", uncertain=True, ready_at=bench.machine.at + MINUTE)
    _page(bench, "to another", to="U2", ready_at=bench.machine.at + MINUTE)
    bench.machine.at += AWAY
    claimed = _claims(bench)
    assert [(row.key, row.args[JOINED]) for row in claimed] == [("one", [second.id])]
    assert bench.row("two").thread_of == first.id
    assert bench.row("perhaps").thread_of is None


def test_the_first_goes_alone_on_a_busy_machine_too_and_one_that_was_held_takes_the_rest_along(bench: Bench) -> None:  # noqa: F811
    _page(bench, "one")
    second, third = _page(bench, "two"), _page(bench, "three")
    bench.machine.at += 2 * WAITS
    with bench.database.transaction() as session:
        joining.hold(session, {(TEAM, row.id): row.created_at + WAITS for row in (second, third)})
    claimed = {row.key: row.args.get(JOINED) for row in _claims(bench)}
    assert claimed == {"one": None, "two": [third.id]}


def test_what_is_claimed_again_says_what_it_said_and_nothing_more_while_nobody_knows_whether_it_was(
    bench: Bench,  # noqa: F811
) -> None:
    """The process died between claiming and marking: before the post or after it."""
    _page(bench, "one")
    second = _page(bench, "two")
    bench.machine.at += AWAY
    _claims(bench)
    late = _page(bench, "three")
    bench.machine.at += LEASE + SECOND
    again = {row.key: row for row in _claims(bench)}
    assert again["one"].uncertain
    assert again["one"].args[JOINED] == [second.id]
    assert late.key in again
    assert "two" not in again


def test_what_is_said_together_is_marked_together_and_only_under_the_lease(bench: Bench) -> None:  # noqa: F811
    _page(bench, "one"), _page(bench, "two")
    bench.machine.at += AWAY
    [row] = _claims(bench)
    for token, states in ((new_id(), {State.WAITING}), (str(row.lease_token), {State.SENT})):
        held = Held(TEAM, row.id, token, row.revision)
        with bench.database.transaction() as session:
            sending.mark(session, [Said(held, "D1", "1.0", bench.machine.at, joined=True)])
        assert {bench.row(key).state for key in ("one", "two")} == states
    assert {(bench.row(key).channel, bench.row(key).ts) for key in ("one", "two")} == {("D1", "1.0")}


def test_a_message_has_room_for_so_many_and_counts_the_rest(bench: Bench) -> None:  # noqa: F811
    for number in range(MOST + 3):
        _page(bench, f"page {number:02}")
    bench.machine.at += AWAY
    claimed = _claims(bench)
    assert [len(row.args[JOINED]) + 1 for row in claimed] == [MOST, 3]
    assert claimed[0].args[joining.MORE] == 3


def test_what_is_dropped_or_tried_again_by_hand_goes_its_own_way(bench: Bench) -> None:  # noqa: F811
    _page(bench, "one"), _page(bench, "two"), _page(bench, "three")
    bench.machine.at += AWAY
    [row] = _claims(bench)
    with bench.database.transaction() as session:
        sending.mark(session, [sending.Later(Held.of(row), bench.machine.at, "away", sure=True)])
    with bench.database.transaction() as session:
        assert mending.drop(session, session.get_one(Outgoing, (TEAM, row.id)))
    assert bench.row("one").state == State.DROPPED
    assert [bench.row(key).thread_of for key in ("two", "three")] == [None, None]
    [again] = _claims(bench)
    assert again.key == "two"
    with bench.database.transaction() as session:
        refused = sending.Ended(Held.of(again), State.REFUSED, "chat.postMessage: is_archived", bench.machine.at)
        assert {each.key for each in sending.mark(session, [refused])} == {"two", "three"}
    with bench.database.transaction() as session:
        assert [mending.retry(session, each, bench.machine.at) for each in mending.refused(session, TEAM)] == [1, 1]
    assert [bench.row(key).thread_of for key in ("two", "three")] == [None, None]
