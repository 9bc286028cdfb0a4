"""French. Every entry is normalised: lower case, straight apostrophes."""

WORDS = {
    "function": {
        "articles": "le la les l' un une des du de d'",
        "demonstratives": "ce cet cette ces",
        "auxiliaries": "est sont était étaient été être a ont avait avaient avoir sera seront",
        "connectives": "que qui dont et il y",
        "prepositions": "de à en dans au aux du des pour par sur",
        "weighty": "avant après jusqu'à depuis sans contre sauf ou et mais parce malgré pendant seulement tous toutes chaque aucun aucune pas",
        "pronouns": "je tu il elle nous vous ils elles on lui leur son sa ses notre votre",
    },

    "grammar": {
        "joining": "et ou",
        "light": "le la les un une des du de d' l' ce cet cette ces est sont être été a ont",
        "loose": "le la les un une des du de d' l' à en que qui",
    },

    "agreement": {
        "forms": ["est sont", "était étaient", "a ont", "sera seront", "le la les", "un une des", "ce cet cette ces"],
    },

    "contractions": {
        "beginnings": ["n' ne", "l' le", "d' de", "qu' que", "s' se", "j' je", "c' ce", "m' me", "t' te"],
    },

    "modality": {
        "marks": [
            ["peut/peuvent/pouvez/pouvons/peux/pourra/pourront/pourrez/pourrons", 4], ["pourrait/pourraient/pourriez", 3], ["devrait/devraient/devriez", 6], ["doit/doivent/devez/devons/dois/devra/devront/devrez/devrons", 9], ["interdit/interdite/interdits/interdites", 9], ["autorisé/autorisée/autorisés/autorisées/permis", 4],
            ["faut", 9], ["obligatoire", 8], ["tenu de", 8], ["tenue de", 8], ["tenus de", 8], ["recommandé", 6], ["facultatif", 3], ["possible", 3], ["probable", 5], ["probablement", 5], ["peut-être", 2],
            ["éventuellement", 2], ["présumé", 3], ["présumée", 3], ["présumés", 3], ["prétendument", 3], ["apparemment", 4], ["semble", 4], ["semblent", 4], ["susceptible de", 4], ["censé", 6], ["sera/seront", 8], ["serait/seraient/serais/serions/seriez", 4], ["aurait/auraient/aurais/aurions/auriez", 4], ["soit/soient", 5], ["tenu", 8],
        ],
        "endings": ["ra rait", "ront raient", "rai rais", "ras rais", "rons rions", "rez riez"],
    },

    "negation": {
        "marks": "ne sans",
        "second": "pas plus jamais rien personne aucun aucune point guère",  # stand behind ne
        "counterparts": "toujours encore tout tous toute toutes un une avec et quelque",
        "prefixes": {
            "strong": "non",
            "weak": "in im il ir",
        },
    },

    "attribution": {
        "verbs": [
            "dire dit dits disent disait", "déclarer déclare déclaré ont_déclaré déclarent", "annoncer annonce annoncé annoncent", "affirmer affirme affirmé affirment", "estimer estime estimé estiment",
            "indiquer indique indiqué indiquent", "souligner souligne souligné soulignent", "avertir avertit averti", "démentir dément démenti", "confirmer confirme confirmé confirment", "rapporter rapporte rapporté",
        ],
        "plain": "déclaré affirmé annoncé affirme affirment souligné démenti averti estimé indiqué",
        "sources": ["selon", "d'après", "de l'avis de"],
        "has": "a ont avait avaient",
        "titles": "m mme mlle dr me",
        "stops": "que qui et mais ou quand si parce est sont a ont était peut doit",
        "that": "que",
    },

    "reference": {
        "words": ["article", "articles", "art", "section", "sections", "chapitre", "annexe", "figure", "fig", "tableau", "note", "page", "paragraphe", "alinéa", "§", "point"],
        "marks": "réf note source",
    },

    "dates": {
        "months": ["janvier janv", "février févr", "mars", "avril avr", "mai", "juin", "juillet juil", "août", "septembre sept", "octobre oct", "novembre nov", "décembre déc"],
        "weekdays": ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
        "relative": "aujourd'hui hier demain minuit midi week-end",
        "seasons": "printemps été automne hiver",
        "holidays": "noël pâques pentecôte ramadan",
        "centuries": "siècle siècles",
        "parts": "début mi fin",
        "daytimes": "matin après-midi soir",
        "halves": ["h heures"],
        "spans": "semaine mois année trimestre",
        "which": "dernier dernière prochain prochaine cette ce",
        "before_month": "en au de du début fin mi depuis",
    },

    "numbers": {
        "ones": "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf",
        "tens": "vingt trente quarante cinquante soixante soixante-dix quatre-vingts quatre-vingt-dix",
        "fractions": [["moitié", 0.5], ["demi", 0.5], ["demie", 0.5], ["douzaine", 12], ["douzaines", 12], ["dizaine", 10], ["dizaines", 10], ["quinzaine", 15], ["vingtaine", 20], ["trentaine", 30], ["quarantaine", 40], ["cinquantaine", 50], ["soixantaine", 60], ["centaine", 100], ["centaines", 100], ["millier", 1000], ["milliers", 1000], ["tiers", 0.3333333333], ["quart", 0.25], ["quarts", 0.25], ["cinquième", 0.2], ["dixième", 0.1], ["double", 2], ["triple", 3]],
        "scales": [["cent", 100], ["cents", 100], ["mille", 1000], ["million", 1000000], ["millions", 1000000], ["milliard", 1000000000], ["milliards", 1000000000]],
        "alone": "cent mille",
        "joining": "et",
        "weak": "un quart neuf demi demie double quarantaine tiers",
    },

    "units": {
        "names": [
            "% pour_cent", "€ euro euros eur", "$ dollar dollars usd", "franc francs chf", "seconde secondes", "minute minutes", "heure heures h", "jour jours", "semaine semaines", "mois", "an ans année années",
            "m mètre mètres", "km kilomètre kilomètres", "kg kilogramme kilogrammes", "tonne tonnes", "l litre litres", "mo", "go",
            "fois", "°c c", "ha hectare hectares", "mg", "g gramme grammes", "ml", "mm", "cm centimètre centimètres", "£ livre livres", "personne personnes",
        ],
        "spans": "minute heure jour semaine mois trimestre an année décennie",
        "rates": "par",
    },
}
