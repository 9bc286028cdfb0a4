"""Polish. Every entry is normalised: lower case, straight apostrophes."""

WORDS = {
    "function": {
        "demonstratives": "ten ta to te ci tego tej tych tym tę",
        "auxiliaries": "jest są był była było byli były być będzie będą zostanie zostaną został została zostały",
        "connectives": "że który która które którzy których którym i a to się",
        "prepositions": "w we z ze na do od o u za po przy dla przez ku",
        "weighty": "przed pod nad między bez oprócz lub albo czy ale lecz bo ponieważ chyba gdy kiedy jeżeli jeśli tylko wszystkie wszyscy każdy każda żaden nie także również podczas według po",
        "pronouns": "ja ty on ona ono my wy oni one jego jej ich mu im swój swoje nasz nasze",
    },

    "grammar": {
        "joining": "i oraz",
        "alike": ["i oraz", "jeżeli jeśli"],
    },

    "agreement": {
        "forms": ["jest są", "będzie będą", "zostanie zostaną", "w we", "z ze"],
    },

    "modality": {
        "marks": [
            ["może/mogą/możesz/możemy/możecie/mógł/mogła/mogli", 4], ["mógłby/mogłaby/mogliby/mogłyby", 3], ["powinien/powinna/powinno/powinni/powinny/powinieneś", 6], ["musi/muszą/musisz/musimy/musiał/musiała/musieli", 9], ["należy", 9], ["trzeba", 9], ["ma obowiązek", 8], ["mają obowiązek", 8],
            ["zobowiązany/zobowiązana/zobowiązani/zobowiązane/zobowiązuje", 8], ["obowiązkowy/obowiązkowa/obowiązkowe/obowiązkowo", 8], ["dobrowolny/dobrowolna/dobrowolne/opcjonalny/opcjonalna/fakultatywny", 3], ["zabroniony/zabroniona/zabronione/zakazany/zakazane/zabrania", 9], ["dozwolony/dozwolona/dozwolone/dopuszczalny/dopuszczalne/zezwala", 4], ["wolno/można", 4],
            ["konieczny/konieczna/konieczne/niezbędny/niezbędne/wymagany/wymagana/wymagane", 8], ["zalecany/zalecane/zaleca", 6], ["uprawniony/uprawniona/uprawnieni", 4], ["prawdopodobnie/prawdopodobny", 5], ["być może", 2], ["możliwe/możliwy", 3], ["ewentualnie", 2], ["rzekomo/rzekomy/rzekoma", 3], ["podobno/ponoć", 3], ["przypuszczalnie", 4], ["najwyraźniej", 4], ["wydaje się", 4], ["będzie/będą", 8], ["zostanie/zostaną", 8], ["byłby/byłaby/byłoby/byliby", 4],
        ],
    },

    "negation": {
        "marks": "nie bez nigdy żaden żadna żadne żadnego żadnej żadnych nikt nikogo nic niczego ani nigdzie",
        "second": "nigdy żaden żadna żadne żadnego żadnej żadnych nikt nikogo nic niczego",
        "counterparts": "z ze ktoś coś zawsze każdy wszyscy jakiś",
        "not_before": "tylko",
        "prefixes": {"strong": "nie"},
    },

    "attribution": {
        "verbs": [
            "powiedzieć powiedział powiedziała powiedzieli mówi mówią", "oświadczyć oświadczył oświadczyła oświadczyli oświadcza", "stwierdzić stwierdził stwierdziła stwierdzili stwierdza", "potwierdzić potwierdził potwierdziła potwierdziło potwierdzili potwierdza", "zaprzeczyć zaprzeczył zaprzeczyła zaprzeczyli zaprzecza",
            "zdementować zdementował zdementowała zdementowali dementuje", "ogłosić ogłosił ogłosiła ogłosili ogłasza", "poinformować poinformował poinformowała poinformowali informuje", "ostrzec ostrzegł ostrzegła ostrzega", "podkreślić podkreślił podkreśliła podkreśla", "zapewnić zapewnił zapewniła zapewnia", "twierdzić twierdzi twierdzą twierdził",
        ],
        "plain": "powiedział powiedziała powiedzieli oświadczył oświadczyła oświadczyli stwierdził stwierdziła stwierdzili potwierdził potwierdziła potwierdziło potwierdzili zaprzeczył zaprzeczyła zdementował zdementowała ogłosił ogłosiła poinformował poinformowała ostrzegł ostrzegła podkreślił twierdzi twierdzą mówi",
        "sources": ["według", "zdaniem", "jak podaje", "jak podał", "jak podało"],
        "titles": "dr prof inż mgr pan pani",
        "stops": "że który i a ale lub gdy jeśli bo jest są był była może musi",
        "that": "że czy jak",
    },

    "reference": {
        "words": ["artykuł artykułu artykule art", "ustęp ustępu ust", "paragraf paragrafu", "punkt punktu pkt", "rozdział rozdziału rozdz", "załącznik załącznika zał", "rysunek rys", "tabela tabeli tab", "strona strony str", "sekcja sekcji", "§ §§"],
        "marks": "przyp źródło",
    },

    "dates": {
        "months": ["stycznia styczeń styczniu sty", "lutego luty lutym", "marca marzec marcu", "kwietnia kwiecień kwietniu", "maja maj maju", "czerwca czerwiec czerwcu", "lipca lipiec lipcu", "sierpnia sierpień sierpniu", "września wrzesień wrześniu", "października październik październiku", "listopada listopad listopadzie", "grudnia grudzień grudniu"],
        "weekdays": ["poniedziałek poniedziałku poniedziałki", "wtorek wtorku wtorki", "środa środę środy", "czwartek czwartku czwartki", "piątek piątku piątki", "sobota sobotę soboty", "niedziela niedzielę niedziele"],
        "relative": "dziś dzisiaj wczoraj jutro północ południe weekend",
        "seasons": "wiosna wiosną wiosnę lato latem jesień jesienią zima zimą zimę",
        "holidays": "wielkanoc boże narodzenie",
        "centuries": "wiek wieku",
        "parts": "początek początku połowa koniec końca",
        "spans": "tydzień tygodniu miesiąc miesiącu rok roku kwartał kwartale",
        "which": "ubiegły ubiegłym przyszły przyszłym ten tym następny",
        "before_month": "w we na od do z przed po początku końca",
        "year": "r rok roku",
    },

    "numbers": {
        "ones": "zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć jedenaście dwanaście trzynaście czternaście piętnaście szesnaście siedemnaście osiemnaście dziewiętnaście",
        "tens": "dwadzieścia trzydzieści czterdzieści pięćdziesiąt sześćdziesiąt siedemdziesiąt osiemdziesiąt dziewięćdziesiąt",
        "forms": [
            ["jedna jedno jednego jednej jednym", 1], ["dwie dwóch dwu dwoma dwom dwaj dwoje", 2], ["trzech trzema trzem troje", 3], ["czterech czterema czterem", 4], ["pięciu pięcioma", 5], ["sześciu", 6], ["siedmiu", 7], ["ośmiu", 8], ["dziewięciu", 9], ["dziesięciu", 10], ["jedenastu", 11], ["dwunastu", 12], ["trzynastu", 13], ["czternastu", 14], ["piętnastu", 15], ["szesnastu", 16], ["siedemnastu", 17], ["osiemnastu", 18], ["dziewiętnastu", 19],
            ["dwudziestu", 20], ["trzydziestu", 30], ["czterdziestu", 40], ["pięćdziesięciu", 50], ["sześćdziesięciu", 60], ["siedemdziesięciu", 70], ["osiemdziesięciu", 80], ["dziewięćdziesięciu", 90],
            ["sto stu", 100], ["dwieście dwustu", 200], ["trzysta trzystu", 300], ["czterysta czterystu", 400], ["pięćset pięciuset", 500], ["sześćset sześciuset", 600], ["siedemset siedmiuset", 700], ["osiemset ośmiuset", 800], ["dziewięćset dziewięciuset", 900],
        ],
        "fractions": [["połowa", 0.5], ["połowę", 0.5], ["połowy", 0.5], ["pół", 0.5], ["półtora", 1.5], ["ćwierć", 0.25], ["tuzin", 12], ["dziesiątki", 10], ["setki", 100], ["tysiące", 1000]],
        "thirds": [["trzecia", 0.3333333333], ["trzecie", 0.3333333333], ["trzecich", 0.3333333333], ["czwarta", 0.25], ["czwarte", 0.25], ["czwartych", 0.25], ["piąta", 0.2], ["piąte", 0.2], ["piątych", 0.2], ["dziesiąta", 0.1], ["dziesiąte", 0.1]],
        "ordinal_forms": [["pierwszy pierwsza pierwsze pierwszego pierwszej", 1], ["drugi druga drugie drugiego drugiej", 2], ["trzeci trzeciego trzeciej", 3], ["czwarty czwartego czwartej", 4], ["piąty piątego piątej", 5]],
        "scales": [["tysiąc", 1000], ["tysiące", 1000], ["tysięcy", 1000], ["tys", 1000], ["milion", 1000000], ["miliony", 1000000], ["milionów", 1000000], ["mln", 1000000], ["miliard", 1000000000], ["miliardy", 1000000000], ["miliardów", 1000000000], ["mld", 1000000000]],
        "alone": "tysiąc milion miliard",
        "weak": "jeden jedna jedno jednego jednej jednym pierwszy pierwsza pierwsze pierwszego pierwszej drugi druga drugie",
    },

    "units": {
        "names": [
            "% procent procenta proc", "zł złoty złote złotych pln", "€ euro eur", "$ dolar dolary dolarów usd", "sekunda sekundy sekund", "minuta minuty minut", "godzina godziny godzin", "dzień dni dnia", "tydzień tygodnie tygodni", "miesiąc miesiące miesięcy", "rok lata lat",
            "m metr metry metrów", "km kilometr kilometry kilometrów", "cm centymetr centymetrów", "mm", "kg kilogram kilogramów", "g gram gramów", "mg", "tona tony ton", "l litr litry litrów", "ml",
            "raz razy", "°c c", "ha hektar hektarów", "osoba osoby osób",
        ],
        "spans": "minutę godzinę dzień tydzień miesiąc kwartał rok",
        "rates": "na za",
    },
}
