"""Who is who behind a proxy that signs people in: names, roles, and what each may do."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path

import pytest
from starlette.routing import Route

from monitor.config import load
from monitor.errors import ConfigError
from monitor.web import api
from monitor.web.app import FORMS, PAGES
from monitor.web.security import OPEN_TO_ALL, SAFE
from tests.web.server import Answer, Served, serving

HEADER = "X-Forwarded-User"
WEB = f"""
[web]
user_header = "{HEADER}"
group_header = "X-Forwarded-Groups"
[web.roles]
reviewer = ["ada", "@desk", "zoë"]
admin = ["grace"]
"""
TOKEN, READ = "a-token-of-a-test-0123456789", "a-token-to-read-0123456789"
ROUTES = [*PAGES, *FORMS, *api.ROUTES]
WRITING = [route for route in ROUTES if route.methods - SAFE]
Serve = Callable[..., Served]


@pytest.fixture
def serve(told_story: Path, tmp_path: Path) -> Iterator[Serve]:
    """Serves a copy of the story with this configuration."""
    with ExitStack() as stack:

        def start(web: str = WEB, **options: object) -> Served:
            folder = shutil.copytree(told_story, tmp_path / f"story{len(list(tmp_path.iterdir()))}")
            (folder / "monitor.toml").write_text(web, "utf-8")
            return stack.enter_context(serving(folder, **options))

        yield start


@pytest.fixture
def desk(serve: Serve) -> Served:
    return serve()


def latin(name: str) -> str:
    """A name as it is in a header: its UTF-8 bytes, each a sign of Latin 1."""
    return name.encode().decode("latin-1")


def change_of(served: Served, user: str = "ada") -> str:
    return str(served.get("/api/queue", **{HEADER: user}).json()["entries"][0]["change"]["id"])


def decide(served: Served, headers: Mapping[str, str], reviewer: str = "", verdict: str = "accepted") -> Answer:
    change = served.get("/api/queue?verdict=any", **headers).json()["entries"][0]["change"]["id"]
    return served.post(f"/verdicts/{verdict}", [("reviewer", reviewer), ("only", change)], headers)


def reviewers(served: Served, user: str = "grace") -> list[str]:
    return [one["reviewer"] for one in served.get("/api/events", **{HEADER: user}).json()["events"]]


# --- who it is ----------------------------------------------------------------------------------


@pytest.mark.parametrize("claimed", ["", "The Director", "grace", "Ada"])
def test_reviewer_is_who_the_proxy_says(desk: Served, claimed: str) -> None:
    headers = {HEADER: "ada"}
    assert decide(desk, headers, claimed).status == 303
    change = change_of(desk)
    body = {"changes": [change], "comment": "why?", "verdict": "flagged", "assignee": "bob", "reviewer": claimed}
    for path in ("/api/verdicts", "/api/comments", "/api/assignments", "/api/undo"):
        answer = desk.ask("POST", path, json.dumps(body).encode(), {**headers, "Content-Type": "application/json"})
        assert answer.status == 200
    for path in ("/comments", "/assignments", "/undo"):
        fields = [("reviewer", claimed), ("only", change), (f"comment.{change}", "x"), (f"assignee.{change}", "bob")]
        assert desk.post(path, fields, headers).status == 303
    assert set(reviewers(desk)) == {"ada"}


def test_name_is_read_as_utf8(desk: Served) -> None:
    assert decide(desk, {HEADER: latin("zoë")}).status == 303
    assert reviewers(desk) == ["zoë"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {HEADER: ""},
        {HEADER: "   "},
        {HEADER: "a\tb"},
        {HEADER: "a" * 201},
        {HEADER: "\xff\xfe"},
        {HEADER: latin("ada\u202e")},
        {HEADER: latin("ada\u200b")},
        {"Remote-User": "ada"},
        {"X_Forwarded_User": "ada"},
    ],
)
def test_request_without_one_plain_name_is_refused(desk: Served, headers: Mapping[str, str]) -> None:
    answer = desk.ask("GET", "/queue", None, headers)
    assert (answer.status, HEADER in answer.text) == (401, True)


def test_name_that_was_sent_twice_is_refused(desk: Served) -> None:
    connection = HTTPConnection("127.0.0.1", desk.port, timeout=600)
    connection.putrequest("GET", "/queue", skip_host=True)
    for name, value in (("Host", f"127.0.0.1:{desk.port}"), (HEADER, "ada"), (HEADER, "grace")):
        connection.putheader(name, value)
    connection.endheaders()
    assert connection.getresponse().status == 401
    connection.close()


@pytest.mark.parametrize("trusted", ["'10.0.0.0/8'", "'127.0.0.2'", "'::1'", ""])
def test_header_from_another_address_is_never_believed(serve: Serve, trusted: str) -> None:
    served = serve(f"[web]\nuser_header = '{HEADER}'\ntrusted_proxies = [{trusted}]\n")
    for headers in ({HEADER: "ada"}, {HEADER: "ada", "X-Forwarded-For": "10.0.0.1"}, {}):
        answer = served.ask("GET", "/queue", None, headers)
        assert (answer.status, "trusted_proxies" in answer.text) == (403, True)


@pytest.mark.parametrize("trusted", ["127.0.0.1", "127.0.0.0/8", "::ffff:127.0.0.1", "0.0.0.0/0"])
def test_address_of_the_proxy_may_be_a_network(serve: Serve, trusted: str) -> None:
    served = serve(f"[web]\nuser_header = '{HEADER}'\ntrusted_proxies = ['{trusted}']\n")
    # the last one is of the other family, and no address of this one
    assert served.get("/queue", **{HEADER: "ada"}).status == (403 if ":" in trusted else 200)


def test_whom_a_request_is_forwarded_for_makes_nobody_trusted(desk: Served) -> None:
    assert desk.get("/queue", **{HEADER: "ada", "X-Forwarded-For": "203.0.113.9"}).status == 200


def test_header_means_nothing_where_it_is_not_configured(serve: Serve) -> None:
    served = serve("")
    change = served.get("/api/queue").json()["entries"][0]["change"]["id"]
    fields = [("reviewer", "Ada"), ("only", change)]
    assert served.post("/verdicts/accepted", fields, {HEADER: "grace"}).status == 303
    assert [one["reviewer"] for one in served.get("/api/events").json()["events"]] == ["Ada"]


# --- what they may do ---------------------------------------------------------------------------


@pytest.mark.parametrize("route", WRITING, ids=lambda route: route.path)
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({HEADER: "somebody"}, 403),
        ({HEADER: "somebody", "X-Forwarded-Groups": "readers, @desk"}, 403),
        ({HEADER: "@desk"}, 403),
        ({HEADER: "ADA"}, 403),
        ({}, 401),
        ({"Authorization": f"Bearer {READ}"}, 403),
        ({"Authorization": f"Bearer {READ}", HEADER: "grace"}, 403),
    ],
)
def test_every_route_that_writes_asks_for_a_role(
    desk: Served, route: Route, headers: Mapping[str, str], status: int, serve: Serve
) -> None:
    served = serve(read_token=READ) if "Authorization" in headers else desk
    path = route.path.replace("{verdict}", "accepted")
    for method in route.methods - SAFE:
        answer = served.ask(method, path, b"{}", {**headers, "Content-Type": "application/json"})
        assert answer.status == status
        assert reviewers(served) == []


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"])
def test_method_that_is_not_known_to_be_safe_counts_as_writing(desk: Served, method: str) -> None:
    assert desk.ask(method, "/queue", None, {HEADER: "somebody"}).status == 403


@pytest.mark.parametrize("route", WRITING, ids=lambda route: route.path)
def test_reviewer_and_admin_come_as_far_as_the_route(desk: Served, route: Route) -> None:
    for headers in ({HEADER: "ada"}, {HEADER: "x", "X-Forwarded-Groups": "a,desk"}, {HEADER: "grace"}):
        for method in route.methods - SAFE:
            path = route.path.replace("{verdict}", "accepted")
            body = {**headers, "Content-Type": "application/json"}
            assert desk.ask(method, path, b"{}", body).status not in (401, 403)


@pytest.mark.parametrize("path", ["/queue", "/documents", "/api/queue", "/metrics"])
def test_reader_reads_everything(desk: Served, path: str) -> None:
    assert desk.get(path, **{HEADER: "somebody"}).status == 200
    assert desk.get(path).status == 401


def test_health_needs_no_user(desk: Served) -> None:
    assert desk.get(OPEN_TO_ALL).status in (200, 503)


def test_listed_readers_are_the_only_ones(serve: Serve) -> None:
    served = serve(f"[web]\nuser_header = '{HEADER}'\n[web.roles]\nreader = ['bob']\nreviewer = ['ada']\n")
    assert [served.get("/queue", **{HEADER: name}).status for name in ("bob", "ada", "eve")] == [200, 200, 403]


def test_everybody_can_be_a_reviewer(serve: Serve) -> None:
    served = serve(f"[web]\nuser_header = '{HEADER}'\n[web.roles]\nreviewer = ['*']\n")
    assert decide(served, {HEADER: "eve"}).status == 303


def test_admin_takes_back_what_another_did(desk: Served) -> None:
    decide(desk, {HEADER: "ada"})
    change = desk.get("/api/events", **{HEADER: "ada"}).json()["events"][0]["change"]
    fields = [("only", change), ("back", "/queue")]
    assert desk.post("/undo", fields, {HEADER: "x", "X-Forwarded-Groups": "desk"}).status == 422
    assert desk.post("/undo", fields, {HEADER: "grace"}).status == 303
    assert reviewers(desk) == ["ada", "grace"]
    entry = desk.get(f"/api/changes/{change}", **{HEADER: "ada"}).json()["entry"]
    assert entry["state"]["verdict"] is None


# --- tokens, and forms of other sites -----------------------------------------------------------


def test_token_is_asked_of_the_proxy_as_well(serve: Serve) -> None:
    served = serve(token=TOKEN)
    assert served.get("/queue", **{HEADER: "ada"}).status == 401
    assert served.get("/queue", **{HEADER: "ada", "Authorization": f"Bearer {TOKEN}"}).status == 200
    assert served.get("/queue", Authorization=f"Bearer {TOKEN}").status == 401


def test_program_reads_by_its_token_past_the_proxy(serve: Serve) -> None:
    web = WEB.replace("[web.roles]", "trusted_proxies = ['10.0.0.1']\n[web.roles]")
    served = serve(web, token=TOKEN, read_token=READ)
    assert served.get("/api/queue", Authorization=f"Bearer {READ}").status == 200
    assert served.get("/api/queue", Authorization=f"Bearer {TOKEN}").status == 403


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
)
def test_form_of_another_site_is_refused_for_a_user_too(desk: Served, headers: Mapping[str, str]) -> None:
    assert decide(desk, {HEADER: "ada"}).status == 303
    assert desk.post("/undo", [], {HEADER: "ada", **headers}).status == 403


def test_other_name_is_refused_for_a_user_too(desk: Served) -> None:
    assert desk.get("/queue", **{HEADER: "ada", "Host": "rebound.example"}).status == 421


# --- what the pages show ------------------------------------------------------------------------


@pytest.mark.parametrize(("user", "may_review"), [("ada", True), ("somebody", False)])
def test_pages_offer_what_a_user_may_do(desk: Served, user: str, may_review: bool) -> None:
    headers = {HEADER: user}
    change = change_of(desk)
    of = desk.get(f"/api/changes/{change}", **headers).json()["entry"]["change"]["document_id"]
    comparison = desk.get(f"/documents/{of}/compare", **headers).headers["location"]
    for path in ("/queue", f"/changes/{change}", comparison):
        page = desk.get(path, **headers).text
        assert f'<bdi id="user">{user}</bdi>' in page
        assert (">Flag</button>" in page) is may_review
        assert 'name="reviewer"' not in page


# --- the configuration --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("web", "says"),
    [
        ("[web]\nuser_header = 'X Y'", "expected a header"),
        ("[web]\nuser_header = 'Authorization'", "expected a header"),
        ("[web]\nuser_header = 'X-U'\ntrusted_proxies = ['proxy.example']", "expected addresses"),
        ("[web]\nuser_header = 'X-U'\n[web.roles]\nboss = ['ada']", "unknown key 'boss'"),
        ("[web.roles]\nreviewer = ['ada']", "need the user_header"),
        ("[web]\ngroup_header = 'X-G'", "need the user_header"),
    ],
)
def test_wrong_configuration_of_users_is_refused(tmp_path: Path, web: str, says: str) -> None:
    (tmp_path / "monitor.toml").write_text(web)
    with pytest.raises(ConfigError, match=says):
        load(tmp_path, None, {}, {})
