"""Italian. Every entry is normalised: lower case, straight apostrophes."""

WORDS = {
    "function": {
        "articles": "il lo la i gli le l' un uno una un'",
        "demonstratives": "questo questa questi queste quello quella quelli quelle quel quei",
        "auxiliaries": "è sono era erano essere stato stata stati state ha hanno aveva avevano avere sarà saranno viene vengono",
        "connectives": "che chi cui e ed si ne ci",
        "prepositions": "di a da in con su per tra fra del dello della dei degli delle al allo alla ai agli alle dal dalla dai dalle nel nello nella nei nelle sul sulla sui sulle",
        "weighty": "prima dopo fino senza contro salvo tranne o oppure ma perché mentre durante solo soltanto tutti tutte tutto ogni ciascuno nessuno nessuna non se anche entro oltre secondo",
        "pronouns": "io tu lui lei noi voi loro mi ti vi suo sua suoi sue nostro nostra",
    },

    "grammar": {
        "joining": "e ed",
        "light": "il lo la i gli le l' un uno una un'",
        "loose": "il lo la i gli le l' un uno una un'",
    },

    "agreement": {
        "forms": ["è sono", "ha hanno", "il lo la i gli le l'", "un uno una un'", "e ed", "questo questa questi queste"],
    },

    "contractions": {
        "beginnings": ["l' la", "un' una"],
    },

    "modality": {
        "marks": [
            ["può/possono/puoi/possiamo/potete/potrà/potranno", 4], ["potrebbe/potrebbero", 3], ["dovrebbe/dovrebbero", 6], ["deve/devono/devi/dobbiamo/dovete/dovrà/dovranno/debbono", 9],
            ["vietato/vietata/vietati/vietate/proibito/proibita", 9], ["consentito/consentita/consentiti/consentite/permesso/permessa/ammesso/ammessa/ammessi/ammesse", 4], ["obbligatorio/obbligatoria/obbligatori/obbligatorie", 8], ["facoltativo/facoltativa/volontario/volontaria", 3],
            ["è tenuto a", 8], ["sono tenuti a", 8], ["obbligato a", 8], ["obbligata a", 8], ["occorre", 8], ["bisogna", 9], ["necessario/necessaria", 8], ["raccomandato/raccomandata/consigliato/consigliata/raccomanda", 6],
            ["possibile/possibili", 3], ["forse", 2], ["probabile/probabili/probabilmente", 5], ["possibilmente", 2], ["eventualmente", 2], ["presunto/presunta/presunti/presunte", 3], ["presumibilmente", 4], ["apparentemente", 4], ["sembra/sembrano", 4], ["sarà/saranno", 8], ["sarebbe/sarebbero", 4], ["avrebbe/avrebbero", 4], ["sia/siano", 5],
        ],
        "endings": ["rò rei", "rà rebbe", "remo remmo", "ranno rebbero", "rai resti", "rete reste"],
    },

    "negation": {
        "marks": "non nessun nessuno nessuna niente nulla mai né senza neanche nemmeno neppure",
        "phrases": ["non mai"],
        "second": "mai più affatto nessun nessuno nessuna niente nulla alcun alcuno alcuna",
        "counterparts": "sempre con un uno una qualcuno qualcosa tutti tutto alcuni ancora e",
    },

    "attribution": {
        "verbs": [
            "dire dice dicono disse detto", "dichiarare dichiara dichiarano dichiarò dichiarato", "affermare afferma affermano affermò affermato", "annunciare annuncia annunciano annunciò annunciato", "confermare conferma confermano confermò confermato",
            "smentire smentisce smentiscono smentì smentito", "negare nega negano negò negato", "riferire riferisce riferiscono riferì riferito", "sostenere sostiene sostengono sostenne sostenuto", "avvertire avverte avvertono avvertì avvertito", "comunicare comunica comunicano comunicò comunicato",
        ],
        "plain": "dichiarato affermato annunciato confermato smentito negato riferito sostenuto dichiara afferma annuncia conferma smentisce sostiene disse dichiarò affermò annunciò confermò smentì negò riferì",
        "sources": ["secondo", "a parere di", "a giudizio di", "stando a"],
        "has": "ha hanno aveva avevano",
        "titles": "sig dott prof avv ing",
        "stops": "che chi e ma o quando se perché è sono ha hanno era può deve",
        "that": "che",
    },

    "reference": {
        "words": ["articolo articoli art artt", "sezione sezioni", "capitolo", "allegato", "figura fig", "tabella tab", "nota", "pagina pag", "paragrafo", "comma", "punto", "lettera lett", "§"],
        "marks": "nota fonte",
    },

    "dates": {
        "months": ["gennaio gen", "febbraio feb", "marzo mar", "aprile apr", "maggio mag", "giugno giu", "luglio lug", "agosto ago", "settembre set", "ottobre ott", "novembre nov", "dicembre dic"],
        "weekdays": ["lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica"],
        "relative": "oggi ieri domani mezzanotte mezzogiorno",
        "seasons": "primavera estate autunno inverno",
        "holidays": "natale pasqua capodanno ferragosto",
        "centuries": "secolo secoli",
        "parts": "inizio metà fine",
        "daytimes": "mattina pomeriggio sera",
        "spans": "settimana mese anno trimestre",
        "which": "scorso scorsa prossimo prossima questo questa",
        "before_month": "in a da di nel dal al entro fino inizio fine metà dell' nell'",
    },

    "numbers": {
        "ones": "zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove"
        " venti ventuno ventidue ventitré ventiquattro venticinque ventisei ventisette ventotto ventinove trenta trentuno trentadue trentatré trentaquattro trentacinque trentasei trentasette trentotto trentanove"
        " quaranta quarantuno quarantadue quarantatré quarantaquattro quarantacinque quarantasei quarantasette quarantotto quarantanove cinquanta cinquantuno cinquantadue cinquantatré cinquantaquattro cinquantacinque cinquantasei cinquantasette cinquantotto cinquantanove"
        " sessanta sessantuno sessantadue sessantatré sessantaquattro sessantacinque sessantasei sessantasette sessantotto sessantanove settanta settantuno settantadue settantatré settantaquattro settantacinque settantasei settantasette settantotto settantanove"
        " ottanta ottantuno ottantadue ottantatré ottantaquattro ottantacinque ottantasei ottantasette ottantotto ottantanove novanta novantuno novantadue novantatré novantaquattro novantacinque novantasei novantasette novantotto novantanove",
        "forms": [["duecento", 200], ["trecento", 300], ["quattrocento", 400], ["cinquecento", 500], ["seicento", 600], ["settecento", 700], ["ottocento", 800], ["novecento", 900], ["duemila", 2000], ["tremila", 3000], ["quattromila", 4000], ["cinquemila", 5000], ["seimila", 6000], ["settemila", 7000], ["ottomila", 8000], ["novemila", 9000], ["diecimila", 10000], ["ventimila", 20000], ["trentamila", 30000], ["cinquantamila", 50000], ["centomila", 100000]],
        "fractions": [["metà", 0.5], ["mezzo", 0.5], ["mezza", 0.5], ["terzo", 0.3333333333], ["quarto", 0.25], ["quinto", 0.2], ["decimo", 0.1], ["dozzina", 12], ["decina", 10], ["decine", 10], ["ventina", 20], ["trentina", 30], ["cinquantina", 50], ["centinaio", 100], ["centinaia", 100], ["migliaio", 1000], ["migliaia", 1000], ["doppio", 2], ["triplo", 3]],
        "thirds": [["terzi", 0.3333333333], ["quarti", 0.25], ["quinti", 0.2], ["decimi", 0.1]],
        "ordinal_forms": [["primo prima", 1], ["secondo seconda", 2], ["terza", 3], ["quarta", 4], ["quinta", 5], ["sesto sesta", 6], ["settimo settima", 7], ["ottavo ottava", 8], ["nono nona", 9]],
        "scales": [["cento", 100], ["mille", 1000], ["mila", 1000], ["milione", 1000000], ["milioni", 1000000], ["miliardo", 1000000000], ["miliardi", 1000000000]],
        "alone": "cento mille",
        "weak": "uno primo prima secondo seconda metà mezzo mezza terzo quarto doppio sei",
    },

    "units": {
        "names": [
            "% per_cento percento", "€ euro eur", "$ dollaro dollari usd", "franco franchi chf", "secondi", "minuto minuti", "ora ore", "giorno giorni", "settimana settimane", "mese mesi", "anno anni",
            "m metro metri", "km chilometro chilometri", "cm centimetro centimetri", "mm", "kg chilogrammo chilogrammi chilo chili", "g grammo grammi", "mg", "tonnellata tonnellate", "l litro litri", "ml",
            "volta volte", "°c c", "ha ettaro ettari", "£ sterlina sterline", "persona persone",
        ],
        "spans": "minuto ora giorno settimana mese trimestre anno decennio",
        "rates": "per al alla all' a ogni",
    },
}
