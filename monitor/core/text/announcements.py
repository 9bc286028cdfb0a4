"""Recognise the line in which a document gives its own date or version: `Last updated: 3 May 2026`, `Version 2.1`.

Such a line is short and consists of a label and a value. Labels that say only *when* something holds need a year or a
whole date, so that `effective 30 days after notice` is none. Patterns of the configuration name further lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from monitor.core.text.normalize import normalize
from monitor.core.text.patterns import TextPattern

LONGEST = 160  # characters of such a line
_MOST_BEFORE, _MOST_BEHIND = 6, 12  # words before the label: a title, a place; and from behind the label on

# The last change of the document: any number behind it is a date
_CHANGED = (
    r"last[ _-]?(?:up-?dated?|mod(?:ified)?|revised|edited|changed|reviewed|amended)|last[ _-]change"
    r"|(?:page |document )?(?:up-?dated|revised|modified|amended)(?: on| at|_at)?|lastmod(?:ified)?"
    r"|date[ _](?:of (?:last )?(?:update|revision|issue|publication)|updated|modified)|revision[ _]date"
    r"|modified_date|datemodified|zuletzt (?:aktualisiert|geändert|bearbeitet)|letzte (?:aktualisierung|änderung)"
    r"|letzte bearbeitung|aktualisiert am|dernière (?:mise à jour|modification|révision)|date de révision"
    r"|mis[e]? à jour|actualisé[e]? le|última (?:actualización|modificación|revisión|atualização|alteração)"
    r"|actualizad[oa] (?:el|en)|atualizad[oa] em|fecha de (?:actualización|revisión)|data (?:da|de) atualização"
    r"|ultim[oa] (?:aggiornamento|modifica|revisione)|aggiornat[oa] (?:al|il)|data di aggiornamento"
    r"|laatst (?:bijgewerkt|gewijzigd)|laatste (?:wijziging|update)|bijgewerkt op|ostatnia (?:aktualizacja|zmiana)"
    r"|zaktualizowano|data aktualizacji|senast (?:uppdaterad|ändrad)|sist (?:oppdatert|endret)|sidst ændret"
    r"|sidst opdateret"
    r"|viimeksi päivitetty|päivitetty|poslední (?:aktualizace|změna)|aktualizováno|son güncelle(?:me|nme)(?: tarihi)?"
    r"|utolsó (?:frissítés|módosítás)|ultima actualizare|последн(?:ее|яя) (?:обновление|изменение|редакция)|обновлено"
    r"|дата обновления|останн(?:є|я) (?:оновлення|зміна)|оновлено|τελευταία (?:ενημέρωση|τροποποίηση)"
    r"|آخر (?:تحديث|تعديل)|עודכן לאחרונה|עדכון אחרון|अंतिम (?:अद्यतन|संशोधन)|最終更新日?|更新日|改定日|最后更新|最近更新"
    r"|更新(?:日期|时间)|最後更新|修订日期|마지막 (?:업데이트|수정일?)|최종 수정일|업데이트 ?날짜"
)
# When it holds, or was issued: a year or a whole date must follow
_HOLDS = (
    r"effective(?: date| as of| from| on)?|in force(?: since| from| as of)?|valid (?:from|as of)|as (?:of|at)|dated?"
    r"|published(?: on)?|issued(?: on)?|stand|gültig ab|in kraft (?:seit|ab)|datum|fassung vom|en vigueur (?:depuis|au)"
    r"|en vigueur à compter du|version du|date d'entrée en vigueur|vigente desde|en vigor desde|fecha|em vigor desde"
    r"|data|in vigore dal|geldig vanaf|obowiązuje od|stan na(?: dzień)?|gäller från|voimassa alkaen|platné od"
    r"|yürürlük tarihi|по состоянию на|действует с|дата|редакция от|станом на|чинн[аи]й з|ισχύει από"
    r"|ساري(?:ة)? من|تاريخ|בתוקף מ|प्रभावी तिथि|施行日|発効日|生效日期|发布日期|시행일"
)
_VERSION = (
    r"version|versión|versão|versione|versie|wersja|verze|verzió|versio|sürüm|версия|версія|έκδοση|الإصدار|גרסה|संस्करण"
    r"|版本|バージョン|버전|revision|release|rev\.|edition|auflage|ausgabe|édition|edición|edição|edizione|fassung"
)
_DATE = (
    r"(?:(?<!\d)(?:1[89]|2[01])\d\d(?!\d)|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{1,4} ?[年년]|[٠-٩]{4}|[०-९]{4}|[۰-۹]{4})"
)
_LINE = (
    rf"(?<!\w)(?:(?:{_CHANGED})(?P<changed>[^\d.!?;]{{0,24}}\d.*)"
    rf"|(?:{_HOLDS})(?P<holds>(?!\w)[^\d.!?;]{{0,24}}(?:\d{{1,2}}\W[^\d!?;]{{0,16}}(?:\d{{1,2}}\W{{1,3}})?)?{_DATE}.*)"
    rf"|(?:{_VERSION})(?P<version>[ :#|=\"']{{0,4}}(?:(?:no|nr|n°)\.? ?)?(?:v\.? ?)?\d[\d.]*[a-z]?(?!\w).*))"
)


@cache
def _line() -> re.Pattern[str]:
    """It takes longer to compile than most commands have texts to ask of."""
    return re.compile(_LINE, re.IGNORECASE | re.DOTALL)


def is_announcement(text: str, patterns: Sequence[TextPattern] = ()) -> bool:
    """Whether a statement is such a line; one that fits one of the patterns is."""
    if patterns and len(text) <= LONGEST:
        folded = normalize(text)
        if any(pattern(folded) for pattern in patterns):
            return True
    return _is_announcement(text)


@lru_cache(4096)
def _is_announcement(text: str) -> bool:
    if len(text) > LONGEST or not any(map(str.isdigit, text)):
        return False
    found = _line().search(text)
    if found is None:
        return False
    behind = found[found.lastgroup or 0]
    return len(text[: found.start()].split()) <= _MOST_BEFORE and len(behind.split()) <= _MOST_BEHIND
