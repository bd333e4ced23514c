"""GitLab's answers in pages, by links or numbers, and what a token may not see of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ledger.domain.commit_facts import Contained
from ledger.domain.requests import Checked, Described
from ledger.domain.sync_course import Page
from ledger.sources.forge_client import ForgeFailed
from tests import forges
from tests.forges import Asked, World, serving
from tests.posting.syncing import asking


@pytest.fixture
def world() -> Iterator[World]:
    with serving(World(largest=2)) as served:
        yield served


def pages(world: World) -> list[Page]:
    with asking(world, "gitlab") as forge:
        return list(forge.pages("", None))


def described(found: list[Page]) -> list[Described]:
    return [each for page in found for each in page.described]


def test_pages_are_followed_by_link_and_by_number(world: World) -> None:
    world.add(*(Asked(number, minutes=number) for number in range(1, 8)))
    found = pages(world)
    assert [each.number for each in described(found)] == [7, 6, 5, 4, 3, 2, 1]
    assert [bool(page.after) for page in found] == [True, True, True, False]


def test_what_stands_beside_a_request_is_read_to_its_end(world: World) -> None:
    world.add(Asked(7, "CLOSED", minutes=9, commits=5, reviews=3, checks=3, closes=(("ClosedEvent", 3),)))
    (page,) = pages(world)
    (only,) = page.described
    commits = only.details["commits"]
    assert (len(commits), commits[-1]) == (5, forges.oid(forges.HEAD, 7)), "GitLab lists the newest first"
    assert sum(each.kind == "reviewed" for each in only.happened) == 3
    assert len([each for each in page.told if isinstance(each, Checked)]) == 3
    (contained,) = [each for each in page.told if isinstance(each, Contained)]
    assert contained.written[0].email == "ann@example.org"


def test_of_a_merged_request_states_are_not_asked_for(world: World) -> None:
    world.add(Asked(7, "MERGED"))
    (only,) = described(pages(world))
    assert only.details["merge_oid"] == forges.oid(forges.MERGE, 7), "the squash is what landed"
    assert not any("resource_state_events" in path for path in world.asked)


def test_what_is_switched_off_is_left_out_and_said_once(world: World) -> None:
    world.add(Asked(7, "MERGED"), Asked(8, "MERGED"))
    no = forges.status(403)
    world.faults = [None, no, None, None, no]
    with asking(world, "gitlab") as forge:
        (page,) = forge.pages("", None)
        assert forge.notices == ["gitlab.com left out commits, which this token may not read."]
    assert ["commits" in each.details for each in page.described] == [False, False]


def test_a_token_that_may_not_read_requests_is_a_sentence(world: World) -> None:
    world.faults = [forges.status(403)]
    with pytest.raises(ForgeFailed, match=r"does not let the token .* read merge requests .* set GITLAB_TOKEN"):
        pages(world)
    world.faults = [None]
    world.name = "owner/else"
    with asking(world, "gitlab") as forge:
        world.name = "owner/name"
        with pytest.raises(ForgeFailed, match="does not know owner/else"):
            forge.known()


def test_another_json_than_a_list_is_a_sentence(world: World) -> None:
    world.faults = [forges.said({"message": "hello"})]
    with pytest.raises(ForgeFailed, match="something else than a list of merge requests"):
        pages(world)


def test_a_link_that_leads_round_ends(world: World) -> None:
    round_again = f"{world.url}/api/v4/projects/owner%2Fname/merge_requests?page=1"
    world.faults = [lambda _asked: (200, {"Link": f'<{round_again}>; rel="next"'}, [])] * 9
    assert len(pages(world)) == 2


def test_long_lists_are_counted_anew_from_a_date(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.sources.gitlab._MOST_PAGES", 2)
    world.add(*(Asked(number, minutes=number) for number in range(1, 12)))
    assert {each.number for each in described(pages(world))} == set(range(1, 12))
    assert sum("updated_before" in path for path in world.asked) > 1


def test_many_of_one_moment_do_not_lead_round(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.sources.gitlab._MOST_PAGES", 2)
    world.add(*(Asked(number, minutes=5) for number in range(1, 12)))
    assert {each.number for each in described(pages(world))} == set(range(1, 12))


def test_the_projects_of_a_group_are_listed(world: World) -> None:
    world.others = {"owner/part/second": 0, "owner/third": 0}
    with asking(world, "gitlab") as forge:
        found = list(forge.owned())
    assert [each.alias for each in found] == [
        f"gitlab.com/{name}" for name in ("owner/name", "owner/part/second", "owner/third")
    ]
    assert (found[0].id, found[0].branch) == ("1000", "main")
