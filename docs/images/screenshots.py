"""The pictures of the web page and of a report in this folder, taken again: python docs/images/screenshots.py

Plays the demo's history in a temporary folder, gives a few verdicts, and photographs the main pages.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import uvicorn
from playwright.sync_api import Browser, sync_playwright

from monitor.app import queries, review
from monitor.app.monitor import open_monitor
from monitor.app.run import RunOptions, run
from monitor.cli.demo import play
from monitor.config import Settings, load
from monitor.core.review.events import QueueFilter, Verdict
from monitor.web.app import create_app
from monitor.web.security import Access

FOLDER = Path(__file__).parent
CHROMIUM = os.environ.get("MONITOR_CHROMIUM", "/usr/bin/chromium")
CONFIGURATION = '[review]\nreviewer = "Ada"\nwatch = ["mandate"]\n[schedule]\ntimezone = "UTC"\n'


def main() -> None:
    with tempfile.TemporaryDirectory() as place, socket.socket() as listening:
        settings, pages = made(Path(place))
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        app = create_app(settings, Access("127.0.0.1", port), lambda _: None)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
            for name, path in pages.items():
                take(browser, name, f"http://127.0.0.1:{port}{path}")
            report = [*("-C", place, "report", "--format", "html", "--since", "2026-01-06", "--until", "2026-02-06")]
            written = subprocess.run([sys.executable, "-m", "monitor", *report], check=True, capture_output=True)
            (Path(place) / "report.html").write_bytes(written.stdout)
            take(browser, "report", (Path(place) / "report.html").as_uri())
            browser.close()
        server.should_exit = True
        thread.join()


def made(place: Path) -> tuple[Settings, dict[str, str]]:
    """The demo's ledger with some verdicts, and where its pages are."""
    (place / "monitor.toml").write_text(CONFIGURATION, encoding="utf-8")
    settings = load(place, None, {}, {})
    play(settings.watch.folder, lambda at: run(settings, RunOptions(settle=0, taken_at=at)))
    with open_monitor(settings) as monitor:
        entries = review.queue(monitor, QueueFilter()).entries
        now = datetime(2026, 2, 6, 8, 30, tzinfo=UTC)
        review.decide(monitor, [entries[0].change.id], Verdict.ACCEPTED, reviewer="Ada", at=now)
        comment = "Who decided this?"
        review.decide(monitor, [entries[1].change.id], Verdict.FLAGGED, reviewer="Grace", at=now, comment=comment)
        negated = next(one.change for one in entries if "negation" in one.change.aspects)
        document = monitor.ledger.document("mandate.md")
        versions = monitor.pages.versions(document.id) if document else []
        offer = monitor.ledger.document("offer-of-troops.txt")
        reader = f"/documents/{offer.id if offer else ''}/compare?before=2026-01-05&after=2026-02-02"
        place = queries.comparison_addresses(monitor.ledger, "")(negated)
        return settings, {
            "web-queue": "/queue?verdict=any",
            "web-document": f"/documents/{negated.document_id}?at={versions[-2].snapshot_time.snapshot[:12]}",
            "web-statement": f"/statements/{negated.after[0].statement}",
            "web-overview": "/overview",
            "web-group": f"/changes/{next(one.change.id for one in entries if one.change.kind == 'removed')}",
            "web-reader-side": f"{reader}&view=side",
            "web-reader-inline": place,
            "web-reader-dark": f"{reader}&view=side",
            "web-reader-phone": place,
        }


def take(browser: Browser, name: str, address: str) -> None:
    width = 375 if name.endswith("phone") else 1440 if "reader" in name else 1100 if name == "report" else 1280
    scheme: Literal["dark", "light"] = "dark" if name.endswith("dark") else "light"
    page = browser.new_page(viewport={"width": width, "height": 1500 if name == "report" else 800}, color_scheme=scheme)
    page.goto(address)
    if name.endswith("side"):
        page.keyboard.press("n")
    if name == "web-queue":
        for _ in range(3):
            page.keyboard.press("j")
        page.wait_for_timeout(200)
    page.screenshot(path=FOLDER / f"{name}.png")
    page.close()


if __name__ == "__main__":
    main()
