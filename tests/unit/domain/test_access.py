"""Who may ask where, by ids: a table of people, channels and what admins allowed."""

from __future__ import annotations

import pytest

from bot.domain.access import Access, Home, Member, Room, Verdict, judge
from bot.domain.thread import ChannelId, TeamId, UserId

HOME, GRID = Home(TeamId("T1")), Home(TeamId("T1"), "E1")
ADA, NEWS = UserId("U1"), ChannelId("C1")
OURS, THEIRS = Member(TeamId("T1")), Member(TeamId("T9"))
GUEST = Member(TeamId("T1"), is_guest=True)
SISTER = Member(TeamId("T2"), "E1")
OURS_ALONE, SHARED = Room(), Room(is_shared=True, is_ext_shared=True)
PENDING = Room(is_pending_ext_shared=True)
IN_THE_GRID = Room(is_shared=True, is_org_shared=True)
OPEN = Access(shared=frozenset({NEWS}))
FOR_GUESTS = Access(guests=frozenset({NEWS}))


@pytest.mark.parametrize(
    ("member", "room", "home", "access", "verdict"),
    [
        (OURS, OURS_ALONE, HOME, Access(), Verdict.ALLOWED),
        (None, OURS_ALONE, HOME, Access(), Verdict.UNKNOWN),
        (None, SHARED, HOME, Access(), Verdict.SHARED_CHANNEL),
        (None, None, HOME, Access(), Verdict.UNKNOWN),
        (Member(TeamId("")), OURS_ALONE, HOME, Access(), Verdict.OUTSIDER),
        (THEIRS, None, HOME, Access(), Verdict.OUTSIDER),
        (THEIRS, OURS_ALONE, HOME, Access(), Verdict.OUTSIDER),
        (THEIRS, SHARED, HOME, Access(), Verdict.OUTSIDER),
        (THEIRS, SHARED, HOME, OPEN, Verdict.ALLOWED),
        (OURS, SHARED, HOME, Access(), Verdict.SHARED_CHANNEL),
        (OURS, PENDING, HOME, Access(), Verdict.SHARED_CHANNEL),
        (OURS, None, HOME, Access(), Verdict.UNKNOWN),
        (OURS, None, HOME, OPEN, Verdict.ALLOWED),
        (OURS, Room(is_shared=True), HOME, Access(), Verdict.SHARED_CHANNEL),
        (OURS, SHARED, HOME, OPEN, Verdict.ALLOWED),
        (OURS, IN_THE_GRID, GRID, Access(), Verdict.ALLOWED),
        (SISTER, IN_THE_GRID, GRID, Access(), Verdict.ALLOWED),
        (SISTER, IN_THE_GRID, HOME, Access(), Verdict.OUTSIDER),
        (Member(TeamId("T1"), "E9"), OURS_ALONE, GRID, Access(), Verdict.ALLOWED),
        (Member(TeamId("T9"), "E9"), OURS_ALONE, GRID, Access(), Verdict.OUTSIDER),
        (GUEST, OURS_ALONE, HOME, Access(), Verdict.GUEST),
        (GUEST, OURS_ALONE, HOME, FOR_GUESTS, Verdict.ALLOWED),
        (GUEST, SHARED, HOME, OPEN, Verdict.GUEST),
        (THEIRS, OURS_ALONE, HOME, FOR_GUESTS, Verdict.OUTSIDER),
        (OURS, OURS_ALONE, HOME, Access(channels=frozenset({NEWS})), Verdict.ALLOWED),
        (OURS, OURS_ALONE, HOME, Access(channels=frozenset({ChannelId("C2")})), Verdict.CHANNEL),
        (OURS, OURS_ALONE, HOME, Access(denied_channels=frozenset({NEWS})), Verdict.CHANNEL),
        (OURS, OURS_ALONE, HOME, Access(people=frozenset({UserId("U2")})), Verdict.PERSON),
        (OURS, OURS_ALONE, HOME, Access(denied_people=frozenset({ADA})), Verdict.PERSON),
    ],
)
def test_the_first_reason_against_a_question_is_named(
    member: Member | None, room: Room | None, home: Home, access: Access, verdict: Verdict
) -> None:
    assert judge(ADA, NEWS, member=member, room=room, home=home, access=access) is verdict


@pytest.mark.parametrize(
    ("member", "access", "verdict"),
    [
        (OURS, Access(), Verdict.ALLOWED),
        (OURS, Access(channels=frozenset({ChannelId("C2")})), Verdict.ALLOWED),
        (THEIRS, Access(), Verdict.OUTSIDER),
        (None, Access(), Verdict.UNKNOWN),
        (GUEST, Access(), Verdict.GUEST),
        (OURS, Access(denied_people=frozenset({ADA})), Verdict.PERSON),
    ],
)
def test_direct_messages_are_judged_by_the_person_alone(
    member: Member | None, access: Access, verdict: Verdict
) -> None:
    direct = ChannelId("D1")
    found = judge(ADA, direct, member=member, room=None, home=HOME, access=access, is_direct=True)
    assert found is verdict
