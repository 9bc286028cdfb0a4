"""The control words of RTF that say what a group is or which character is meant (Rich Text Format 1.9.1)."""

from __future__ import annotations

from typing import Final

CODECS: Final = {
    0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "cp950", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874",
    238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
"""Python's codecs by the number of a font's character set."""

CHARACTERS: Final = {
    "tab": " ", "column": " ", "page": " ", "softline": " ", "softpage": " ", "softcol": " ",
    "emdash": "—", "endash": "–", "emspace": " ", "enspace": " ", "qmspace": " ", "bullet": "•",
    "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "zwj": "\u200d", "zwnj": "\u200c",
    "~": "\u00a0", "_": "\u2011", "{": "{", "}": "}", "\\": "\\",
}  # fmt: skip
"""Control words and symbols that are a character; the optional hyphen `\\-` is none."""

SKIPPED: Final = frozenset(
    {"colortbl", "filetbl", "info", "pict", "objdata", "listtable", "listoverridetable", "revtbl", "rsidtbl"}
    | {"generator", "xmlnstbl", "themedata", "colorschememapping", "latentstyles", "datastore", "annotation", "atnid"}
    | {
        "atnauthor",
        "atrfstart",
        "atrfend",
        "bkmkstart",
        "bkmkend",
        "userprops",
        "template",
        "mmathPr",
        "sp",
        "nonesttables",
    }
    | {
        "background",
        "ftnsep",
        "ftnsepc",
        "ftncn",
        "aftnsep",
        "aftnsepc",
        "aftncn",
        "xe",
        "tc",
        "listpicture",
        "private",
    }
    | {
        "pnseclvl",
        "nesttableprops",
        "wgrffmtfilter",
        "docvar",
        "fldtype",
        "datafield",
        "pgptbl",
        "passwordhash",
    }
    | {"listname", "listlevel", "header0", "footer0", "title", "author", "operator", "creatim", "revtim", "printim"}
)
"""Groups that hold no text of the document."""

KNOWN_STARRED: Final = frozenset(
    {"shpinst", "fldinst", "shptxt", "pn", "footnote", "cs", "ud", "formfield", "ffl", "do", "dptxbxtext", "moMath"}
)
"""Groups to read though they are marked `\\*`: others that we do not know are to be skipped."""
