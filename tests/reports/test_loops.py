"""Retry loops and second reviews, written down: what is not known is no nought."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ledger.domain.loops import Retries, RetrySums, in_order, in_whole
from ledger.domain.second import ReviewSums, Seconds, seconds
from ledger.reports.loops import render_retries, render_reviews
from tests.domain.building import START
from tests.domain.test_loops import ROW
from tests.domain.test_second import reviewed


def retries(*rows: RetrySums) -> Retries:
    return Retries(
        as_of=START, whom="model", by="task_type", cost="as billed", rows=in_whole(rows), by_part=in_order(rows)
    )


def reviews(*rows: ReviewSums, is_over_several: bool = False) -> Seconds:
    return Seconds(as_of=START, by="area", cost="at list price", rows=seconds(rows), is_over_several=is_over_several)


def line(text: str, start: str) -> list[str]:
    return next(each.split() for each in text.splitlines() if each.startswith(start))


def test_a_row_is_per_accepted_change() -> None:
    text = render_retries(retries(ROW), "table")
    assert line(text, "opus") == ["opus", "10", "5", "3.00", "1.40", "75%", "$1.00", "25%"]
    assert text.rstrip().endswith("UTC, costs as billed.")
    assert "lower bound" not in text
    some = " ".join(render_retries(replace(retries(ROW), only="opened since 2026-07-01"), "table").split())
    assert some.endswith("costs as billed. Only changes opened since 2026-07-01 are counted.")


def test_unknown_cost_and_nothing_accepted_are_no_numbers() -> None:
    unknown = replace(ROW, n_cost_known=0, charged_nusd=0, failed_nusd=0)
    text = render_retries(retries(unknown), "table")
    assert line(text, "opus")[-2:] == ["unknown", "–"]
    assert "A lower bound: the cost of 10 changes is not or not wholly known." in text
    none = replace(ROW, accepted=0, first_pass_yes=0, first_pass_no=0)
    assert line(render_retries(retries(none), "table"), "opus")[3:7] == ["–", "–", "–", "–"]
    told = json.loads(render_retries(retries(unknown), "json"))["rows"][0]
    assert (told["failed_attempts_usd"], told["failed_attempts_usd_per_accepted"], told["failed_share"]) == (None,) * 3
    assert told["attempts_per_accepted"] == 3


def test_bases_stand_apart_and_parts_under_their_name() -> None:
    text = render_retries(retries(ROW, replace(ROW, basis="branch", who=None)), "table")
    assert text.index("Requests") < text.index("Branches")
    assert "(unknown)" in text
    assert [each for each in text.splitlines() if each == "feat"] == ["feat", "feat"]


@pytest.mark.parametrize(("several", "said"), [(True, True), (False, False)])
def test_pooled_repositories_are_told(several: bool, said: bool) -> None:
    rows = [reviewed("final", 20, 18, 1.2, 0.2), reviewed("none", 40, 20, 1.0)]
    text = " ".join(render_reviews(reviews(*rows, is_over_several=several), "table").split())
    assert ("Several repositories are pooled here" in text) == said
    assert json.loads(render_reviews(reviews(*rows, is_over_several=several), "json"))["is_over_several"] == several


def test_a_review_of_unknown_cost_has_no_break_even() -> None:
    rows = [reviewed("final", 20, 18, 1.0), reviewed("none", 40, 20, 1.0), reviewed("late", 3, 3, 1.0)]
    text = render_reviews(reviews(*rows), "table")
    assert line(text, "feat")[-1] == "–"
    whole = " ".join(text.split())
    assert "What these reviews cost is not known, so neither is whether they pay." in whole
    assert "In neither: 3 changes reviewed after the decision" in whole
    told = json.loads(render_reviews(reviews(*rows), "json"))["rows"][0]
    assert (told["review_usd"], told["break_even"], told["verdict"], told["aside"]) == (None, None, None, 3)
    assert told["gain"]["point"] == 1.8


def led(lead: str, reviewed_at: tuple[int, int], alone: tuple[int, int]) -> list[ReviewSums]:
    return [
        replace(reviewed(when, n, accepted, 1.0 + review, review), lead=lead)
        for when, (n, accepted), review in (("final", reviewed_at, 0.2), ("none", alone, 0.0))
    ]


def test_below_all_changes_stands_the_gain_at_one_mix_of_who_led() -> None:
    """A strong model that is reviewed more often: pooled a review pays, and at one mix it makes no difference."""
    found = reviews(*led("strong", (90, 81), (30, 27)), *led("weak", (10, 2), (70, 14)))
    text = render_reviews(found, "table")
    assert line(text, "all")[:5] == ["all", "100", "83%", "100", "41%"]
    assert line(text, "all")[-1] == "pays"
    assert line(text, "at one mix")[:7] == ["at", "one", "mix", "100", "62%", "100", "62%"]
    assert line(text, "at one mix")[7:] == ["1.00", "(0.74–1.32)", "1.20", "open"]
    assert all(len(each) <= 80 for each in text.splitlines())
    assert "makes a review look good. Requests: 100% of the changes are at the mix." in " ".join(text.split())
    told = json.loads(render_reviews(found, "json"))["rows"][-1]["at_one_mix"]
    assert set(told) == {"covered", "reviewed", "alone", "gain", "break_even", "verdict"}
    assert (told["reviewed"], told["break_even"], told["verdict"]) == ({"n": 100, "acceptance": 0.62}, 1.2, "open")


def test_what_cannot_be_told_at_one_mix_is_said_and_one_lead_needs_none() -> None:
    apart = reviews(*led("strong", (90, 81), (0, 0)), *led("weak", (10, 2), (10, 2)))
    text = render_reviews(apart, "table")
    assert "at one mix " not in text.split("Reviewed:")[0]
    assert "since only 18% of the changes are of models and parts with both" in " ".join(text.split())
    alone = reviews(*led("strong", (90, 81), (30, 27)))
    assert "mix" not in render_reviews(alone, "table")
    assert json.loads(render_reviews(alone, "json"))["rows"][-1]["at_one_mix"] is None


def test_names_from_outside_are_harmless() -> None:
    nasty = "[b]x\x1b]0;y\x07\u202e"
    texts = [
        render_retries(retries(replace(ROW, who=nasty, part=nasty)), "table"),
        render_reviews(reviews(reviewed("final", 9, 9, 1.0, part=nasty)), "table"),
    ]
    for text in texts:
        assert "[b]x" in text
        assert all(each.isprintable() for each in text.splitlines())
    assert render_retries(retries(replace(ROW, who=nasty)), "json").isascii()
