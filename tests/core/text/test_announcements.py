"""Which lines give a document's own date or version."""

from __future__ import annotations

import pytest

from monitor.core.text.announcements import is_announcement

LINES = (
    "Last updated: 3 May 2026",
    "Privacy Policy (last updated May 3, 2026)",
    "Last modified 2026-05-03",
    "lastmod: 2026-05-03",
    "date: 2026-05-03",
    "Effective 3 May 2026",
    "Effective Date | May 3, 2026",
    "These terms are effective as of 3 May 2026.",
    "Version 2.1",
    "version: 2",
    "Version 3 (draft)",
    "Revision: 14",
    "Stand: 03.05.2026",
    "Stand: Mai 2026",
    "Zuletzt geändert am 3. Mai 2026",
    "Mise à jour : 3 mai 2026",
    "Dernière mise à jour le 3 mai 2026",
    "Última actualización: 3 de mayo de 2026",
    "Última atualização em 3 de maio de 2026",
    "Ultimo aggiornamento: 3 maggio 2026",
    "Laatst bijgewerkt op 3 mei 2026",
    "Ostatnia aktualizacja: 3 maja 2026 r.",
    "Последнее обновление: 3 мая 2026 г.",
    "Останнє оновлення: 3 травня 2026",
    "Τελευταία ενημέρωση: 3 Μαΐου 2026",
    "آخر تحديث: ٣ مايو ٢٠٢٦",
    "עודכן לאחרונה: 3 במאי 2026",
    "最終更新日：2026年5月3日",
    "最后更新：2026年5月3日",
    "마지막 업데이트: 2026년 5월 3일",
)
OTHERS = (
    "The fee is 20 euros.",
    "Effective 30 days after notice.",
    "The court met on 3 May 2026.",
    "A revised budget of 30 million euros will be presented to the committee by the end of the year.",
    "Data is kept for 30 days.",
    "The version of the tool that is used by the staff of the agency in all of its offices is 2.",
    "Understanding the 2026 rules",
    "Copyright 2026",
    "Last updated:",
    "Stand by 24 hours a day",
    "The data of 1,204 persons were lost.",
)


@pytest.mark.parametrize("text", LINES)
def test_a_line_of_date_or_version_is_recognised(text: str) -> None:
    assert is_announcement(text)


@pytest.mark.parametrize("text", OTHERS)
def test_other_statements_are_no_date_line(text: str) -> None:
    assert not is_announcement(text)
