"""A real browser, started once for a module."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.requiring import missing

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@contextmanager
def browser(home: Path) -> Iterator[Browser]:
    """A running browser with a home of its own; skips where there is none."""
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
        program = next(filter(None, map(shutil.which, _NAMES)), own if Path(own).exists() else None)
        if program is None:
            missing("browser", "no browser is on this machine: install chromium, or run playwright install chromium")
        environment: dict[str, str | float | bool] = {"HOME": str(home), "TZ": "America/New_York", "LANG": "C.UTF-8"}
        # Without its sandbox, which root may not use: it opens files of this test only.
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-software-rasterizer", "--in-process-gpu"]
        started = playwright.chromium.launch(executable_path=program, args=arguments, env=environment)
        try:
            yield started
        finally:
            started.close()


@dataclass
class Seen:
    """What a page did that nobody should see."""

    said: list[str] = field(default_factory=list)
    """Console messages and errors."""
    asked: list[str] = field(default_factory=list)
    """Requests."""


@contextmanager
def opened(running: Browser, path: Path, *, width: int = 1280, scheme: str = "light") -> Iterator[tuple[Page, Seen]]:
    """The file in a window of its own, drawn, with what it says and asks for from the first moment on."""
    seen = Seen()
    context = running.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.on("console", lambda message: seen.said.append(message.text))
    page.on("pageerror", lambda error: seen.said.append(str(error)))
    page.on("request", lambda request: seen.asked.append(request.url))
    page.goto(path.as_uri())
    until(page, "document.documentElement.dataset.ready === ''")
    until(page, "[...document.querySelectorAll('.chart')].every((chart) => chart.querySelector('svg'))")
    try:
        yield page, seen
    finally:
        context.close()


def until(page: Page, condition: str) -> None:
    """Wait for a condition in the page.

    The library's own waiting evaluates text inside of the page when it has to ask again, which the page forbids.
    """
    for _ in range(600):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"In half a minute the page never came to this: {condition}")


def violations(page: Page) -> list[str]:
    """What axe finds wrong, each with the first element that it is about."""
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [f"{each['id']}: {each['help']}: {each['nodes'][0]['html'][:200]}" for each in found["violations"]]
