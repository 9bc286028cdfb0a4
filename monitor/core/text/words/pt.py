"""Portuguese. Every entry is normalised: lower case, straight apostrophes."""

WORDS = {
    "function": {
        "articles": "o a os as um uma uns umas",
        "demonstratives": "este esta estes estas esse essa esses essas isso isto aquele aquela",
        "auxiliaries": "é são era eram ser sido foi foram está estão estava estavam tem têm tinha ter sendo",
        "connectives": "que quem qual cujo cuja e se",
        "prepositions": "de do da dos das em no na nos nas a ao à aos às por pelo pela pelos pelas para com sobre",
        "weighty": "antes depois até desde sem contra salvo exceto ou mas porque durante só apenas todos todas cada nenhum nenhuma não também entre segundo",
        "pronouns": "eu tu você ele ela nós vós eles elas me te lhe lhes seu sua seus suas nosso nossa",
    },

    "grammar": {
        "joining": "e",
        "light": "o os as um uma uns umas",
        "loose": "o os as um uma uns umas",
    },

    "agreement": {
        "forms": ["é são", "está estão", "tem têm", "o os as", "um uma uns umas", "este esta estes estas"],
    },

    "modality": {
        "marks": [
            ["pode/podem/podes/podemos/poderá/poderão", 4], ["poderia/poderiam", 3], ["deveria/deveriam", 6], ["deve/devem/deves/devemos/deverá/deverão", 9], ["proibido/proibida/proibidos/proibidas/vedado/vedada", 9],
            ["permitido/permitida/permitidos/permitidas/autorizado/autorizada", 4], ["obrigatório/obrigatória/obrigatórios/obrigatórias", 8], ["facultativo/facultativa/voluntário/voluntária/opcional", 3], ["obrigado a", 8], ["obrigada a", 8], ["tem de", 9], ["têm de", 9], ["tem que", 9], ["têm que", 9],
            ["necessário/necessária", 8], ["recomenda/recomendado/recomendada/recomendável", 6], ["possível/possíveis", 3], ["possivelmente", 2], ["talvez", 2], ["provável/prováveis/provavelmente", 5], ["suposto/suposta/supostamente", 3], ["alegado/alegada/alegadamente", 3],
            ["aparentemente", 4], ["parece/parecem", 4], ["será/serão", 8], ["seria/seriam", 4], ["seja/sejam", 5], ["teria/teriam", 4],
        ],
        "endings": ["rá ria", "rão riam", "remos ríamos", "rei ria"],
    },

    "negation": {
        "marks": "não nunca jamais nenhum nenhuma nenhuns ninguém nada nem sem tampouco",
        "second": "nenhum nenhuma ninguém nada",
        "counterparts": "sempre com um uma alguém algum alguma tudo todos algo também e",
        "not_before": "só somente apenas",
        "prefixes": {"strong": "não", "weak": "in im ir des"},
    },

    "attribution": {
        "verbs": [
            "dizer diz dizem disse disseram", "declarar declara declaram declarou declararam", "afirmar afirma afirmam afirmou afirmaram", "anunciar anuncia anunciam anunciou anunciaram", "confirmar confirma confirmam confirmou confirmaram",
            "desmentir desmente desmentem desmentiu desmentiram", "negar nega negam negou negaram", "informar informa informam informou informaram", "alertar alerta alertam alertou alertaram", "garantir garante garantem garantiu garantiram", "referir refere referem referiu referiram",
        ],
        "plain": "disse disseram declarou declararam afirmou afirmaram anunciou anunciaram confirmou confirmaram desmentiu desmentiram negou negaram informou informaram alertou alertaram garantiu garantiram",
        "sources": ["segundo", "de acordo com", "conforme", "na opinião de"],
        "has": "tem têm tinha tinham",
        "titles": "sr sra dr dra eng prof",
        "stops": "que quem e mas ou quando se porque é são tem foi pode deve",
        "that": "que",
    },

    "reference": {
        "words": ["artigo artigos art", "secção seção", "capítulo", "anexo", "figura fig", "tabela quadro", "nota", "página pág", "parágrafo", "alínea", "número", "ponto", "cláusula", "§"],
        "marks": "nota fonte",
    },

    "dates": {
        "months": ["janeiro jan", "fevereiro fev", "março mar", "abril abr", "maio mai", "junho jun", "julho jul", "agosto ago", "setembro set", "outubro out", "novembro nov", "dezembro dez"],
        "weekdays": ["segunda-feira segundas-feiras", "terça-feira terças-feiras", "quarta-feira quartas-feiras", "quinta-feira quintas-feiras", "sexta-feira sextas-feiras", "sábado sábados", "domingo domingos"],
        "relative": "hoje ontem amanhã meia-noite meio-dia",
        "seasons": "primavera verão outono inverno",
        "holidays": "natal páscoa carnaval",
        "centuries": "século séculos",
        "parts": "início meados fim final",
        "daytimes": "manhã tarde noite",
        "halves": ["h horas"],
        "spans": "semana mês ano trimestre",
        "which": "passado passada próximo próxima este esta",
        "before_month": "em de desde até na no da do meados fim início",
    },

    "numbers": {
        "ones": "zero um dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezasseis dezassete dezoito dezanove",
        "tens": "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
        "forms": [["uma", 1], ["duas", 2], ["quatorze", 14], ["dezesseis", 16], ["dezessete", 17], ["dezenove", 19], ["cento", 100], ["duzentos duzentas", 200], ["trezentos trezentas", 300], ["quatrocentos quatrocentas", 400], ["quinhentos quinhentas", 500], ["seiscentos seiscentas", 600], ["setecentos setecentas", 700], ["oitocentos oitocentas", 800], ["novecentos novecentas", 900]],
        "fractions": [["metade", 0.5], ["meio", 0.5], ["meia", 0.5], ["terço", 0.3333333333], ["quarto", 0.25], ["dúzia", 12], ["dezena", 10], ["dezenas", 10], ["centena", 100], ["centenas", 100], ["milhares", 1000], ["dobro", 2], ["triplo", 3]],
        "thirds": [["terços", 0.3333333333], ["quartos", 0.25], ["quintos", 0.2], ["décimos", 0.1]],
        "ordinal_forms": [["primeiro primeira", 1], ["segunda", 2], ["terceiro terceira", 3], ["quarta", 4], ["quinto quinta", 5], ["sexto sexta", 6], ["sétimo sétima", 7], ["oitavo oitava", 8], ["nono nona", 9], ["décimo décima", 10]],
        "scales": [["cem", 100], ["mil", 1000], ["milhão", 1000000], ["milhões", 1000000], ["bilhão", 1000000000], ["bilhões", 1000000000]],
        "alone": "cem mil",
        "joining": "e",
        "weak": "um uma meio meia segunda primeiro primeira quarto quarta quinta terço",
    },

    "units": {
        "names": [
            "% por_cento", "€ euro euros eur", "$ dólar dólares usd", "real reais brl", "segundos", "minuto minutos", "hora horas", "dia dias", "semana semanas", "mês meses", "ano anos",
            "m metro metros", "km quilómetro quilómetros quilômetro quilômetros", "cm centímetro centímetros", "mm", "kg quilo quilos quilograma quilogramas", "g grama gramas", "mg", "tonelada toneladas", "l litro litros", "ml",
            "vez vezes", "°c c", "ha hectare hectares", "£ libra libras", "pessoa pessoas",
        ],
        "spans": "minuto hora dia semana mês trimestre ano década",
        "rates": "por ao à a cada",
    },
}
