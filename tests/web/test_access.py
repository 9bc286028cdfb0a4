"""Who may ask for what: names, origins, tokens, headers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.web.security import POLICY, is_loopback
from tests.web.server import Served, serving

TOKEN = "a-token-of-a-test-0123456789"
PAGES = ("/queue", "/documents", "/overview", "/runs", "/orphans", "/api/queue", "/nothing", "/assets/x/web.css")


@pytest.fixture
def shared(told_story: Path, tmp_path: Path) -> Iterator[Served]:
    """Served as on an address that others reach, under a name."""
    folder = shutil.copytree(told_story, tmp_path / "shared")
    with serving(folder, host="192.0.2.7", token=TOKEN, names=("desk.example",)) as served:
        yield served


def undo(served: Served, **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return served.post("/undo", [("reviewer", "Ada")], named).status


# --- names


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "LOCALHOST"])
def test_loopback_is_answered_under_its_own_names(story: Served, host: str) -> None:
    assert story.get("/queue", Host=f"{host}:{story.port}").status == 200


@pytest.mark.parametrize(
    "host",
    [
        "rebound.example",
        "127.0.0.1.rebound.example",
        "localhost.example",
        "192.0.2.7",
        "",
        "127.0.0.1@x.example",
        "x:y:z",
    ],
)
@pytest.mark.parametrize("path", ["/queue", "/api/queue"])
def test_a_name_that_was_rebound_to_this_machine_is_refused(story: Served, path: str, host: str) -> None:
    answer = story.get(path, Host=host)
    assert answer.status == 421
    assert "brief.txt" not in answer.text


def test_configured_host_name_is_answered(shared: Served) -> None:
    headers = {"Host": "desk.example", "Authorization": f"Bearer {TOKEN}"}
    assert shared.ask("GET", "/queue", None, headers).status == 200
    assert shared.ask("GET", "/queue", None, {**headers, "Host": "other.example"}).status == 421


# --- origins


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://elsewhere.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Origin": "http://127.0.0.1:1"},
    ],
)
def test_a_form_from_another_site_is_refused(story: Served, headers: dict[str, str]) -> None:
    assert undo(story, **headers) == 403


def test_a_form_of_our_own_is_taken(story: Served) -> None:
    headers = {"Origin": story.url, "Sec_Fetch_Site": "same-origin"}
    change = story.get("/api/queue").json()["entries"][0]["change"]["id"]
    fields = [("reviewer", "Ada"), ("only", change), ("back", "/queue?q=divers")]
    answer = story.post("/verdicts/accepted", fields, {n.replace("_", "-"): v for n, v in headers.items()})
    assert (answer.status, answer.headers["location"]) == (303, "/queue?q=divers")


@pytest.mark.parametrize(
    "back",
    ["//elsewhere.example/", "https://elsewhere.example/", "/\\elsewhere.example", "javascript:alert(1)", "/x\r\ny"],
)
def test_redirects_stay_on_this_site(story: Served, back: str) -> None:
    change = story.get("/api/queue").json()["entries"][0]["change"]["id"]
    answer = story.post("/verdicts/accepted", [("reviewer", "Ada"), ("only", change), ("back", back)])
    assert (answer.status, answer.headers["location"]) == (303, "/queue")


@pytest.mark.parametrize("path", ["/verdicts/accepted", "/comments", "/assignments", "/undo"])
def test_links_write_nothing(story: Served, path: str) -> None:
    assert story.get(path).status == 405


@pytest.mark.parametrize("fields", [[], [("reviewer", "Ada")], [("reviewer", "Ada"), ("only", "ffff")]])
def test_a_form_that_makes_no_sense_is_refused_in_words(story: Served, fields: list[tuple[str, str]]) -> None:
    answer = story.post("/verdicts/accepted", fields)
    assert answer.status == 422
    assert "Action not possible" in answer.text


def test_a_verdict_of_no_known_kind_is_refused(story: Served) -> None:
    assert story.post("/verdicts/maybe", [("reviewer", "Ada"), ("only", "ffff")]).status == 422


# --- tokens


@pytest.mark.parametrize("path", PAGES)
def test_without_the_token_nothing_is_shown(shared: Served, path: str) -> None:
    assert shared.get(path, Host="192.0.2.7").status == 401
    assert shared.get(f"{path}?token=wrong-token-0123456789", Host="192.0.2.7").status == 401


def test_without_the_token_nothing_is_written(shared: Served) -> None:
    assert shared.post(f"/undo?token={TOKEN}", [("reviewer", "Ada")]).status == 401


def test_token_of_the_link_moves_into_a_cookie(shared: Served) -> None:
    answer = shared.get(f"/queue?q=divers&token={TOKEN}")
    assert (answer.status, answer.headers["location"]) == (303, "/queue?q=divers")
    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=lax"} <= set(cookie.split("; "))
    assert shared.get("/queue", Cookie=cookie.partition(";")[0]).status == 200


def test_the_token_leads_to_no_other_host(shared: Served) -> None:
    assert shared.get(f"//elsewhere.example/?token={TOKEN}").headers["location"] == "/elsewhere.example/"


def test_a_program_sends_the_token_as_a_bearer(shared: Served) -> None:
    assert shared.get("/api/queue", Authorization=f"Bearer {TOKEN}").status == 200


def test_loopback_sets_no_cookie(story: Served) -> None:
    assert all("set-cookie" not in story.get(path).headers for path in PAGES)


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.7", False),
        ("desk.example", False),
        ("127.0.0.1.example", False),
    ],
)
def test_loopback_addresses(host: str, own: bool) -> None:
    assert is_loopback(host) is own


# --- headers


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_carries_the_policy(story: Served, path: str) -> None:
    headers = story.get(path).headers
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_policy_forbids_inline_and_foreign_content() -> None:
    assert "default-src 'none'" in POLICY
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
    assert "frame-ancestors 'none'" in POLICY


def test_pages_with_document_text_are_not_kept_by_the_browser(story: Served) -> None:
    assert story.get("/queue").headers["cache-control"] == "no-store"


def test_style_sheets_and_scripts_are_kept_for_good(story: Served) -> None:
    page = story.get("/queue").text
    address = page.partition('<link rel="stylesheet" href="')[2].partition('"')[0]
    assert "immutable" in story.get(address).headers["cache-control"]
    assert story.get("/assets/000000000000/web.css").status == 404


# --- the token to read


READ = "a-token-to-read-0123456789"


@pytest.fixture
def read_only(told_story: Path, tmp_path: Path) -> Iterator[Served]:
    folder = shutil.copytree(told_story, tmp_path / "read")
    with serving(folder, host="192.0.2.7", token=TOKEN, read_token=READ) as served:
        yield served


@pytest.mark.parametrize(("token", "status"), [(READ, 200), (TOKEN, 200), ("another-token-0123456789", 401)])
@pytest.mark.parametrize("path", ["/api/changes", "/queue"])
def test_both_tokens_read(read_only: Served, path: str, token: str, status: int) -> None:
    assert read_only.get(path, Authorization=f"Bearer {token}").status == status
    assert read_only.get(path, Cookie=f"monitor={token}").status == status


@pytest.mark.parametrize("path", ["/api/verdicts", "/api/comments", "/api/undo", "/undo", "/verdicts/flagged"])
def test_the_token_to_read_writes_nothing(read_only: Served, path: str) -> None:
    before = read_only.get("/api/events", Authorization=f"Bearer {READ}").json()
    headers = {"Authorization": f"Bearer {READ}", "Content-Type": "application/json"}
    answer = read_only.ask("POST", path, b"{}", headers)
    assert (answer.status, answer.text) == (403, "this token may read, and write nothing\n")
    assert read_only.get("/api/events", Authorization=f"Bearer {READ}").json() == before


def test_a_link_with_the_token_to_read_is_exchanged_for_it(read_only: Served) -> None:
    answer = read_only.get(f"/queue?token={READ}")
    assert (answer.status, answer.headers["location"]) == (303, "/queue")
    assert f"monitor={READ}" in answer.headers["set-cookie"]
