"""Closed word lists of English and of the trade, as data.

Lists, not models: each entry can be read, argued about and changed alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType


def word_set(words: str) -> frozenset[str]:
    """Return the words of a line as a set."""
    return frozenset(words.split())


def _pairs(text: str) -> Mapping[str, str]:
    """Read "base: form form; base: form" as form → base."""
    table = {}
    for entry in text.split(";"):
        base, _, forms = entry.partition(":")
        for form in forms.split():
            table[form] = base.strip()
    return MappingProxyType(table)


PRONOUNS = word_set(
    "i me my mine myself we us our ours ourselves you your yours yourself yourselves "
    "he him his himself she her hers herself it its itself they them their theirs "
    "themselves one someone somebody anyone anybody everyone everybody something "
    "anything everything i'm i've i'd i'll we're we've we'd we'll you're you've you'd "
    "you'll he's she's it's they're they've they'd they'll it'll it'd"
)
DETERMINERS = word_set(
    "a an the this that these those some any each every either both all another such"
)
PREPOSITIONS = word_set(
    "of in on at by for with from to into onto over under about between among through "
    "during against within upon per via toward towards across along around near as"
)
CONJUNCTIONS = word_set(
    "and or but so yet nor because since although though while whereas"
)
SUBORDINATORS = word_set(
    "if unless when whenever where wherever why how what which who whom whose whether "
    "that's what's there's here's than until once"
)
AUXILIARIES = word_set(
    "am is are was were be been being have has had having do does did doing done "
    "get gets got getting"
)
MODALS = word_set("can could may might must shall should will would ought")
ADVERBS = word_set(
    "also just only very really quite rather too even still already again always "
    "often sometimes usually then now here there therefore thus hence however maybe "
    "perhaps actually basically simply well much many more most less least few little "
    "lot lots bit enough almost else ever first next finally both own same other "
    "others out up down off back away etc eg ie"
)
VERB_NEGATIONS = word_set(
    "not never cannot hardly scarcely "
    "don't doesn't didn't isn't aren't wasn't weren't haven't hasn't hadn't won't "
    "wouldn't can't couldn't shouldn't mustn't needn't ain't shan't mightn't "
    "dont doesnt didnt isnt arent wasnt werent havent hasnt hadnt wont wouldnt cant "
    "couldnt shouldnt mustnt"
)
NEGATIONS = VERB_NEGATIONS | word_set("no none nothing nobody neither without")
# Stems of verbs that negate without a "not": "omits the base case".
AVOIDING_STEMS = word_set(
    "avoid prevent lack omit miss fail refus exclud skip stop forget reject ignor"
)
# Words that turn a whole statement around: "it is a myth that …".
DENIALS = word_set("myth wrong false untrue incorrect misconception mistaken")
# "It is not true that …": denied, the whole statement is.
TRUTHS = word_set("true correct right case so")
SUBJECT_PRONOUNS = word_set(
    "i we you he she it they this that these those there i'd i'm i've i'll we'd we're "
    "we've we'll you'd you're you'll it's that's there's they'd they're they'll he's "
    "she's"
)
CLAUSE_OPENERS = word_set(
    "but because so which who although though while whereas instead however then since "
    "unless therefore hence plus"
)
FILLERS = word_set("um uh uhm erm er hmm mm mhm ah oh eh okay ok yeah yep like so well")
HESITATIONS = word_set("um uh uhm erm er hmm mm mhm ah oh eh")

STOP_WORDS = (
    PRONOUNS
    | DETERMINERS
    | PREPOSITIONS
    | CONJUNCTIONS
    | SUBORDINATORS
    | AUXILIARIES
    | MODALS
    | ADVERBS
    | NEGATIONS
    | FILLERS
    | word_set("let's let please yes s t d m re ve ll")
)

# Frequent in every answer whatever the subject: they count, but little.
GENERIC_WORDS = word_set(
    "use using make need want work way thing things good better best bad big small new "
    "old different important main problem issue case example time people person team "
    "company project system data change help start try look see say tell know think "
    "feel believe give take come go put keep find show ask call mean happen become "
    "seem part kind sort type number lot point fact question answer thing able like "
    "right real whole general specific certain possible likely sure clear simple easy "
    "hard high low great large long short day week month year end set place side "
    "result reason idea process approach solution job user handle allow provide "
    "before after course moment talk hope sense opinion today far "
    "ensure consider depend include involve require relate explain describe define"
)

NUMBER_WORDS = _pairs(
    "1: one; 2: two twice; 3: three; 4: four; 5: five; 6: six; 7: seven; 8: eight; "
    "9: nine; 10: ten; 11: eleven; 12: twelve; 15: fifteen; 20: twenty; 30: thirty; "
    "40: forty; 50: fifty; 60: sixty; 80: eighty; 90: ninety; 100: hundred; "
    "1000: thousand"
)

ABBREVIATIONS = _pairs(
    "database: db dbs databases; configuration: config configs conf configure "
    "configured; kubernetes: k8s; application: app apps; repository: repo repos; "
    "authentication: auth authn authenticate authenticated authenticating; "
    "authorization: authz authorisation authorize authorise; production: prod; "
    "environment: env envs; information: info; documentation: docs doc; "
    "performance: perf; development: dev; developer: devs; specification: spec specs; "
    "parameter: param params; administrator: admin admins; argument: arg args; "
    "function: func fn; javascript: js; typescript: ts; message: msg msgs; "
    "statistics: stats stat; requirement: reqs; department: dept; "
    "management: mgmt; manager: mgr; approximately: approx; maximum: max; "
    "minimum: min; "
    "average: avg; temporary: temp tmp; synchronize: sync synced syncing; "
    "asynchronous: async; experiment: exp; metric: kpi kpis; postgres: postgresql; "
    "percent: %; memory: ram; operating-system: os; distribution: distro; "
    "technology: tech; optimization: optimisation; latency: latencies; "
    "index: indexes indices indexing indexed; query: queries querying queried; "
    "analysis: analyses analyze analyse analyzed analysed analyzing analysing; "
    "criterion: criteria; hypothesis: hypotheses; vertex: vertices; matrix: matrices"
)

IRREGULAR_VERBS = _pairs(
    "write: wrote written; choose: chose chosen; run: ran; build: built; "
    "find: found; lead: led; keep: kept; send: sent; take: took taken; give: gave "
    "given; make: made; hold: held; break: broke broken; lose: lost; grow: grew "
    "grown; fall: fell fallen; speak: spoke spoken; know: knew known; "
    "think: thought; bring: brought; teach: taught; buy: bought; "
    "understand: understood; rise: rose risen; drive: drove driven; begin: began "
    "begun; come: came; become: became; see: saw seen; say: said; tell: told; "
    "meet: met; pay: paid; spend: spent; mean: meant; leave: left; "
    "feel: felt; win: won; throw: threw thrown; draw: drew drawn; show: shown; "
    "freeze: froze frozen; hide: hid hidden; catch: caught; sell: sold; stand: stood; "
    "fight: fought; sleep: slept; steal: stole stolen; swear: swore sworn; "
    "go: went gone; do: did done; withdraw: withdrew; bind: bound; feed: fed; "
    "seek: sought; deal: dealt"
)
OTHER_FORMS = _pairs(
    "choose: choice; lose: loss; grow: growth; child: children; person: people; "
    "slow: slower slowest slowly slowed slowdown; fast: faster fastest; "
    "large: larger largest; small: smaller smallest; cheap: cheaper cheapest; "
    "high: higher highest; low: lower lowest; long: longer longest; "
    "short: shorter shortest; early: earlier earliest; late: later latest; "
    "quick: quicker quickest quickly; simple: simpler simplest simply"
)
IRREGULAR_FORMS = MappingProxyType({**IRREGULAR_VERBS, **OTHER_FORMS})

# Pairs that turn a statement into its opposite; each word against each of the other
# side. Only words whose opposite is meant in nearly every context.
OPPOSITES = tuple(
    tuple(side.split() for side in pair.split("|"))
    for pair in (
        "increase grow rise raise | decrease shrink drop reduce lower",
        "faster quicker | slower",
        "more | less fewer",
        "before | after",
        "always | never",
        "synchronous synchronously | asynchronous asynchronously",
        "mutable | immutable",
        "stateful | stateless",
        "public | private",
        "internal | external",
        "minimum minimize | maximum maximize",
        "ascending | descending",
        "vertical vertically | horizontal horizontally",
        "optimistic | pessimistic",
        "strong | weak",
        "safe | unsafe",
        "secure | insecure",
        "possible | impossible",
        "consistent | inconsistent",
        "valid | invalid",
        "reliable | unreliable",
        "necessary | unnecessary",
        "accept | reject",
        "allow | forbid prevent",
        "succeed success | fail failure",
        "open | closed",
        "first | last",
        "cheap cheaper | expensive",
        "sparse | dense",
        "lossy | lossless",
        "symmetric | asymmetric",
        "supervised | unsupervised",
        "encrypt | decrypt",
        "overfitting | underfitting",
    )
)
# Small words that decide what a wrong statement claims ("only reads", "always").
CLAIM_WORDS = word_set(
    "only always never all every no none nothing any more most less least same itself "
    "themselves everything everyone nobody than like us enough first last without just"
)

# Stems of verbs by which nobody does anything another person could see.
STATIVE_VERBS = word_set(
    "think thought feel believ know knew want like love hate hope need prefer enjoy "
    "consid understand see hear mean seem wish guess suppos expect care worri agre "
    "disagre trust thriv strive tend aim pride excel possess own deserv imagin rememb "
    "forget learn realiz remain keep stay lack doubt welcom appreci valu respect "
    "embrac"
)
