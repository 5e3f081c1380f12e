#include "encode/vocabulary.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Lower-cased words as tokens_read gives them: clitics stand alone. */
static const char *const members[CLASS_COUNT] = {
    [CLASS_FUNCTION] = "a an the and or but nor so yet if then than as at by for from in "
                       "into of off on onto out "
                       "over to up with about above across after against along among "
                       "around before behind below "
                       "beneath beside between beyond down during except inside near "
                       "outside since through "
                       "throughout toward towards under until upon via within without i me "
                       "my mine myself we us "
                       "our ours ourselves you your yours yourself yourselves he him his "
                       "himself she her hers "
                       "herself it its itself they them their theirs themselves this that "
                       "these those who whom "
                       "whose which what when where why how am is are was were be been "
                       "being do does did doing "
                       "done have has had having will would shall should can could may "
                       "might must ought not n't no "
                       "'s 're 've 'll 'd 'm ca wo there here all any both each few more "
                       "most much many other "
                       "another some such only own same too very just also even still "
                       "again once ever never "
                       "always often now because while though although however whether "
                       "either neither else one "
                       "s t re",
    [CLASS_HEDGE] = "perhaps maybe possibly probably likely unlikely apparently seemingly "
                    "presumably arguably "
                    "roughly approximately somewhat generally usually typically often "
                    "sometimes may might could "
                    "seem seems seemed appear appears appeared suggest suggests suggested "
                    "indicate indicates "
                    "tend tends assume believe think guess suppose potentially relatively "
                    "fairly partly mostly "
                    "largely almost nearly around about kind sort if depending depends "
                    "uncertain unclear "
                    "alleged allegedly reportedly claims claimed",
    [CLASS_BOOSTER] = "very really extremely absolutely certainly definitely clearly "
                      "obviously always never "
                      "completely totally entirely highly truly indeed surely undoubtedly "
                      "must essential crucial "
                      "vital important most best worst every all great greatly so too "
                      "quite incredibly amazingly",
    [CLASS_POLITE] = "please thank thanks sorry apologize apologise apologies welcome "
                     "kindly glad happy hope "
                     "appreciate grateful pleasure cheers hello hi hey greetings dear "
                     "congratulations wonderful "
                     "friend enjoy feel",
    [CLASS_FIRST] = "i me my mine myself we us our ours ourselves",
    [CLASS_SECOND] = "you your yours yourself yourselves ya u",
    [CLASS_THIRD] =
        "he him his himself she her hers herself it its itself they them their theirs "
        "themselves this that these those",
    [CLASS_CONNECTIVE] =
        "because since therefore thus hence consequently accordingly however nevertheless "
        "nonetheless although though whereas while despite instead moreover furthermore "
        "additionally besides also then next finally first firstly second secondly third "
        "lastly "
        "meanwhile afterwards afterward subsequently before after when until unless "
        "otherwise "
        "similarly likewise conversely overall summary conclusion specifically namely so "
        "but yet "
        "still",
    [CLASS_NEGATION] =
        "not n't no never none nothing nobody nowhere neither nor without cannot "
        "lack lacks lacking hardly barely scarcely avoid",
    [CLASS_NUMERAL] =
        "two three four five six seven eight nine ten eleven twelve thirteen fifteen "
        "twenty thirty forty fifty sixty seventy eighty ninety hundred thousand "
        "million billion trillion dozen half quarter percent per cent zero",
    [CLASS_IMPERATIVE] =
        "write explain describe list give tell create make generate compose summarize "
        "summarise "
        "provide suggest discuss compare analyze analyse outline show find calculate solve "
        "translate rewrite edit design develop plan imagine help define identify name "
        "draft "
        "propose recommend evaluate classify consider use try start add take keep check "
        "remember "
        "let note put read choose set look think ask please do go get build implement "
        "convert "
        "rephrase paraphrase teach",
    [CLASS_QUESTION] =
        "what how why who whom whose which when where can could should would is are "
        "do does did will",
    [CLASS_PAST] =
        "was were had did went came took got made said saw knew thought became began felt "
        "found "
        "gave kept left lost met ran sat stood told won wrote brought bought built caught "
        "chose "
        "drew drove ate fell fought flew forgot grew heard held hid hurt led lay paid rose "
        "sang "
        "sent shone shook slept smiled spoke spent stole swam threw understood woke wore",
    [CLASS_HUMOUR] = "joke jokes joking funny hilarious laugh laughs laughing laughter lol "
                     "haha hahaha silly "
                     "goofy pun puns wit witty humor humour humorous comic comedy "
                     "ridiculous absurd oops yikes "
                     "duh whoops chuckle giggle sarcasm sarcastic ironic ironically banana "
                     "pants cheese duck "
                     "unicorn ninja zombie pirate pajamas pyjamas",
    [CLASS_EXAMPLE] =
        "example examples instance e.g eg imagine suppose consider case cases like "
        "including such illustrate illustrates analogy think",
    [CLASS_POSITIVE] =
        "good great excellent love loves loved best nice perfect amazing awesome wonderful "
        "fantastic beautiful happy pleased enjoy enjoyed like likes liked recommend "
        "recommended "
        "easy comfortable solid sturdy works well better favorite favourite impressed "
        "impressive "
        "quality helpful useful super fun",
    [CLASS_NEGATIVE] =
        "bad poor poorly terrible awful horrible hate hated worst worse disappointed "
        "disappointing "
        "disappointment problem problems issue issues broken broke breaks fail fails "
        "failed "
        "failure useless waste difficult hard cheap flimsy wrong unfortunately complaint "
        "complaints return returned refund small tight sad angry ugly dull boring",
};

enum { SLOTS = 4096 }; /* a power of two, over twice the words */

struct vocabulary {
    struct slot {
        uint64_t hash;
        uint32_t classes; /* 0: the slot is free */
    } slots[SLOTS];
};

static void add(struct vocabulary *vocabulary, uint64_t hash, uint32_t class)
{
    size_t at = hash & (SLOTS - 1);
    while (vocabulary->slots[at].classes && vocabulary->slots[at].hash != hash)
        at = (at + 1) & (SLOTS - 1);
    vocabulary->slots[at].hash = hash;
    vocabulary->slots[at].classes |= class;
}

struct vocabulary *vocabulary_create(void)
{
    struct vocabulary *vocabulary = mem_zero(sizeof *vocabulary);
    for (size_t class = 0; class < CLASS_COUNT; class ++)
        for (const char *at = members[class]; *at;) {
            size_t length = strcspn(at, " ");
            add(vocabulary, token_hash(at, length), (uint32_t)1 << class);
            at += length;
            at += strspn(at, " ");
        }
    return vocabulary;
}

void vocabulary_free(struct vocabulary *vocabulary)
{
    free(vocabulary);
}

uint32_t vocabulary_classes(const struct vocabulary *vocabulary, uint64_t hash)
{
    size_t at = hash & (SLOTS - 1);
    while (vocabulary->slots[at].classes && vocabulary->slots[at].hash != hash)
        at = (at + 1) & (SLOTS - 1);
    return vocabulary->slots[at].classes;
}
