"""Texts that act, as document text, names, comments and parts of addresses, on every page and in every answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_from_bytes

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.support.injection_payloads import ALL, HARMLESS
from tests.web.server import Served, serving
from tests.web.story import record

ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
PAGES = ("/queue?verdict=any", "/documents", "/overview", "/runs", "/orphans", "/feed.atom")
ASKED = (
    "/queue?q={}",
    "/queue?document={}",
    "/queue?assignee={}&term={}",
    "/queue?after={}",
    "/queue?since={}",
    "/documents?q={}",
    "/documents/{}",
    "/changes/{}",
    "/statements/{}",
    "/overview?since={}",
    "/feed.atom?term={}",
    "/{}",
    "/api/search?q={}",
    "/api/queue?q={}&assignee={}",
    "/api/documents?q={}",
    "/api/statements/{}",
    "/assets/{}/style.css",
)


SOME = ALL[::4]  # of every kind one or more


def file_name(text: str) -> str:
    return text.replace("/", "\u2215").replace("\0", "").encode("utf-8", "replace")[:200].decode("utf-8", "ignore")


def day(texts: list[str]) -> dict[str, str]:
    plain = [text.encode("utf-8", "replace").decode() for text in texts]
    return {
        "texts.txt": "\n\n".join(plain) + "\n",
        "heads.md": "".join(f"# {text}\n\nText. [link](<{text}>)\n\n" for text in plain),
        **{f"{file_name(text)}.txt": f"This is number {at} of them.\n" for at, text in enumerate(texts)},
    }


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Two snapshots, and each text as a comment, a reviewer and an assignee."""
    folder: Path = record(
        tmp_path_factory.mktemp("acting"), [day([HARMLESS]), day(ALL)], "[review]\nwatch=['window']\n"
    )
    with serving(folder) as made:
        entries = made.get("/api/queue?limit=200").json()["entries"]
        for text, entry in zip(SOME, entries, strict=False):
            said = {"changes": [entry["change"]["id"]], "verdict": "flagged", "reviewer": text, "comment": text}
            said["assignee"] = text
            assert made.send("/api/verdicts", said).status in (200, 400)
        yield made


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(record(tmp_path_factory.mktemp("harmless"), [day([HARMLESS]), day([HARMLESS, "It is so."])])) as made:
        yield made


def acts(html: str) -> set[str]:
    """What of a page could act: scripts and their sources, handlers, addresses beyond this server, frames."""
    page = LexborHTMLParser(html)
    found = {
        str(node.tag) for node in page.css("iframe, object, embed, base, img, video, audio, math, meta[http-equiv]")
    }
    found |= {node.text() for node in page.css("script:not([src])")}
    for node in page.css("*"):
        for name, value in node.attributes.items():
            if name.startswith("on") or name in ("style", "srcdoc", "formaction"):
                found.add(f"{node.tag} {name}")
            if name in ("href", "src", "action") and not (value or "").startswith(("/", "#", "?")):
                found.add(f"{node.tag} {name}={value}")
            if name in ("href", "src", "action") and (value or "").startswith("//"):
                found.add(f"{node.tag} {name}={value}")
    return found


def addresses(served: Served) -> list[str]:
    documents = served.get("/api/documents?limit=200").json()["documents"]
    found = [f"/documents/{one['id']}" for one in documents]
    entries = served.get("/api/queue?verdict=any&limit=200").json()["entries"]
    found += [f"/changes/{entry['change']['id']}" for entry in entries[::5]]
    sides = [side for entry in entries[::9] for side in entry["change"]["after"]]
    return [*PAGES, *found, *(f"/statements/{side['statement']}" for side in sides)]


def test_no_page_holds_more_than_text(served: Served, harmless: Served) -> None:
    allowed = {found for page in PAGES for found in acts(harmless.get(page).text)}
    for address in addresses(served):
        answer = served.get(address)
        assert answer.status == 200, address
        assert not ACTING.findall(answer.text), address
        if not address.startswith("/feed"):
            assert acts(answer.text) <= allowed, address


def test_comments_come_back_as_they_were_said(served: Served) -> None:
    flagged = served.get("/api/queue?verdict=flagged&limit=200").json()["entries"]
    told = [served.get(f"/api/changes/{entry['change']['id']}").json() for entry in flagged]
    said = {event["comment"] for one in told for event in one["history"]}
    stored = {text.replace("\0", "").encode("utf-8", "replace").decode().strip() for text in SOME}
    assert stored <= said


@pytest.mark.parametrize("pattern", ASKED)
def test_payload_in_an_address_is_text(served: Served, pattern: str) -> None:
    ask(served, pattern, SOME)


@pytest.mark.slow
@pytest.mark.parametrize("pattern", ASKED)
def test_every_payload_in_an_address_is_text(served: Served, pattern: str) -> None:
    ask(served, pattern, ALL)


def ask(served: Served, pattern: str, texts: list[str]) -> None:
    for text in texts:
        asked = quote_from_bytes(text.encode("utf-8", "surrogateescape"), safe="")
        answer = served.get(pattern.replace("{}", asked))
        assert answer.status in (200, 400, 404, 405), (text, answer.status)
        assert not ACTING.findall(answer.text), text
        assert not [name for name in answer.headers if name in ("bcc", "set-cookie")], text
        if "html" in answer.headers.get("content-type", ""):
            assert "window.ran=1" not in "".join(acts(answer.text)), text


def test_a_forwarding_stays_on_this_server(served: Served) -> None:
    for text in ("//evil.example", "/\\evil.example", "https://evil.example", "/x\r\nSet-Cookie: a=b"):
        answer = served.get(f"/{quote(text, safe='/')}")
        assert answer.status in (400, 404), text
        assert "location" not in answer.headers
