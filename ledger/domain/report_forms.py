"""Which form a report of tests has, by its beginning."""

from __future__ import annotations

import re

_REPORTLOG = re.compile(rb'^\s*\{.*"\$report_type"\s*:', re.MULTILINE)
_GO = re.compile(rb'^\s*\{.*"Action"\s*:\s*"', re.MULTILINE)
_CTRF = re.compile(rb'"results"\s*:\s*\{|"reportFormat"\s*:')
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def form_of(head: bytes) -> str:
    """junit | ctrf | go | reportlog; '' for what is none of them.

    XML begins with a bracket. What `go test` prints may be mixed with lines of other programs, also before its own.
    """
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith(b"<") or head.startswith(_UTF_16):
        return "junit"
    if _REPORTLOG.search(text):
        return "reportlog"
    if text.startswith(b"{") and _CTRF.search(text) and not _GO.match(text):
        return "ctrf"
    return "go" if _GO.search(text) else ""
