"""The comparison page: any two versions of a document, every change in its place, and verdicts right there."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import pytest
from lxml import html
from playwright.sync_api import Browser, Page, expect
from pypdfium2 import PdfDocument

from tests.support.workspace import Workspace
from tests.web.server import Served, serving
from tests.web.story import record

MANY = 60
LINES = [f"Rule {at} of the treaty may cover {at + 100} divers." for at in range(MANY)]
MANDATE = "The mandate ends in May. It may cover 30 divers within 60 days. The harbour opens at dawn. Nobody knows yet."
NOTES = "Here is a first note. And here is a second one."
RULES = "\n\n".join(LINES)
LATER = MANDATE.replace("may cover 30", "will cover 45").replace(" The harbour opens at dawn.", "")
LAST = "The mandate ends in May. Nobody knows yet. It will cover 45 divers within 60 days."
NOTES_LATER = NOTES.replace("And", "The harbour opens at dawn. And")
DAYS = (
    {"mandate.txt": MANDATE, "notes.txt": NOTES, "rules.md": RULES},
    {"mandate.txt": LATER, "notes.txt": NOTES_LATER, "rules.md": RULES.replace("may", "will")},
    {"mandate.txt": LAST, "notes.txt": NOTES_LATER, "rules.md": RULES.replace("may", "will")},
)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return record(tmp_path_factory.mktemp("reader"), DAYS)


@pytest.fixture
def served(told: Path, tmp_path: Path) -> Iterator[Served]:
    folder = Workspace(told).copy(tmp_path / "reader").root
    with serving(folder) as found:
        yield found


def ids_of(served: Served) -> dict[str, str]:
    return {one["path"]: one["id"] for one in served.get("/api/documents").json()["documents"]}


def address(served: Served, document: str, before: str, after: str, more: str = "") -> str:
    """The address with snapshots that one with dates leads to."""
    path = f"/documents/{ids_of(served)[document]}/compare?before={before}&after={after}{more}"
    answer = served.get(path)
    assert answer.status == 303
    return answer.headers["location"]


def page_of(served: Served, path: str) -> html.HtmlElement:
    answer = served.get(path)
    assert answer.status == 200
    return html.fromstring(answer.text)


def test_an_address_with_dates_leads_to_one_with_snapshots(served: Served) -> None:
    first, second, _ = (one.id[:12] for one in Workspace(served.folder).recorded())
    found = parse_qs(urlsplit(address(served, "mandate.txt", "2026-01-01", "2026-01-02", "&view=side")).query)
    assert found == {"before": [first], "after": [second], "view": ["side"]}


@pytest.mark.parametrize(("first", "second"), [("01", "02"), ("02", "03"), ("01", "03"), ("03", "01")])
def test_each_column_is_what_the_document_said_then(served: Served, first: str, second: str) -> None:
    page = page_of(served, address(served, "mandate.txt", f"2026-01-{first}", f"2026-01-{second}", "&view=side"))
    for side, day in (("before", first), ("after", second)):
        found = page.xpath(f"//*[@data-side='{side}']//*[@data-statement]")
        assert [one.text_content() for one in found] == Workspace(served.folder).texts(
            "mandate.txt", "--at", f"2026-01-{day}"
        )


def test_neighbours_have_the_recorded_changes(served: Served) -> None:
    page = page_of(served, address(served, "mandate.txt", "2026-01-01", "2026-01-02"))
    log = Workspace(served.folder).log("--snapshot", Workspace(served.folder).recorded()[1].id, "mandate.txt")
    shown = {(one.get("data-change"), one.get("data-kind")) for one in page.xpath("//main//*[@data-change]")}
    assert shown == {(one["id"], one["kind"]) for one in log}


def test_a_move_to_another_document_is_linked_both_ways(served: Served) -> None:
    page = page_of(served, address(served, "mandate.txt", "2026-01-01", "2026-01-02", "&view=side"))
    (there,) = page.xpath("//*[@data-kind='moved']//a[@class='end']/@href")
    assert f"/documents/{ids_of(served)['notes.txt']}/compare?" in there
    other = page_of(served, there)
    place = other.get_element_by_id(urlsplit(there).fragment)
    assert place.text_content() == "The harbour opens at dawn."
    (back,) = other.xpath("//*[@data-kind='moved']//a[@class='end']/@href")
    assert f"/documents/{ids_of(served)['mandate.txt']}/compare?" in back
    assert (
        page_of(served, back).get_element_by_id(urlsplit(back).fragment).text_content() == "The harbour opens at dawn."
    )


def test_the_version_before_the_first_is_empty(served: Served) -> None:
    page = page_of(served, address(served, "mandate.txt", "-", "2026-01-01", "&view=side"))
    assert not page.xpath("//*[@data-side='before']//*[@data-statement]")
    assert len(page.xpath("//*[@data-side='after']//*[@data-statement]")) == 4


def test_equal_versions_have_no_differences(served: Served) -> None:
    page = page_of(served, address(served, "mandate.txt", "2026-01-01", "2026-01-01"))
    assert "No differences" in page.text_content()


@pytest.mark.parametrize(("form", "begins"), [("html", "<!doctype html>"), ("docx", "PK")])
def test_the_page_is_saved_as_a_file(served: Served, form: str, begins: str) -> None:
    path = address(served, "mandate.txt", "2026-01-01", "2026-01-02", f"&save={form}")
    with urlopen(f"{served.url}{path}") as got:
        assert got.headers["content-disposition"] == f"attachment; filename*=UTF-8''mandate.txt.{form}"
        assert got.read().startswith(begins.encode())


def test_the_list_is_filtered_and_ordered_on_the_server(served: Served) -> None:
    path = address(served, "mandate.txt", "2026-01-01", "2026-01-02")
    kinds = [
        one.get("class").split()[0]
        for one in page_of(served, f"{path}&order=importance").xpath("//li[a/@href and a/b]")
    ]
    assert kinds[0] == "revised"
    assert len(page_of(served, f"{path}&kind=moved").xpath("//ol[@class='change-list']/li[a]")) == 1


def test_a_verdict_is_given_without_a_script(served: Served) -> None:
    path = address(served, "mandate.txt", "2026-01-01", "2026-01-02")
    (change,) = page_of(served, path).xpath("//*[@data-kind='revised']/@data-change")
    answer = served.post("/verdicts", [("reviewer", "Ada"), ("back", path), ("flagged", change)])
    assert (answer.status, answer.headers["location"]) == (303, path)
    assert page_of(served, path).xpath(f"//button[@value='{change}'][@aria-pressed='true']/@name") == ["flagged"]


def test_a_verdict_of_no_kind_is_refused(served: Served) -> None:
    assert served.post("/verdicts", [("reviewer", "Ada"), ("lost", "x")]).status == 422


@pytest.mark.slow
def test_long_comparison_is_small(tmp_path: Path) -> None:
    many = 5_000
    lines = [
        f"Clause {at} of the long treaty may cover {at + 100} divers of the eastern harbour." for at in range(many)
    ]
    later = [line.replace("may", "will") if at % 10 == 0 else line for at, line in enumerate(lines)]
    folder = record(tmp_path, ({"long.md": "\n\n".join(lines)}, {"long.md": "\n\n".join(later)}))
    with serving(folder) as found:
        sizes = []
        for view in ("inline", "side"):
            path = address(found, "long.md", "2026-01-01", "2026-01-02", f"&view={view}")
            with urlopen(Request(f"{found.url}{path}", headers={"Accept-Encoding": "gzip"})) as got:
                sent = got.read()
                assert got.headers["content-encoding"] == "gzip"
                assert got.headers["vary"] == "Accept-Encoding"
            sizes.append((len(gzip.decompress(sent)), len(sent)))
    assert all(whole < 1_000_000 and sent < 400_000 for whole, sent in sizes)


@pytest.mark.slow
@pytest.mark.parametrize("script", [True, False])
def test_a_fold_of_a_long_document_is_loaded_when_opened(tmp_path: Path, browser: Browser, script: bool) -> None:
    lines = [f"Clause {at} of the long treaty stays." for at in range(1_000)]
    folder = record(
        tmp_path,
        ({"long.md": "\n\n".join(lines)}, {"long.md": "\n\n".join([*lines[:500], "A new one.", *lines[500:]])}),
    )
    with serving(folder) as found:
        context = browser.new_context(java_script_enabled=script)
        page = context.new_page()
        page.goto(f"{found.url}{address(found, 'long.md', '2026-01-01', '2026-01-02', '&view=side&order=place')}")
        expect(page.get_by_text("Clause 40 of")).to_have_count(0)
        page.get_by_text("498 unchanged statements").first.click()
        if not script:
            page.get_by_role("button", name="Show them").first.click()
        expect(page).to_have_url(re.compile("open=.*view=side.*#s-"))
        expect(page.get_by_text("Clause 40 of")).to_have_count(2)
        context.close()


def test_changes_far_apart_lead_to_the_recorded_ones(served: Served) -> None:
    page = page_of(served, address(served, "mandate.txt", "2026-01-01", "2026-01-03"))
    (link,) = page.xpath("//*[@data-kind='revised']//*[@class='acts']/a[text()='Recorded changes']/@href")
    assert not page.xpath("//*[@data-kind='revised']//button")
    history = page_of(served, link)
    recorded = {one["id"] for one in Workspace(served.folder).log("mandate.txt")}
    led = {one.rpartition("/")[2] for one in history.xpath("//main//a[starts-with(@href, '/changes/')]/@href")}
    assert led & recorded


# --- in a browser


def test_sixty_changes_are_reviewed_by_keyboard_alone(served: Served, page: Page) -> None:
    page.goto(f"{served.url}{address(served, 'rules.md', '2026-01-01', '2026-01-02')}")
    for at in range(MANY):
        if at == 0:
            page.keyboard.press("n")
        page.keyboard.press("afd"[at % 3])
        expect(page.locator(".change-list .verdict:not(:empty)")).to_have_count(at + 1)
    expect(page.locator("#said")).to_have_text(re.compile("Every change in the list has a verdict"))
    assert served.get("/api/queue?document=rules.md&until=2026-01-02").json()["entries"] == []
    page.keyboard.press("u")
    expect(page.locator(".change-list .verdict:not(:empty)")).to_have_count(MANY - 1)


def test_journey_from_the_queue_to_the_place_and_a_verdict(served: Served, page: Page) -> None:
    page.goto(f"{served.url}/queue?document=mandate.txt")
    entries = page.locator(".where a").count()
    page.locator(".where a").first.click()
    expect(page).to_have_url(re.compile("/compare[?].*#s-"))
    place = page.locator("[data-change]:has(:target)")
    expect(place).to_be_in_viewport()
    change = place.get_attribute("data-change")
    page.keyboard.press("a")
    expect(page.locator(f"button[value='{change}'][name='accepted']")).to_have_attribute("aria-pressed", "true")
    assert served.get(f"/api/changes/{change}").json()["history"][0]["verdict"] == "accepted"
    page.goto(f"{served.url}/queue?document=mandate.txt")
    expect(page.locator(".where a")).to_have_count(entries - 1)


def test_n_and_p_step_through_the_list(served: Served, page: Page) -> None:
    page.goto(f"{served.url}{address(served, 'mandate.txt', '2026-01-01', '2026-01-02', '&order=place')}")
    page.keyboard.press("n")
    expect(page.locator(".change-list [aria-current]")).to_contain_text("It will cover 45 divers")
    expect(page.locator("#said")).to_contain_text("Revised, number, modality: 30 → 45")
    page.keyboard.press("n")
    expect(page.locator(".change-list [aria-current]")).to_contain_text("The harbour opens at dawn.")
    page.keyboard.press("p")
    expect(page.locator(".change-list [aria-current]")).to_contain_text("It will cover 45 divers")
    expect(page.locator(".marked.current")).to_have_count(1)


def test_a_comment_is_written_in_place(served: Served, page: Page) -> None:
    page.goto(f"{served.url}{address(served, 'mandate.txt', '2026-01-01', '2026-01-02', '&order=place')}")
    change = page.locator(".marked.revised").first.get_attribute("data-change")
    page.keyboard.press("n")
    page.keyboard.press("c")
    page.keyboard.type("Why so many?")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#said")).to_have_text("Comment added.")
    assert served.get(f"/api/changes/{change}").json()["history"][0]["comment"] == "Why so many?"


def test_the_statement_of_the_address_is_highlighted(served: Served, page: Page) -> None:
    path = address(served, "rules.md", "2026-01-01", "2026-01-02")
    name = page_of(served, path).xpath("//main//*[@data-statement]/@data-statement")[-1]
    page.goto(f"{served.url}{path}#s-{name}")
    place = page.locator(f"#s-{name}")
    expect(place).to_be_in_viewport()
    assert place.evaluate("(one) => getComputedStyle(one).outlineStyle") == "solid"


def test_keys_lead_to_the_other_view_and_pair(served: Served, page: Page) -> None:
    page.goto(f"{served.url}{address(served, 'mandate.txt', '2026-01-01', '2026-01-02')}")
    page.keyboard.press("v")
    expect(page).to_have_url(re.compile("view=side"))
    page.keyboard.press("]")
    expect(page.locator(".columns")).to_contain_text("3 Jan 2026")


@pytest.mark.parametrize("view", ["inline", "side"])
def test_it_is_read_without_javascript(served: Served, view: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{served.url}{address(served, 'mandate.txt', '2026-01-01', '2026-01-02', f'&view={view}')}")
    expect(page.locator("[data-kind='revised']").first).to_contain_text("30 → 45")
    page.locator("[data-kind='revised'] button", has_text="Accept").first.click()
    expect(page.locator("button[aria-pressed='true']").first).to_have_text("Accept")
    context.close()


@pytest.mark.parametrize("view", ["inline", "side"])
def test_nothing_is_lost_at_the_width_of_a_phone(served: Served, page: Page, view: str) -> None:
    page.set_viewport_size({"width": 375, "height": 800})
    page.goto(f"{served.url}{address(served, 'mandate.txt', '2026-01-01', '2026-01-02', f'&view={view}')}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    assert page.locator("[data-side]:visible", has_text=re.compile(r"^\s*$")).count() == 0
    for button in page.locator(".acts button").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44


@pytest.mark.parametrize("view", ["inline", "side"])
def test_in_print_there_are_both_texts_and_no_buttons(served: Served, page: Page, view: str) -> None:
    path = address(served, "mandate.txt", "2026-01-01", "2026-01-02", f"&view={view}")
    page.goto(f"{served.url}{path}")
    with PdfDocument(page.pdf(format="A4")) as printed:
        sheets = [" ".join(sheet.get_textpage().get_text_range().split()) for sheet in printed]
    words = " ".join(sheets)
    for said in (
        "may",
        "will",
        "30",
        "45",
        "The harbour opens at dawn.",
        "~ Revised",
        "» Moved",
        "The mandate ends in May.",
    ):
        assert said in words
    for chrome in ("Accept", "Dismiss", "Details", "Save as", "Reviewing as", "Earlier", "Keys", "Documents", "Apply"):
        assert chrome not in words
    assert "The mandate ends in May." not in sheets[0]  # the first page is the list


def test_far_apart_a_key_says_where_the_verdict_is_given(served: Served, page: Page) -> None:
    page.goto(f"{served.url}{address(served, 'mandate.txt', '2026-01-01', '2026-01-03', '&order=place')}")
    page.keyboard.press("n")
    page.keyboard.press("a")
    expect(page.locator("#said")).to_contain_text("no neighbours")
    page.keyboard.press("s")
    expect(page).to_have_url(re.compile("/statements/"))


def test_a_verdict_that_was_not_saved_leaves_the_one_before(served: Served, page: Page) -> None:
    page.goto(f"{served.url}{address(served, 'mandate.txt', '2026-01-01', '2026-01-02', '&order=place')}")
    page.locator(".marked.revised").first.locator("button", has_text="Flag").click()
    expect(page.locator("#said")).to_have_text("Flagged 1 change.")
    page.route("**/api/verdicts", lambda route: route.abort())
    page.locator(".marked.revised").first.locator("button", has_text="Accept").click()
    expect(page.locator("#said")).to_contain_text("Nothing was written")
    pressed = page.locator(".marked.revised button[aria-pressed='true']")
    expect(pressed).to_have_text("Flag")


def test_what_the_first_snapshot_held_takes_no_verdict(served: Served) -> None:
    (document,) = (one for one in served.get("/api/documents").json()["documents"] if one["path"] == "mandate.txt")
    first = served.get("/api/snapshots").json()["snapshots"][-1]["id"]
    page = page_of(served, f"/documents/{document['id']}/compare?before=-&after={first[:12]}")
    assert page.xpath("//*[@data-kind='added']")
    assert page.xpath("//a[starts-with(@href, '/changes/')] | //button[@name='accepted']") == []
