"""The questions that GitHub's GraphQL is asked, as text.

GitHub prices a question by what it could return, not by what it does, and refuses one of more than 500,000 nodes. So
requests are listed without their commits, fifty a page, and commits and checks are asked for by number (ci.md §1.5).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

PAGES = (50, 20, 5)
"""Requests a page; a smaller one where GitHub took too long over the larger one."""
AT_ONCE = 50
"""Requests that are asked for by number in one question."""
_WHO = "{__typename login}"
_PAGE = "pageInfo{hasNextPage endCursor}"
_COMMIT = (
    "oid message parents(first:10){nodes{oid}} author{name email} authoredDate committer{name email} committedDate"
)
_CONTEXTS = (
    "nodes{__typename"
    " ...on CheckRun{databaseId name status conclusion startedAt completedAt isRequired(pullRequestNumber:NUMBER)"
    " checkSuite{workflowRun{databaseId workflow{name}}}}"
    " ...on StatusContext{id context state createdAt isRequired(pullRequestNumber:NUMBER)}}"
)

LISTS: Mapping[str, str] = {
    "commits": f"commits(first:100AFTER){{{_PAGE} nodes{{commit{{{_COMMIT}}}}}}}",
    "labels": f"labels(first:100AFTER){{{_PAGE} nodes{{name}}}}",
    "reviews": f"reviews(first:100AFTER){{{_PAGE} nodes{{state submittedAt author{_WHO} commit{{oid}}}}}}",
    "timelineItems": (
        f"timelineItems(first:100AFTER,itemTypes:[CLOSED_EVENT,REOPENED_EVENT]){{{_PAGE} nodes{{__typename"
        f" ...on ClosedEvent{{createdAt actor{_WHO}}} ...on ReopenedEvent{{createdAt actor{_WHO}}}}}}}"
    ),
    "checks": (
        "checks:commits(last:1){nodes{commit{oid statusCheckRollup{"
        f"contexts(first:100AFTER){{{_PAGE} {_CONTEXTS}}}}}}}}}}}"
    ),
}
"""What a request has any number of → how the first hundred of them are asked for; AFTER begins the next hundred."""

DEEP = ("commits", "checks")
"""What is asked for by number."""
_FLAT = ("labels", "reviews", "timelineItems")

FIELDS = (
    "number title state isDraft createdAt updatedAt mergedAt closedAt url headRefName headRefOid baseRefName "
    f"mergeCommit{{oid}} author{_WHO} mergedBy{_WHO} "
) + " ".join(LISTS[name].replace("AFTER", "") for name in _FLAT)
"""What is asked of a request in a list."""

LISTED = (
    "query($owner:String!,$name:String!,$first:Int!,$after:String){repository(owner:$owner,name:$name){"
    "pullRequests(first:$first,after:$after,orderBy:{field:UPDATED_AT,direction:DESC})"
    f"{{{_PAGE} nodes{{{FIELDS}}}}}}}}}"
)
KNOWN = (
    "query($owner:String!,$name:String!){repository(owner:$owner,name:$name){"
    "databaseId nameWithOwner defaultBranchRef{name target{oid}}}}"
)
OWNED = (
    "query($login:String!,$after:String){repositoryOwner(login:$login){"
    f"repositories(first:100,after:$after,ownerAffiliations:[OWNER]){{{_PAGE} nodes{{databaseId nameWithOwner isEmpty "
    "defaultBranchRef{name target{oid}} pullRequests{totalCount}}}}}"
)


def numbered(wanted: Mapping[int, Mapping[str, str]], *, whole: bool = False) -> str:
    """The question for requests by number: of each these lists, after the given cursors ('' for their beginning).

    `whole` also asks for what a list of requests tells. The answer has them under `r` and their number.
    """
    asked = (
        f"r{number}:pullRequest(number:{number}){{{FIELDS if whole else 'number'} {_lists(number, lists)}}}"
        for number, lists in wanted.items()
    )
    return f"query($owner:String!,$name:String!){{repository(owner:$owner,name:$name){{{' '.join(asked)}}}}}"


def _lists(number: int, after: Mapping[str, str]) -> str:
    return " ".join(
        LISTS[name].replace("AFTER", f",after:{json.dumps(cursor)}" if cursor else "").replace("NUMBER", str(number))
        for name, cursor in after.items()
    )


def parts(numbers: Iterable[int]) -> list[list[int]]:
    """The numbers, as many at a time as one question takes."""
    known = list(numbers)
    return [known[start : start + AT_ONCE] for start in range(0, len(known), AT_ONCE)]
