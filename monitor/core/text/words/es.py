"""Spanish. Every entry is normalised: lower case, straight apostrophes."""

WORDS = {
    "function": {
        "articles": "el la los las un una unos unas",
        "demonstratives": "este esta estos estas ese esa esos esas",
        "auxiliaries": "es son era eran ser sido está están estaba estaban ha han había habían haber fue fueron será serán",
        "connectives": "que quien cual y lo",
        "prepositions": "de del a al en con por para",
        "weighty": "antes después hasta desde sin contra salvo o y pero porque durante solo todos todas cada ningún ninguna no",
        "pronouns": "yo tú él ella nosotros ustedes ellos ellas me te se nos su sus nuestro",
    },

    "grammar": {
        "joining": "y e o u",
        "light": "el la los las un una unos unas es son ser sido ha han",
        "loose": "el la los las un una unos unas de del a al en que",
    },

    "agreement": {
        "forms": ["es son", "era eran", "fue fueron", "ha han", "está están", "el la los las", "un una unos unas", "este esta estos estas"],
    },

    "modality": {
        "marks": [
            ["puede/pueden/puedes/podemos/podrá/podrán/podrás", 4], ["podría/podrían/podrías", 3], ["debería/deberían/deberías", 6], ["debe/deben/debes/debemos/deberá/deberán/deberás", 9], ["prohibido/prohibida/prohibidos/prohibidas", 9], ["permitido/permitida/permitidos/permitidas", 4], ["voluntario/voluntaria", 3],
            ["hay que", 9], ["obligatorio", 8], ["obligatoria", 8], ["obligado a", 8], ["recomienda", 6], ["posible", 3], ["posiblemente", 2], ["quizás", 2], ["quizá", 2], ["tal vez", 2],
            ["probable", 5], ["probablemente", 5], ["presunto", 3], ["presunta", 3], ["presuntos", 3], ["presuntamente", 3], ["supuesto", 3], ["supuesta", 3], ["supuestamente", 3], ["aparentemente", 4], ["será/serán", 8], ["sería/serían", 4], ["habría/habrían", 4], ["haya/hayan", 5], ["sea/sean", 5], ["parece", 4], ["parecen", 4],
        ],
        "endings": ["rá ría", "rán rían", "ré ría", "remos ríamos", "rás rías"],
    },

    "negation": {
        "marks": "no nunca jamás ningún ninguno ninguna nadie nada ni sin tampoco",
        "counterparts": "todo todos toda todas algún alguna alguien algo con y un una",
        "prefixes": {
            "strong": "des no",
            "weak": "in im ir",
        },
    },

    "attribution": {
        "verbs": [
            "decir dice dicen dijo dijeron", "declarar declara declaró declararon", "anunciar anuncia anunció anunciaron", "afirmar afirma afirmó afirmaron", "señalar señala señaló señalaron",
            "advertir advierte advirtió advirtieron", "negar niega negó negaron", "confirmar confirma confirmó confirmaron", "informar informa informó informaron", "asegurar asegura aseguró aseguraron",
        ],
        "plain": "dijo dijeron declaró declararon anunció anunciaron afirmó afirmaron señaló señalaron advirtió advirtieron negó negaron informó informaron aseguró aseguraron",
        "sources": ["según", "de acuerdo con", "a juicio de", "en opinión de"],
        "has": "ha han había",
        "titles": "sr sra dr dra ing",
        "stops": "que quien y pero o cuando si porque es son ha han fue puede debe",
        "that": "que",
    },

    "reference": {
        "words": ["artículo", "artículos", "art", "sección", "capítulo", "anexo", "figura", "tabla", "nota", "página", "párrafo", "apartado", "§", "punto", "cláusula"],
        "marks": "ref nota fuente",
    },

    "dates": {
        "months": ["enero ene", "febrero feb", "marzo", "abril abr", "mayo", "junio jun", "julio jul", "agosto ago", "septiembre setiembre sept", "octubre oct", "noviembre nov", "diciembre dic"],
        "weekdays": ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
        "relative": "hoy ayer mañana medianoche mediodía",
        "seasons": "primavera verano otoño invierno",
        "holidays": "navidad pascua ramadán",
        "centuries": "siglo siglos",
        "parts": "principios mediados finales",
        "halves": ["horas h"],
        "spans": "semana mes año trimestre",
        "which": "pasado pasada próximo próxima este esta",
        "before_month": "en de desde hasta finales principios",
    },

    "numbers": {
        "ones": "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve",
        "forms": [["una", 1], ["veintiuno veintiún veintiuna", 21], ["veintidós", 22], ["veintitrés", 23], ["veinticuatro", 24], ["veinticinco", 25], ["veintiséis", 26], ["veintisiete", 27], ["veintiocho", 28], ["veintinueve", 29], ["doscientos doscientas", 200], ["trescientos trescientas", 300], ["cuatrocientos cuatrocientas", 400], ["quinientos quinientas", 500], ["seiscientos seiscientas", 600], ["setecientos setecientas", 700], ["ochocientos ochocientas", 800], ["novecientos novecientas", 900]],
        "thirds": [["tercios", 0.3333333333], ["cuartos", 0.25], ["quintos", 0.2], ["décimos", 0.1]],
        "tens": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
        "fractions": [["mitad", 0.5], ["medio", 0.5], ["media", 0.5], ["docena", 12], ["docenas", 12], ["decena", 10], ["decenas", 10], ["quincena", 15], ["veintena", 20], ["treintena", 30], ["centenar", 100], ["centenares", 100], ["centena", 100], ["millar", 1000], ["millares", 1000], ["miles", 1000], ["tercio", 0.3333333333], ["cuarto", 0.25], ["doble", 2], ["triple", 3]],
        "scales": [["cien", 100], ["ciento", 100], ["mil", 1000], ["millón", 1000000], ["millones", 1000000]],
        "alone": "cien mil",
        "joining": "y",
        "weak": "uno una medio media doble cuarto tercio",
    },

    "units": {
        "names": [
            "% por_ciento", "€ euro euros eur", "$ dólar dólares usd", "peso pesos", "segundo segundos", "minuto minutos", "hora horas", "día días", "semana semanas", "mes meses", "año años",
            "m metro metros", "km kilómetro kilómetros", "kg kilogramo kilogramos", "tonelada toneladas", "l litro litros", "mb", "gb",
            "vez veces", "°c c", "ha hectárea hectáreas", "mg", "g gramo gramos", "ml", "mm", "cm centímetro centímetros", "£ libra libras", "persona personas",
        ],
        "spans": "minuto hora día semana mes trimestre año década",
        "rates": "por al a",
    },
}
