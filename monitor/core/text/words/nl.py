"""Dutch. Every entry is normalised: lower case, straight apostrophes."""

WORDS = {
    "function": {
        "articles": "de het een den der des 't",
        "demonstratives": "deze dit die dat zulke",
        "auxiliaries": "is zijn was waren wordt worden werd werden geweest heeft hebben had hadden",
        "connectives": "dat die en er zo ook wie wat",
        "prepositions": "van in op te aan voor met bij om uit naar over door tot per",
        "weighty": "voordat nadat sinds zonder tegen behalve tenzij of maar omdat hoewel terwijl onder boven alleen alle elke ieder geen niet na tijdens volgens binnen",
        "pronouns": "ik jij je u hij zij ze wij we jullie hem haar hun hen mijn uw zijn ons onze",
    },

    "grammar": {
        "joining": "en",
        "light": "de het een",
        "loose": "de het een",
    },

    "agreement": {
        "forms": ["is zijn", "was waren", "wordt worden", "werd werden", "heeft hebben", "de het", "deze dit", "die dat"],
    },

    "modality": {
        "marks": [
            ["kan/kunnen/kunt/kon/konden", 4], ["mag/mogen/mocht/mochten", 4], ["zou/zouden", 5], ["zal/zullen/zult", 8], ["moet/moeten/moest/moesten", 9], ["dient te", 9], ["dienen te", 9], ["hoeft/hoeven", 6], ["behoort te", 7],
            ["verplicht/verplichte/bindend", 8], ["verboden", 9], ["toegestaan/toegestane/toegelaten/geoorloofd", 4], ["vrijwillig/vrijwillige/optioneel/optionele/facultatief", 3], ["vereist/vereiste/noodzakelijk/noodzakelijke", 8], ["aanbevolen/aangeraden", 6], ["gerechtigd", 4],
            ["mogelijk/mogelijke", 3], ["misschien/wellicht", 2], ["waarschijnlijk/waarschijnlijke", 5], ["vermoedelijk/vermoedelijke", 4], ["vermeend/vermeende", 3], ["blijkbaar/kennelijk/schijnbaar", 4], ["lijkt/lijken", 4], ["naar verluidt", 3], ["zij het", 5],
        ],
    },

    "negation": {
        "marks": "niet geen nooit niemand niets noch zonder nergens evenmin",
        "counterparts": "een iemand iets altijd alle elke met en ergens wel",
        "not_before": "alleen slechts",
        "prefixes": {"strong": "on niet", "weak": "in"},
    },

    "attribution": {
        "verbs": [
            "zeggen zegt zei zeiden gezegd", "verklaren verklaart verklaarde verklaarden", "melden meldt meldde meldden gemeld", "bevestigen bevestigt bevestigde bevestigden bevestigd", "ontkennen ontkent ontkende ontkenden ontkend", "beweren beweert beweerde beweerden beweerd",
            "aankondigen aangekondigd", "waarschuwen waarschuwt waarschuwde waarschuwden", "benadrukken benadrukt benadrukte benadrukten", "mededelen meegedeeld", "stellen stelde stelden", "tegenspreken tegengesproken",
        ],
        "plain": "zegt zei zeiden verklaarde verklaarden meldde meldden bevestigde bevestigden ontkende ontkenden beweert beweerde beweerden waarschuwde waarschuwden benadrukte benadrukten bevestigt ontkent verklaart meldt",
        "sources": ["volgens", "aldus", "naar het oordeel van", "naar eigen zeggen"],
        "has": "heeft hebben had hadden",
        "titles": "dhr mevr dr prof ir mr drs",
        "stops": "dat die en maar of wanneer als omdat is zijn was waren heeft hebben had wordt worden kan moet",
        "that": "dat of hoe",
    },

    "reference": {
        "words": ["artikel artikelen art", "lid leden", "afdeling", "hoofdstuk", "bijlage", "figuur fig", "tabel", "voetnoot", "bladzijde pagina blz", "paragraaf", "punt", "onderdeel", "§"],
        "marks": "noot bron",
    },

    "dates": {
        "months": ["januari jan", "februari feb", "maart mrt", "april apr", "mei", "juni jun", "juli jul", "augustus aug", "september sep sept", "oktober okt", "november nov", "december dec"],
        "weekdays": ["maandag maandags", "dinsdag dinsdags", "woensdag woensdags", "donderdag donderdags", "vrijdag vrijdags", "zaterdag zaterdags", "zondag zondags"],
        "relative": "vandaag gisteren morgen middernacht weekend weekenden",
        "seasons": "lente voorjaar zomer herfst najaar winter",
        "holidays": "kerstmis kerst pasen pinksteren koningsdag",
        "centuries": "eeuw eeuwen",
        "parts": "begin midden eind einde",
        "daytimes": "ochtend middag avond nacht",
        "halves": ["uur u"],
        "spans": "week maand jaar kwartaal",
        "which": "vorige vorig volgende volgend deze dit afgelopen komende",
        "before_month": "in op vanaf tot sinds begin eind einde van voor na de het per",
    },

    "numbers": {
        "ones": "nul één twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien"
        " twintig eenentwintig tweeëntwintig drieëntwintig vierentwintig vijfentwintig zesentwintig zevenentwintig achtentwintig negenentwintig dertig eenendertig tweeëndertig drieëndertig vierendertig vijfendertig zesendertig zevenendertig achtendertig negenendertig"
        " veertig eenenveertig tweeënveertig drieënveertig vierenveertig vijfenveertig zesenveertig zevenenveertig achtenveertig negenenveertig vijftig eenenvijftig tweeënvijftig drieënvijftig vierenvijftig vijfenvijftig zesenvijftig zevenenvijftig achtenvijftig negenenvijftig"
        " zestig eenenzestig tweeënzestig drieënzestig vierenzestig vijfenzestig zesenzestig zevenenzestig achtenzestig negenenzestig zeventig eenenzeventig tweeënzeventig drieënzeventig vierenzeventig vijfenzeventig zesenzeventig zevenenzeventig achtenzeventig negenenzeventig"
        " tachtig eenentachtig tweeëntachtig drieëntachtig vierentachtig vijfentachtig zesentachtig zevenentachtig achtentachtig negenentachtig negentig eenennegentig tweeënnegentig drieënnegentig vierennegentig vijfennegentig zesennegentig zevenennegentig achtennegentig negenennegentig",
        "forms": [["tweehonderd", 200], ["driehonderd", 300], ["vierhonderd", 400], ["vijfhonderd", 500], ["zeshonderd", 600], ["zevenhonderd", 700], ["achthonderd", 800], ["negenhonderd", 900], ["tweeduizend", 2000], ["drieduizend", 3000], ["vierduizend", 4000], ["vijfduizend", 5000], ["zesduizend", 6000], ["zevenduizend", 7000], ["achtduizend", 8000], ["negenduizend", 9000], ["tienduizend", 10000], ["twintigduizend", 20000], ["vijftigduizend", 50000], ["honderdduizend", 100000]],
        "fractions": [["helft", 0.5], ["half", 0.5], ["halve", 0.5], ["derde", 0.3333333333], ["kwart", 0.25], ["vijfde", 0.2], ["tiende", 0.1], ["dozijn", 12], ["tientallen", 10], ["tiental", 10], ["honderden", 100], ["duizenden", 1000], ["dubbele", 2], ["anderhalf", 1.5]],
        "ordinal_forms": [["eerste", 1], ["tweede", 2], ["vierde", 4], ["zesde", 6], ["zevende", 7], ["achtste", 8], ["negende", 9]],
        "scales": [["honderd", 100], ["duizend", 1000], ["miljoen", 1000000], ["miljard", 1000000000], ["mln", 1000000], ["mld", 1000000000]],
        "alone": "honderd duizend",
        "weak": "één eerste tweede half halve derde helft acht elf kwart",
    },

    "units": {
        "names": [
            "% procent", "€ euro eur", "$ dollar dollars usd", "seconde seconden", "minuut minuten", "uur uren", "dag dagen", "werkdag werkdagen", "week weken", "maand maanden", "jaar jaren",
            "m meter", "km kilometer", "cm centimeter", "mm millimeter", "kg kilo kilogram", "g gram", "mg", "ton", "l liter", "ml",
            "keer maal", "°c c graden", "ha hectare", "£ pond", "persoon personen",
        ],
        "spans": "minuut uur dag week maand kwartaal jaar",
        "rates": "per elke",
    },
}
