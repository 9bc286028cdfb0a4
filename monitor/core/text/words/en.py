"""English. Every entry is normalised: lower case, straight apostrophes. A phrase is words with single spaces."""

WORDS = {
    "function": {  # words that carry grammar, and little else
        "articles": "a an the",
        "demonstratives": "this that these those such",
        "auxiliaries": "is are was were be been being am has have had having do does did",
        "connectives": "that which who whom whose as so and thus then also it its there to",
        "prepositions": "of in on at to for by with from into onto upon about as within among between during via per through",
        # A preposition that says where, when, or whether: a change of it is never a matter of style alone.
        "weighty": "before after until till since without against except unless if or nor and but because despite although though while whereas over under above below only all any some no not both either every each most more less few fewer than up down out off",
        "possessives": "my your his her its our their whose",
        "pronouns": "i you he she it we they me him her us them my your his our their its one",
        "others": "when where why how what here",
    },

    "grammar": {
        # May come or go alone: what a slip leaves out.
        "loose": "a an the this these those that which who whom of to in on at for by with as is are was were be been being am has have had do does did it i we they and into onto upon",
        "present": "is are am has have do does",
        "past": "was were had did",
        "perfect": "been",
        "passive": "is are was were be been being am get gets got",
        # Behind these a verb has one right form: the bare one, or a participle.
        "bare_after": "to will would shall should can could may might must do does did not cannot let lets help",
        "participle_after": "is are was were be been being am has have had get gets got",
        "joining": "and or",
        # Of these, what carries least: may come or go beside words that are replaced.
        "light": "a an the this these those that which who whom is are was were be been being am has have had do does did it",
        # Stand for each other: any of a line for any other.
        "alike": [
            "in on at to into onto upon within", "of in for on", "to for of", "with to at in", "not no", "much many", "less fewer", "that which who whom", "this these that those the a an", "thus therefore hence",
            "of have", "through via", "per a an", "each every", "between among amongst amid", "whilst while whereas", "till until", "toward towards to",
        ],
    },

    "agreement": {  # forms of one word that endings do not show: any of a line for any other
        "forms": [
            "is are am", "was were", "has have", "do does", "this these", "that those", "a an the",
            "man men", "woman women", "child children", "person people persons", "foot feet", "criterion criteria", "datum data", "medium media",
            "phenomenon phenomena", "which that who",
        ],
    },

    "contractions": {  # whole words first, then what an ending or a beginning stands for
        "whole": [
            "won't will not", "can't can not", "cannot can not", "shan't shall not", "ain't is not", "it's it is", "that's that is", "there's there is",
            "he's he is", "she's she is", "what's what is", "who's who is", "here's here is", "let's let us",
        ],
        "endings": ["n't not", "'t not", "'re are", "'ve have", "'ll will", "'m am"],
    },

    "modality": {  # forms of one mark parted by /, and its strength: 2 possible or permitted .. 9 certain or binding
        "marks": [
            ["might", 2], ["may", 3], ["could", 3], ["can", 4], ["would", 5], ["should", 6], ["ought to", 6], ["will", 8], ["shall", 9], ["must", 9],
            ["have to/has to/had to/having to", 9], ["need to/needs to/needed to/need not", 7], ["required to/obliged to/obligated to/bound to/compelled to/is required/are required/be required", 8],
            ["prohibited/forbidden/barred from/banned from", 9], ["recommends/recommend", 6], ["reserve the right to/reserves the right to", 4], ["has the right to/have the right to", 4],
            ["mandatory/compulsory/obligatory", 8], ["optional", 3], ["voluntary", 3], ["supposed to", 6], ["advised to", 6], ["recommended", 6], ["encouraged to", 5],
            ["advisable", 6], ["urged to", 6], ["allowed to/permitted to/allowed/permitted", 4], ["known to", 8], ["entitled to", 4], ["able to/unable to", 4], ["authorised to/authorized to", 4], ["free to", 4],
            ["expected/expected to/expects to/expect to", 6], ["set to/scheduled to/due to be", 7], ["going to", 8], ["about to", 8],
            ["intends to/intend to/intended to", 6], ["plans to/plan to/planned to", 6], ["hopes to/hope to/hoped to", 4], ["aims to/aim to/aimed to", 5],
            ["likely/likely to", 5], ["unlikely/unlikely to", 2], ["possible", 3], ["possibly/perhaps/maybe", 2], ["probably/probable", 5], ["presumably", 4],
            ["potentially/potential", 2], ["conceivably", 2], ["possibility", 2], ["certainly/definitely/undoubtedly/certain to/sure to", 9], ["inevitably/inevitable", 9], ["is certain/are certain/be certain/was certain/were certain", 9],
            ["reportedly/reported", 3], ["allegedly/alleged", 3], ["purportedly/purported", 3], ["supposedly/supposed", 3], ["apparently/apparent", 4],
            ["suspected", 3], ["presumed", 4], ["believed to", 4], ["thought to", 4], ["understood to", 4], ["said to", 3], ["claimed to", 3], ["rumoured/rumored", 2],
            ["seems to/seem to/seemed to/seems/seemingly", 4], ["appears to/appear to/appeared to", 4], ["tends to/tend to/tended to", 4],
            ["unconfirmed/unverified", 2], ["confirmed", 8],
        ],
        "hedging": "reported confirmed supposed suspected presumed rumoured rumored apparent",  # hedges only in front of what they qualify
        "modals": "may might can could would should will shall must",  # may also be nouns: the will, a tin can
        "noun_before": "a an the this his her its our your their my of s tin oil beer living free political",
        "noun_after": "is was were has of",
    },

    "negation": {
        "marks": "not no never neither nor none nobody nothing nowhere without",
        "phrases": ["fail to", "fails to", "failed to", "failing to"],
        # What stands for a denial where nothing is denied: none, all; without, with.
        "counterparts": "only all each every some any a an the somebody someone anybody anyone everybody everyone something anything everything either both with and ever always somewhere anywhere yes also here there while by still rarely seldom sometimes often usually normally generally hardly barely scarcely",
        "companions": "longer one to",  # no longer, no one, fails to
        "not_before": "only just merely",  # not only .. but also
        "prefixes": {
            "strong": "un dis non",
            "weak": "in im il ir",
        },
    },

    "attribution": {
        "verbs": [  # the first is the lemma; all of them tell that somebody says what is said
            "say says said saying", "tell tells told", "state stated", "announce announces announced", "stress stresses stressed", "claim claims claimed",
            "argue argues argued", "insist insists insisted", "warn warns warned", "deny denies denied", "assert asserts asserted", "contend contends contended",
            "allege alleges", "emphasise emphasises emphasised emphasize emphasizes emphasized", "explain explains explained", "believe believes believed", "think thinks thought",
            "suggest suggests suggested", "indicate indicates indicated", "acknowledge acknowledges acknowledged", "admit admits admitted",
            "declare declares declared", "testify testifies testified", "recount recounts recounted", "remark remarks remarked", "note notes noted",
            "report reports reported", "confirm confirms confirmed", "reveal reveals revealed", "disclose discloses disclosed", "predict predicts predicted",
            "estimate estimates estimated", "add adds added", "quote quotes quoted", "write writes wrote", "tweet tweets tweeted", "reiterate reiterates reiterated",
            "maintain maintains maintained", "concede concedes conceded", "complain complains complained", "accuse accuses accused", "states state",
            "describe describes described", "characterise characterised characterized", "portray portrays portrayed", "regard regards regarded", "observe observes observed", "conclude concludes concluded", "find finds found",
        ],
        # These need no `that`, comma or quotation to be distinguished from another use.
        "plain": "believe believes believed think thinks thought say says said tell tells told announced stressed claimed argued insisted warned denied contend contends contended asserted emphasised emphasized alleges warns argues insists warn deny denies",
        "sources": ["according to", "in the view of", "in the opinion of", "in the words of", "in the eyes of", "citing", "quoting", "on the authority of", "as per"],
        "adverbs": "yesterday today earlier later here there again separately previously",
        "deeming": "noted notes described describes characterised characterized portrayed regarded",  # with `as` behind their object
        "direct": "reported confirmed acknowledged admitted revealed disclosed",  # may have an object alone
        "hearing": "tell tells told",  # may be followed by who is told
        "by": ["stated by", "reported by", "said by", "claimed by", "noted by", "described by", "confirmed by", "announced by", "quoted by", "cited by", "alleged by", "published by"],
        "occasions": ["in a statement", "in a report", "in an interview", "in a letter", "in a press release", "at a press conference", "at a news conference", "in a tweet", "in a post", "in a speech"],
        "has": "has have had having",  # in front of a participle these keep it active
        "titles": "mr mrs ms dr prof st gen col sen gov rep lt sgt capt rev hon jr sr",
        "stops": "that which who and but or when while because although though if after before where as is are was were has have had will would may might could can must so",  # a speaker ends in front of these
        "that": "that how what why whether which",
    },

    "reference": {  # forms of one word on a line
        "words": [
            "section sections sec sect", "subsection subsections", "clause clauses", "article articles art", "paragraph paragraphs para paras", "chapter chapters chap",
            "annex annexes", "appendix appendices app", "schedule schedules", "exhibit exhibits", "figure figures fig figs", "table tables tab", "footnote footnotes", "note notes",
            "equation equations eq eqs", "page pages pp", "reference references ref refs", "§ §§", "part parts", "item items", "point points", "recital recitals", "rule rules", "step steps",
        ],
        "marks": "citation ref reference references note notes source sources edit verify update updated figure table",
    },

    "dates": {
        "months": ["january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul", "august aug", "september sep sept", "october oct", "november nov", "december dec"],
        "weekdays": ["monday mon", "tuesday tue tues", "wednesday wed", "thursday thu thur thurs", "friday fri", "saturday sat", "sunday sun"],
        "relative": "today yesterday tomorrow tonight midnight noon weekend weekends weekday weekdays",
        "spans": "week month year quarter decade century weekend night spring summer autumn winter fall semester",
        "which": "last next this previous coming past current following",
        "parts": "early mid late beginning middle end start spring summer autumn winter fall",
        "daytimes": "morning afternoon evening night",
        "before_month": "in on of over throughout by until till since from to through during early late mid before after between and every each last next this",
        "halves": ["am a.m", "pm p.m"],
        "seasons": "spring summer autumn winter fall springtime",
        "holidays": "christmas easter ramadan thanksgiving midsummer pentecost passover diwali",
        "centuries": "century centuries",
    },

    "numbers": {
        "ones": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
        "tens": "twenty thirty forty fifty sixty seventy eighty ninety",
        "ordinals": "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth",
        "fractions": [["half", 0.5], ["halves", 0.5], ["quarter", 0.25], ["quarters", 0.25], ["dozen", 12], ["dozens", 12], ["tens", 10], ["hundreds", 100], ["thousands", 1000], ["millions", 1000000], ["billions", 1000000000], ["twice", 2], ["thrice", 3], ["once", 1], ["double", 2], ["doubled", 2], ["triple", 3], ["tripled", 3]],
        "scales": [["hundred", 100], ["thousand", 1000], ["million", 1000000], ["mn", 1000000], ["billion", 1000000000], ["bn", 1000000000], ["trillion", 1000000000000]],
        "short_scales": [["k", 1000], ["m", 1000000], ["b", 1000000000], ["tn", 1000000000000]],  # behind money alone
        "thirds": [["thirds", 0.3333333333], ["fourths", 0.25], ["fifths", 0.2], ["sixths", 0.1666666667], ["eighths", 0.125], ["tenths", 0.1]],
        "weak": "one first second half quarter third once double triple",  # have other uses
        "joining": "and",
        "ordinal_endings": "st nd rd th",
    },

    "units": {  # one line a unit; the first is its name
        "names": [
            "% percent per_cent pct", "pp percentage_points", "$ dollar dollars usd us$ bucks", "€ euro euros eur", "£ pound pounds gbp sterling", "¥ yen jpy", "rupee rupees inr rs", "franc francs chf", "cent cents",
            "second seconds sec secs", "minute minutes min mins", "hour hours hr hrs h", "day days", "week weeks", "month months", "year years yr yrs", "decade decades",
            "mm millimetre millimetres millimeter millimeters", "cm centimetre centimetres centimeter centimeters", "m metre metres meter meters", "km kilometre kilometres kilometer kilometers", "mile miles mi", "foot feet ft", "inch inches", "yard yards",
            "g gram grams gramme grammes", "mg milligram milligrams", "kg kilogram kilograms kilo kilos", "tonne tonnes ton tons t", "lb lbs",
            "l litre litres liter liters", "time times", "km/h kph", "gallon gallons gal", "pint pints", "ounce ounces oz", "stone", "knot knots", "volt volts v", "watt watts w", "calorie calories", "kcal", "bar", "nm", "kilobyte kilobytes", "megabyte megabytes", "gigabyte gigabytes", "terabyte terabytes", "fortnight fortnights", "semester semesters", "night nights", "session sessions", "ml millilitre millilitres milliliter milliliters", "barrel barrels", "hectare hectares ha", "acre acres",
            "kb", "mb", "gb", "tb", "bit bits", "byte bytes", "mw", "gw", "kw", "kwh", "mhz", "ghz", "°c c celsius", "°f f fahrenheit", "mph", "ms", "points point",
        ],
        # A unit that one of these stands in front of is another unit: ten working days.
        "rates": "a an per each every",
        "spans": "minute hour day week fortnight month quarter year decade century weekend",  # a year, per month
        "qualifiers": "working business calendar consecutive clear nautical square cubic metric net gross light",
    },

    "names": {
        "acronyms": "us it who",  # in capitals they are names, though they are words of grammar
        # Names that the dictionary has as words too: with a capital they are names, at the start of a sentence as well.
        "always": "afghan amazon catholic china cologne french google guinea japan morocco pentagon polish senate turkey twitter welsh chad jordan mali lima swiss dutch english danish irish",
        # Capitalised in contracts and policies, and no names: the parties and things that a text defines.
        "roles": "customer customers client clients user users supplier provider licensee licensor tenant landlord lessor lessee buyer seller purchaser vendor contractor employer employee party parties company service services site website platform agreement contract terms policy content software product products effective date member members board committee council government state parliament court mr mrs ms dr prof sir",
    },
}
