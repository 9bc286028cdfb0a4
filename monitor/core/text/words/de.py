"""German. Every entry is normalised: lower case, straight apostrophes."""

WORDS = {
    "function": {
        "articles": "der die das den dem des ein eine einen einem einer eines",
        "demonstratives": "dieser diese dieses diesen diesem solche solcher jene jener",
        "auxiliaries": "ist sind war waren sein gewesen hat haben hatte hatten wird werden wurde wurden worden",
        "connectives": "dass die der das welche welcher welches und so auch es da",
        "prepositions": "in im ins an am auf zu zum zur von vom bei beim für um aus nach",
        "weighty": "vor nach bis seit ohne gegen ausser oder und aber weil trotz obwohl während über unter nur alle jede jeder keine kein nicht einige",
        "pronouns": "ich du er sie es wir ihr mich mir ihm ihn uns euch ihnen sein seine ihre unser man",
    },

    "grammar": {
        "joining": "und oder",
        "light": "der die das den dem des ein eine einen einem einer eines ist sind wird werden worden",
        "loose": "der die das den dem des ein eine einen einem einer eines zu in im an am von vom dass",
    },

    "agreement": {
        "forms": ["ist sind", "war waren", "hat haben", "wird werden", "der die das den dem des", "ein eine einen einem einer eines", "dieser diese dieses diesen diesem"],
    },

    "modality": {
        "marks": [
            ["könnte", 3], ["könnten", 3], ["dürfte", 4], ["dürften", 4], ["mag", 3], ["mögen", 3], ["kann/können/kannst/konnte/konnten", 4], ["darf/dürfen/darfst/durfte/durften", 4],
            ["soll/sollen/sollst", 7], ["sollte/sollten/solltest", 6], ["würde/würden", 5], ["wird", 8], ["muss/müssen/musst/musste/mussten", 9], ["müsste/müssten", 6], ["sei/seien", 4], ["wäre/wären", 4], ["hätte/hätten", 4], ["habe", 4], ["werde", 6],
            ["verpflichtet/verpflichtend/verbindlich/obligatorisch", 8], ["verboten/untersagt", 9], ["erlaubt/zulässig/gestattet", 4], ["optional", 3], ["erforderlich", 8], ["berechtigt", 4], ["empfohlen", 6], ["möglich", 3], ["möglicherweise", 2], ["vielleicht", 2], ["eventuell", 2], ["wahrscheinlich", 5],
            ["voraussichtlich", 6], ["angeblich", 3], ["mutmasslich/mutmassliche/mutmasslichen/mutmasslicher/mutmassliches", 3], ["vermutlich", 4], ["offenbar", 4], ["anscheinend", 4],
            ["scheint", 4], ["scheinen", 4], ["zwingend", 9], ["freiwillig", 3],
        ],
    },

    "negation": {
        "marks": "nicht kein keine keinen keinem keiner keines nie niemals niemand nichts weder ohne",
        "counterparts": "ein eine einen einem einer alle jeder jede etwas jemand mit und",
        "prefixes": {
            "strong": "un",
            "weak": "in",
        },
    },

    "attribution": {
        "verbs": [
            "sagen sagt sagte sagten gesagt", "erklären erklärt erklärte erklärten", "mitteilen mitgeteilt", "berichten berichtet berichtete berichteten", "behaupten behauptet behauptete behaupteten",
            "warnen warnt warnte warnten", "betonen betont betonte betonten", "bestätigen bestätigt bestätigte bestätigten", "ankündigen kündigte angekündigt", "bestreiten bestreitet bestritt", "dementieren dementierte dementiert", "melden meldet meldete meldeten",
        ],
        "plain": "sagt sagte sagten erklärte erklärten behauptet behauptete behaupteten warnte warnten betonte betonten berichtete berichteten bestritt dementierte meldete meldeten",
        "sources": ["laut", "zufolge", "nach angaben", "nach ansicht", "nach einschätzung", "nach meinung", "gemäss"],
        "has": "hat haben hatte hatten",
        "titles": "dr prof hr fr ing",
        "stops": "dass und aber oder wenn während weil obwohl ist sind war waren hat haben hatte wird werden kann muss",
        "that": "dass wie ob",
    },

    "reference": {
        "words": ["abschnitt", "artikel", "art", "absatz", "abs", "paragraph", "§", "§§", "kapitel", "anhang", "anlage", "abbildung", "abb", "tabelle", "fussnote", "seite", "ziffer", "nummer", "punkt", "teil"],
        "marks": "anm quelle",
    },

    "dates": {
        "months": ["januar jänner jan", "februar feb", "märz", "april apr", "mai", "juni", "juli", "august aug", "september sept", "oktober okt", "november nov", "dezember dez"],
        "weekdays": ["montag montags", "dienstag dienstags", "mittwoch mittwochs", "donnerstag donnerstags", "freitag freitags", "samstag sonnabend samstags sonnabends", "sonntag sonntags"],
        "relative": "heute gestern morgen mitternacht mittag wochenende wochenenden werktags wochentags",
        "seasons": "frühling frühjahr sommer herbst winter",
        "holidays": "weihnachten ostern pfingsten silvester neujahr ramadan",
        "centuries": "jahrhundert jahrhunderts",
        "parts": "anfang mitte ende",
        "daytimes": "morgen vormittag nachmittag abend nacht",
        "halves": ["uhr"],
        "spans": "woche monat jahr quartal jahrzehnt wochenende",
        "which": "letzte letzten letztes nächste nächsten nächstes diese dieses vergangene vergangenen kommende kommenden",
        "before_month": "im in am ab bis seit anfang ende mitte von vom zum und jahr jahre sommer winter herbst frühjahr",
    },

    "numbers": {
        "ones": "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn"
        " zwanzig einundzwanzig zweiundzwanzig dreiundzwanzig vierundzwanzig fünfundzwanzig sechsundzwanzig siebenundzwanzig achtundzwanzig neunundzwanzig"
        " dreissig einunddreissig zweiunddreissig dreiunddreissig vierunddreissig fünfunddreissig sechsunddreissig siebenunddreissig achtunddreissig neununddreissig"
        " vierzig einundvierzig zweiundvierzig dreiundvierzig vierundvierzig fünfundvierzig sechsundvierzig siebenundvierzig achtundvierzig neunundvierzig"
        " fünfzig einundfünfzig zweiundfünfzig dreiundfünfzig vierundfünfzig fünfundfünfzig sechsundfünfzig siebenundfünfzig achtundfünfzig neunundfünfzig"
        " sechzig einundsechzig zweiundsechzig dreiundsechzig vierundsechzig fünfundsechzig sechsundsechzig siebenundsechzig achtundsechzig neunundsechzig"
        " siebzig einundsiebzig zweiundsiebzig dreiundsiebzig vierundsiebzig fünfundsiebzig sechsundsiebzig siebenundsiebzig achtundsiebzig neunundsiebzig"
        " achtzig einundachtzig zweiundachtzig dreiundachtzig vierundachtzig fünfundachtzig sechsundachtzig siebenundachtzig achtundachtzig neunundachtzig"
        " neunzig einundneunzig zweiundneunzig dreiundneunzig vierundneunzig fünfundneunzig sechsundneunzig siebenundneunzig achtundneunzig neunundneunzig",
        "forms": [["zweihundert", 200], ["dreihundert", 300], ["vierhundert", 400], ["fünfhundert", 500], ["sechshundert", 600], ["siebenhundert", 700], ["achthundert", 800], ["neunhundert", 900], ["zweitausend", 2000], ["dreitausend", 3000], ["viertausend", 4000], ["fünftausend", 5000], ["sechstausend", 6000], ["siebentausend", 7000], ["achttausend", 8000], ["neuntausend", 9000], ["zehntausend", 10000], ["zwanzigtausend", 20000], ["fünfzigtausend", 50000], ["hunderttausend", 100000]],
        "fractions": [["hälfte", 0.5], ["halb", 0.5], ["halbe", 0.5], ["halben", 0.5], ["dutzend", 12], ["dutzende", 12], ["hunderte", 100], ["tausende", 1000], ["viertel", 0.25], ["drittel", 0.3333333333], ["fünftel", 0.2], ["zehntel", 0.1], ["doppelte", 2], ["dreifache", 3], ["zweimal", 2], ["dreimal", 3]],
        "scales": [["hundert", 100], ["tausend", 1000], ["million", 1000000], ["millionen", 1000000], ["mio", 1000000], ["milliarde", 1000000000], ["milliarden", 1000000000], ["mrd", 1000000000]],
        "alone": "hundert tausend",
        "weak": "viertel halb halbe halben doppelte",
    },

    "units": {
        "names": [
            "% prozent", "€ euro eur", "$ dollar usd", "franken chf", "sekunde sekunden", "minute minuten", "stunde stunden", "tag tage tagen", "werktag werktage werktagen", "arbeitstag arbeitstage arbeitstagen", "kalendertag kalendertage kalendertagen", "woche wochen", "monat monate monaten", "jahr jahre jahren",
            "m meter metern", "km kilometer kilometern", "kg kilogramm kilo", "tonne tonnen", "l liter litern", "grad", "mb", "gb", "cm zentimeter",
            "mal", "°c c celsius", "°f f fahrenheit", "ha hektar", "mg", "g gramm", "ml", "mm millimeter", "prozentpunkte prozentpunkten", "£ pfund", "person personen",
        ],
        "spans": "minute stunde tag woche monat quartal jahr jahrzehnt",
        "rates": "pro je die",
    },

    "names": {  # all nouns have a capital: what tells a name
        "titles": "herr herrn frau dr prof professor professorin dipl ing pfarrer graf freiherr familie",
        "legal": "ag gmbh se kg ohg ug kgaa mbh inc ltd",
        "bearers": "kanzler kanzlerin minister ministerin präsident präsidentin sprecher sprecherin bürgermeister bürgermeisterin sekretär direktor direktorin chef chefin richter richterin anwalt senator senatorin könig königin papst general firma konzern stadt partei",
        "before": "in nach aus bei von durch für gegen mit",
        # Nouns that stand behind a preposition without an article.
        "bare": "kraft betracht bezug folge zukunft hinsicht höhe form verzug auftrag anspruch betrieb haft hand rat bezug ablauf abschluss eingang erhalt zugang beginn ende anfang bedarf wunsch absprache recht gesetz datum grund artikel absatz abschnitt paragraph geld zeit not angst deutsch englisch teilzeit vollzeit bargeld kauf verkauf verlust diebstahl tod krieg frieden haus dritt eigentum besitz umlauf gang gebrauch antrag einspruch widerspruch wahl plan mass art sicht bestand fall gefahr verkehr druck wasser strom gas öl holz stahl glas papier sport kultur musik politik wirtschaft industrie handel verzicht ersatz schutz zwang befehl dienst urlaub arbeit material personal lohn gehalt wert gewinn einkommen vermögen inhalt umfang text wort fuss jahr tag monat woche stunde minute mai juni märz april sommer winter herbst frühjahr frühling montag dienstag mittwoch donnerstag freitag samstag sonntag januar februar juli august september oktober november dezember weihnachten ostern prozent euro",
        "endings": "ung heit keit schaft tion sion tät nis en ern er um ismus ment ie ik ur ing ling chen lein e enz anz is al ell eur or ist ant ent ei schluss recht stelle ort zeit zug gang stand satz fall weg werk buch haus amt geld",
        "measures": "meter kilo gramm liter prozent euro dollar cent stück uhr",
        "first": "alexander alexandra andrea andreas angela anna anne annette anton barbara bernd birgit björn brigitte carsten christian christina christine christoph claudia daniel daniela david dieter dirk dorothea elisabeth emma erik erika eva felix florian frank franz franziska friedrich fritz gabriele georg gerd gerhard günter hannah hans heike heinrich heinz helga helmut herbert holger horst ingo ingrid jan jana jens joachim jochen johann johanna johannes jonas jörg josef julia jürgen jutta karin karl katharina katja kerstin klaus kurt lars laura lea lena leon lisa ludwig lukas manfred manuela marco maria marie marina mario markus martin martina matthias max maximilian melanie michael michaela monika moritz nadine nicole nina norbert olaf oliver otto patrick paul petra peter philipp rainer ralf renate robert roland rolf rudolf sabine sandra sara sarah sebastian silke simon simone sonja sophie stefan stefanie stephan susanne sven tanja thomas thorsten tim tobias tom udo ulrich ulrike ursula ute uwe vera volker walter werner wilhelm wolfgang",
        "places": "afghanistan ägypten albanien algerien angola argentinien armenien aserbaidschan äthiopien australien bahrain bangladesch belarus belgien bolivien bosnien brasilien bulgarien chile china dänemark deutschland ecuador england estland europa asien afrika amerika finnland frankreich georgien ghana griechenland grossbritannien guatemala haiti honduras indien indonesien irak iran irland island israel italien jamaika japan jemen jordanien kambodscha kamerun kanada kasachstan katar kenia kolumbien kongo kosovo kroatien kuba kuwait laos lettland libanon liberia libyen liechtenstein litauen luxemburg madagaskar malaysia mali malta marokko mexiko moldau monaco mongolei montenegro myanmar namibia nepal neuseeland nicaragua niederlande niederlanden niger nigeria nordkorea nordmazedonien norwegen oman österreich pakistan panama paraguay peru philippinen polen portugal ruanda rumänien russland sambia saudi-arabien schottland schweden schweiz senegal serbien simbabwe singapur slowakei slowenien somalia spanien sudan südafrika südkorea syrien tadschikistan taiwan tansania thailand togo tschad tschechien tunesien türkei uganda ukraine ungarn uruguay usbekistan venezuela vietnam wales zypern bayern berlin brandenburg bremen hamburg hessen niedersachsen sachsen thüringen holstein schleswig-holstein rheinland-pfalz saarland baden-württemberg mecklenburg-vorpommern nordrhein-westfalen sachsen-anhalt aachen augsburg bern bielefeld bochum bonn braunschweig chemnitz darmstadt dortmund dresden duisburg düsseldorf erfurt erlangen freiburg genf göttingen graz halle hannover heidelberg heilbronn innsbruck jena karlsruhe kassel kiel koblenz köln leipzig linz lübeck lausanne magdeburg mainz mannheim mönchengladbach münchen münster nürnberg oldenburg osnabrück paderborn potsdam regensburg rostock saarbrücken salzburg schwerin stuttgart trier ulm wien wiesbaden wolfsburg wuppertal würzburg zürich amsterdam antwerpen athen bagdad barcelona basel belgrad brüssel budapest bukarest damaskus dublin florenz helsinki istanbul jerusalem kabul kairo kiew kopenhagen lissabon london madrid mailand moskau neapel oslo paris peking prag riga rom rotterdam sofia stockholm strassburg teheran tokio turin vilnius warschau washington zagreb",
    },
}
