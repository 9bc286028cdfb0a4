"""RSS and Atom: each item is a statement, known by its link; the order of items says nothing."""

from __future__ import annotations

import pytest

from tests.core.tracking.two_versions import changes


def rss(*items: str, built: str = "Mon") -> str:
    head = f"<title>News</title><link>https://x.example</link><lastBuildDate>{built}</lastBuildDate>"
    names = 'xmlns:content="urn:content" xmlns:g="urn:shop"'
    return f'<rss version="2.0" {names}><channel>{head}{"".join(items)}</channel></rss>'


def item(number: int, title: str = "", more: str = "") -> str:
    link = f"<link>https://x.example/{number}</link><guid>{number}</guid>"
    return f"<item><title>{title or f'Road {number} is closed'}</title>{link}{more}</item>"


def atom(*entries: str) -> str:
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title><updated>now</updated>{"".join(entries)}</feed>'
    )


def entry(number: int, title: str, more: str = "") -> str:
    links = f'<link rel="edit" href="https://x.example/edit"/><link href="https://x.example/{number}"/>'
    return f"<entry><id>urn:{number}</id><title>{title}</title>{links}{more}</entry>"


ITEMS = [item(number) for number in range(1, 7)]
PAGE = "<description>&lt;p&gt;The first &lt;b&gt;part&lt;/b&gt;. The second.&lt;p&gt;Third.</description>"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (rss(*ITEMS), rss(*reversed(ITEMS), built="Tue")),
        (rss(*ITEMS), rss(*ITEMS).replace("><", ">\n  <")),
        (atom(entry(1, "One"), entry(2, "Two")), atom(entry(2, "Two"), entry(1, "One")).replace("now", "later")),
    ],
)
def test_order_and_layout_of_items_say_nothing(before: str, after: str) -> None:
    assert changes(before, after, "a.xml") == []


@pytest.mark.parametrize("path", ["a.rss", "a.xml"])
def test_an_item_came_and_one_went(path: str) -> None:
    found = changes(rss(*ITEMS), rss(*ITEMS[1:], item(7)), path)
    assert sorted((one.kind, *one.before, *one.after) for one in found) == [
        ("added", "Road 7 is closed"),
        ("removed", "Road 1 is closed"),
    ]


@pytest.mark.parametrize("title", ["Road 3 is open", "Wholly other words stand here"])
def test_an_item_is_known_by_its_link(title: str) -> None:
    found = changes(rss(*ITEMS), rss(*ITEMS[:2], item(3, title), *ITEMS[3:]), "a.xml")
    assert [(one.kind, one.after) for one in found] == [("revised", (title,))]


def test_an_item_with_a_long_text_is_one_event() -> None:
    found = changes(rss(*ITEMS), rss(*ITEMS, item(8, "Works", PAGE)), "a.xml")
    assert [one.after[0] for one in found] == ["Works", "The first part.", "The second.", "Third."]
    assert {(one.cause, one.event) for one in found} == {("element", 1)}


def test_other_parts_of_an_item_are_read_with_its_id() -> None:
    old, new = (
        item(8, "Shoes", f'<g:price>{eur} EUR</g:price><enclosure url="https://x.example/a"/>') for eur in (5, 6)
    )
    found = changes(rss(old), rss(new), "a.xml")
    assert [(one.kind, one.before, one.after) for one in found] == [
        ("revised", ("[8].price: 5 EUR",), ("[8].price: 6 EUR",))
    ]


def test_contents_of_atom_may_be_elements() -> None:
    page = '<content type="xhtml"><div xmlns="urn:x"><p>Hello <b>{}</b>. More of it.</p></div></content>'
    found = changes(*(atom(entry(1, "One", page.format(name))) for name in ("you", "all")), "a.atom")
    assert [(one.before, one.after) for one in found] == [(("Hello you.",), ("Hello all.",))]


def test_a_feed_without_items_is_a_feed() -> None:
    found = changes(rss(), rss(item(1)), "a.xml")
    assert [(one.kind, one.after) for one in found] == [("added", ("Road 1 is closed",))]
