"""Two people in browsers of their own, signed in by a small proxy: what each sees and may do."""

from __future__ import annotations

import shutil
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.web.conftest import PATIENCE
from tests.web.server import Served, serving

HEADER = "X-Forwarded-User"
WEB = f'[web]\nuser_header = "{HEADER}"\n[web.roles]\nreviewer = ["ada", "bob"]\nadmin = ["grace"]\n'
DROPPED = {"authorization", "connection", "transfer-encoding", "content-length", HEADER.lower()}
Visit = Callable[[str, str], Page]


@contextmanager
def signing_in(port: int) -> Iterator[str]:
    """A proxy that asks for a name as a browser does, and says it to the page on `port`; gives its address."""

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.forward()

        def do_POST(self) -> None:
            self.forward()

        def forward(self) -> None:
            name = b64decode(self.headers.get("authorization", "").partition(" ")[2]).partition(b":")[0].decode()
            if not name:
                self.send_response(401)
                self.send_header("WWW-Authenticate", "Basic realm=desk")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            kept = {key: value for key, value in self.headers.items() if key.lower() not in DROPPED}
            asked = HTTPConnection("127.0.0.1", port, timeout=600)
            asked.request(self.command, self.path, body or None, {**kept, HEADER: name})
            answer = asked.getresponse()
            data = answer.read()
            asked.close()
            self.send_response(answer.status)
            for key, value in answer.getheaders():
                if key.lower() not in DROPPED:
                    self.send_header(key, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def served(told_story: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Served]:
    folder = shutil.copytree(told_story, tmp_path / "story")
    (folder / "monitor.toml").write_text(WEB + getattr(request, "param", ""), "utf-8")
    with serving(folder) as found:
        yield found


@pytest.fixture
def visit(served: Served, browser: Browser) -> Iterator[Visit]:
    """Opens a page as somebody, in a browser of their own."""
    opened = []
    with signing_in(served.port) as address:

        def open_page(name: str, path: str) -> Page:
            context = browser.new_context(http_credentials={"username": name, "password": "x"})
            context.set_default_timeout(PATIENCE)
            opened.append(context)
            page = context.new_page()
            page.goto(address + path)
            return page

        yield open_page
        for context in opened:
            context.close()


def events(served: Served) -> list[tuple[str, str]]:
    found = served.get("/api/events", **{HEADER: "grace"}).json()["events"]
    return [(one["reviewer"], one["act"]) for one in found]


def test_reviewer_decides_and_reader_sees_it(served: Served, visit: Visit) -> None:
    ada = visit("ada", "/queue")
    expect(ada.locator(".reviewer")).to_have_text("Reviewing as ada")
    first = ada.locator(".entry").first.get_attribute("id")
    ada.keyboard.press("j")
    ada.keyboard.press("a")
    expect(ada.locator(f"#{first} .standing")).to_contain_text("Accepted by ada")
    eve = visit("eve", "/queue?verdict=accepted")
    expect(eve.locator(".reviewer")).to_have_text("Reading as eve")
    expect(eve.locator(f"#{first} .standing")).to_contain_text("Accepted by ada")


@pytest.mark.parametrize("path", ["/queue", "/changes/{change}", "{comparison}"])
def test_reader_has_no_way_to_decide(served: Served, visit: Visit, path: str) -> None:
    change = served.get("/api/queue", **{HEADER: "eve"}).json()["entries"][0]["change"]
    comparison = served.get(f"/documents/{change['document_id']}/compare", **{HEADER: "eve"}).headers["location"]
    eve = visit("eve", path.format(change=change["id"], comparison=comparison))
    expect(eve.locator("#user")).to_have_text("eve")
    assert eve.get_by_role("button", name="Accept").count() == 0
    problems: list[str] = []
    eve.on("pageerror", lambda error: problems.append(str(error)))
    for key in ("j", "a", "f", "d", "c", "u", "x"):  # none of them leads to another page
        eve.keyboard.press(key)
    answer = eve.evaluate(
        "fetch('/undo', {method: 'POST', body: new URLSearchParams({reviewer: 'ada'})}).then((one) => one.status)"
    )
    assert (answer, problems, events(served)) == (403, [], [])


@pytest.mark.parametrize("served", ["[review]\nsecond = true\n"], indirect=True)
def test_second_person_decides_what_the_first_proposed(served: Served, visit: Visit) -> None:
    ada = visit("ada", "/queue")
    first = ada.locator(".entry").first.get_attribute("id")
    ada.locator(f"#{first} .verdicts button.accepted").click()
    expect(ada.locator(f"#{first} .standing")).to_contain_text("ada proposes: Accepted. Another person decides.")
    ada.locator(f"#{first} .verdicts button.accepted").click()
    expect(ada.locator("#said")).to_contain_text("ada has proposed this already")
    bob = visit("bob", "/queue")
    expect(bob.locator(f"#{first} .standing")).to_contain_text("ada proposes: Accepted")
    bob.locator(f"#{first} .verdicts button.accepted").click()
    expect(bob.locator(f"#{first} .standing")).to_contain_text("Accepted by bob")
    assert {("ada", "proposal"), ("bob", "verdict")} == set(events(served))


def test_admin_takes_back_what_the_reviewer_did(served: Served, visit: Visit) -> None:
    ada = visit("ada", "/queue")
    first = ada.locator(".entry").first.get_attribute("id")
    ada.locator(f"#{first} .verdicts button.flagged").click()
    expect(ada.locator(f"#{first} .standing")).to_contain_text("Flagged by ada")
    grace = visit("grace", f"/changes/{(first or '').removeprefix('e-')}")
    grace.get_by_role("button", name="Undo").click()
    expect(grace.locator(".acts")).to_contain_text("grace undid a decision on")
    ada.reload()
    expect(ada.locator(f"#{first}")).to_be_visible()
    expect(ada.locator(f"#{first} .standing")).to_have_count(0)


def test_a_long_name_of_a_user_fits_a_narrow_screen(visit: Visit) -> None:
    page = visit("marguerite.quillfeather.of.the.house@example.org", "/queue")
    page.set_viewport_size({"width": 375, "height": 800})
    widths = "[document.documentElement.scrollWidth, document.querySelector('.bar').scrollWidth]"
    assert page.evaluate(widths) == [375, 375]
