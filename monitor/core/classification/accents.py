"""Accents: when two words that differ in accents alone are one word, and when they are two.

Accents are overlooked in English, German, French and Spanish alone, where a text is plainly in one of these. In German
an umlaut makes another word of each word listed here, and of its forms (`wurde`, `würde`). In French and Spanish an
accent on the last letter does, or on the ending of a verb. In any other language, and in any script but the Latin one,
a mark is part of the letter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache

_VIETNAMESE = re.compile("[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_SHORT = 3  # letters of a French or Spanish word in which any accent counts: ou, où; si, sí
_PART = 6  # letters of a listed word that another may end with: Auszahlung, Auszählung

# German words without their umlaut that have a partner with one, after a word list of the Web (counts of both forms).
_GERMAN_WORDS = """
abdrucken abfahrt abfallen abgedruckt abgesagt ablaufen absagen abwasser abzahlen achten achtung acker ahhh
alter ander anfallen anfange anfangt anhalt anlassen anlaufen anschlagen apfel armer asten attitude aufgedruckt
auftrage aufwachst ausdrucke ausfallen ausfuhren ausgedruckt ausgelost ausgezahlt auslosung ausnutzen auszahlen
auszahlung auszudrucken bader bahr balle bande banken banker basse baume baumer baumgartner bedruckt befanden
behalt beitragen bekamen benutzung besassen beschworen bestanden betrage betrugen bewahren bewahrt bewahrung
biergarten blasse blast blatter blocken blosse blum blute boden bogen boll bosch bose bote brachten brat brau
brauche brauchte braune briefkasten bronner bruck bruckner bruder bruderschaft brunn bucher buchladen buchner
buchse buck buffet buhl bunde buren burgen burger busche bussen damme damon dampfen dampfer dampft dane debut
doll dorner dosen drangen droge drohnen druck drusen dufte dummer dune dunn durchfahrt durfte during duster
einbussen einfahrt einfallen einfuhren einhalt einkaufe eintragen empfange entsprachen erfahrt ergaben erhalt
erloschen ertrage ertranken facher faden fahre fahrt falle falschen falscher familienvater fande fange fangt
farben fingernagel flache flossen fluchten fluge flughafen fontane fordere fordern fordernde fordert forderung
forster fragebogen fraser fruchten fuge fuhr full furth fussboden fusse futtern gabe gange garten gartner
geachtet gebaren gebrauche gedruckt gefalle gefordert gefuttert gelange generale genutzt gerate geschont
gestutzt gesunder getauscht gewahr gewohnt gezahlt gezuckt ginge glaser glatte goran gore graben graber grober
grohe grosse grosser grossmutter grossvater grunde gruner grunewald grunwald gruss gunter gunther gute guter
hafen hahne halse halt hammer handel hang hansel haring harte harter hatt haufen hauser haute heraufbeschworen
hinterlasst hochofen hocke hocker hofe hofer hohe hoher hohle hohn holl hollander holzer horde horn horst hort
hoss hutten hutter junger kalte kalter kame kammerer kasten kastner kaufe kindergarten klangen klare kleingarten
kloster kluger koche kocher kohler kohn kollateralschaden kolle konn kopfe koppel kramer krane kranken kratze
kronen kruger krummen kuchen kuhl kuhn kummer kundigen kung kuren kurt kurze kurzer kuss laden lage lahmen lange
langer langs lasst last lastern lastig laufe laufer lauft lauten lautet lautstarke locher lohne lohr lose loser
loss lost lowe luck lugner luth machte magen maher mangel mantel maria masse massig menu mochte mohren mose
moser mucke munch munster musse musst mutter nagel nahe naher naht naschen nasse neuburger niederschlagen note
nutze nutzt oden ofen omer ouverture parfum passe pastors personenschaden plane platze popular primar proll putz
qualen rachen range rat rate rauchern regular rocken rohre rollladen romer rosten ruben ruck rude ruge russel
sachs sachschaden sacken sage sahen sale sanfte sarge sasse sattel saure schaden schaffer schalen schalt scham
schar scharfe scharfer schatz schlachter schlafe schlaft schlage schlager schlagt schlosser schmucken schon
schopf schranke schuller schutt schutz schutzengraben schwache schwacher schwanze schwor schwul seriositat sohne
spaten spule spuren spurt stadel stamme stande starke starker statten stocken stocker store stosse strande
strange stuhle stunde stutz sulz taler tanze tate tausche tauscht tochter todesfalle tone topfen tote trage
tragt tranken traum tribune trugen turk tuten uberfahrt uberfallen ubergangen unterhalt vater verbanden
verfuhren verkaufe verlasst verlaufe verrat verstosse vertrage vertraglich vogel volker vorgarten vorhalt
vorschlagen vortragen wachst wachter wahlen wahre wahrt wahrung walder walle walzen ware warme warmer wars wart
wasche wassern wasserschaden weingarten widerstanden wohler wolfe worth wunsch wurd wurzen wusst wust zahlbar
zahle zahler zahlst zahlt zahlung zahmen zollen zoller zucken zuckt zufallen zugange zuge zunder zurich
zusammenhalt zustande zwangen
"""
_GERMAN = frozenset(_GERMAN_WORDS.split())
_GERMAN_ENDINGS = "e en n s er em es t te ten st et tet test nd nde nden ung ungen".split()  # noqa: SIM905
# What with an umlaut says what might be.
_SUBJUNCTIVE = frozenset(
    f"{stem}{ending}"
    for stem in ("hatt", "wurd", "konnt", "musst", "durft", "mocht", "wusst", "braucht", "war", "kam", "gab", "lag")
    for ending in ("e", "en", "est", "et", "st", "t")
)
_FRENCH_WORDS = """
mure mures tache taches gene genes pete designer repartir reparti repartis repartie reparties reformer reforme
reformes sacrement pecheur pecheurs pecher cote cotes jeune jeunes foret forets roder chasse mater colon colons
pate pates acre acres haler hale matin matins rever revers chatte faite faites meler boite
"""
_SPANISH_WORDS = """
perdida perdidas publica publicas publico publicos critica criticas critico criticos practica practicas practico
practicos continua continuas continuo termino terminos animo animos calculo calculos amplia amplias opera operas
sabana sabanas hacia sabia sabias deposito depositos limite limites titulo titulos ejercito domestico prospero
integro interprete diagnostico pronostico transito tramite tramites credito reves cartel carteles rio rios pie
"""
_FRENCH, _SPANISH = frozenset(_FRENCH_WORDS.split()), frozenset(_SPANISH_WORDS.split())


@lru_cache(maxsize=8192)
def without_accents(word: str) -> str:
    """A word of the Latin script without its accents; another word as it is."""
    if word.isascii():
        return word
    plain = "".join(char for char in unicodedata.normalize("NFKD", word) if not unicodedata.combining(char))
    return plain if plain.isascii() else word


def is_vietnamese(text: str) -> bool:
    """Whether a text has letters that only Vietnamese has."""
    return not text.isascii() and bool(_VIETNAMESE.search(text))


def is_one_word(before: str, after: str, language: str) -> bool:
    """Whether two normalised words that differ in accents alone are one word in a language."""
    if without_accents(before) != without_accents(after) or language not in _RULES:
        return False
    return len(before) != len(after) or _RULES[language](before, after)


def is_subjunctive(before: str, after: str) -> bool:
    """Whether a German verb took on or lost the umlaut of what might be: `hatte`, `hätte`."""
    return without_accents(before) == without_accents(after) and without_accents(before) in _SUBJUNCTIVE


def spelled_without_umlauts(word: str) -> str:
    """A German word as it is written where there are no umlauts: `Groesse`."""
    return word.translate(_UMLAUTS)


def _german(before: str, after: str) -> bool:
    """Whether none of the changed letters is an umlaut, or the word is no form of a listed one."""
    umlauts = any(one != other and {one, other} & set("äöü") for one, other in zip(before, after, strict=True))
    if not umlauts:
        return True
    plain = without_accents(before)
    forms = {plain, *(plain.removesuffix(ending) for ending in _GERMAN_ENDINGS)}
    if not forms.isdisjoint(_GERMAN):
        return False
    return not any(form[start:] in _GERMAN for form in forms for start in range(1, len(form) - _PART + 1))


def _romance(before: str, after: str, language: str) -> bool:
    changed = [i for i, (one, other) in enumerate(zip(before, after, strict=True)) if one != other]
    last = len(before) - 1
    if len(before) <= _SHORT or last in changed or not any(before[i].isascii() or after[i].isascii() for i in changed):
        return False  # péché, pêché
    plain = without_accents(before)
    if language == "es":
        if any("ñ" in (before[i], after[i]) for i in changed) or plain in _SPANISH:
            return False
        ending = last - 1 in changed and plain[-1] in "sn" and not plain.endswith(("ion", "ien", "iones"))
        return not (ending or plain.endswith(("ria", "rias", "rian")))
    if plain in _FRENCH:
        return False
    return not (last - 1 in changed and plain[-1] == "s" and {before[last - 1], after[last - 1]} == {"e", "é"})


_RULES: Mapping[str, Callable[[str, str], bool]] = {
    "en": lambda before, after: min(len(before), len(after)) > 1,
    "de": _german,
    "fr": lambda before, after: _romance(before, after, "fr"),
    "es": lambda before, after: _romance(before, after, "es"),
}
