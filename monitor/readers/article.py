"""A saved web page -> the blocks of its main text alone: without navigation, notices and what else surrounds it.

What is main text is a guess that another layout of the site may change; where that matters, the whole page is read.
"""

from __future__ import annotations

from monitor.errors import ExtractError
from monitor.model import Block, BlockKind, Extraction
from monitor.readers.encoding import decode
from monitor.readers.extras import extra
from monitor.readers.html import declared_encoding, html_blocks, refuse_depth
from monitor.readers.placing import placed


class ArticleExtractor:
    """Web pages, read for their article."""

    def extract(self, data: bytes) -> Extraction:
        """Blocks of the article, its title first; ExtractError where the page has none."""
        source, notes = decode(data, declared_encoding(data))
        refuse_depth(source)
        with extra("article"):
            import trafilatura
        body = trafilatura.extract(
            source,
            output_format="html",
            include_comments=False,
            include_tables=True,
            include_links=True,
            favor_recall=True,
        )
        if not body:
            raise ExtractError("no main text was found in the page; take it out of [extract] article to read all of it")
        blocks = html_blocks(body, titled=False)
        told = trafilatura.extract_metadata(source)
        title = " ".join(told.title.split()) if told is not None and told.title else ""
        if title and not any(block.text == title for block in blocks[:3]):
            blocks.insert(0, Block(BlockKind.HEADING, title, 1))
        return placed(blocks, notes)
