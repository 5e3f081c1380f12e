/* What the topics say. Every figure and formula is that of docs/equations.md. */
#include "command/topic.h"

const struct topic topics[] = {
    /* ---- the method ---- */
    {"margin", "margins reward", "method",
     "how much a head prefers one response to the other",
     "    m_nk = r_k(chosen) - r_k(rejected) = w_k . D_n\n"
     "\n"
     "The reward of a response is a product of the head's weights with the features of\n"
     "the response; the margin of pair n under head k is the difference of the two\n"
     "rewards, in nats. Above 0 the head decides as the label does. sigma(m) is the\n"
     "probability that it gives to the label: 0.5 at 0, 0.73 at 1, 0.88 at 2. A head's\n"
     "rewards mean nothing beyond their differences within a prompt: adding a constant\n"
     "to all of them changes no margin. (E1)\n"},
    {"head", "heads", "method", "one linear reward model of the mixture",
     "A head is a row of weights over the features of a response, without a bias. K\n"
     "heads are trained together, and each pair teaches those heads that explain it,\n"
     "so that heads come to stand for tastes that contradict each other. Nobody tells\n"
     "them which: 'eval' says in which attribute a head does well, 'head' which named\n"
     "features it looks at, 'prune' which heads say the same. (E1, E2)\n"},
    {"mixture", "micro", "method", "several heads, weighed by the prompt",
     "    P(chosen > rejected | x) = sum_k f_k(x) sigma(m_k)\n"
     "\n"
     "Each head gives a probability; the router gives each head a weight f_k(x) that\n"
     "depends on the prompt; the mixture is their mean. A mixture of Bradley-Terry\n"
     "models is in general none itself, and can do what no single reward can when\n"
     "people disagree (see bound). With one head it is plain Bradley-Terry. (E1)\n"},
    {"router", "routers routing", "method", "what gives the heads their weights",
     "    f(x) = softmax(z(x))\n"
     "\n"
     "    mlp      one hidden layer of relu units on the features of the prompt\n"
     "    linear   no hidden layer\n"
     "    static   the same weights for every prompt\n"
     "    none     one head, weight 1\n"
     "\n"
     "It is trained with the heads (stage 1) and sees the prompt alone; 'adapt' tunes\n"
     "it on prompts with contexts (stage 2). 'route' shows its weights for any text.\n"
     "(E4, E12)\n"},
    {"weights", "weight responsibility", "method", "what share each head has in the answer",
     "f_k is at least 0, and the weights of a pair sum to 1. They come from the router\n"
     "(before labels are seen), from Hedge or em (after some), or are\n"
     "responsibilities:\n"
     "\n"
     "    q_nk proportional to f_k(x_n) sigma(m_nk)\n"
     "\n"
     "the share of head k in explaining the label of pair n, which is what the\n"
     "training of the router aims at. A weight says who is listened to and not who is\n"
     "right. (E1, E3, E20, E22)\n"},
    {"entropy", "", "method", "how evenly the router spreads its weights",
     "    entropy = -(1/N) sum_n sum_k f_k(x_n) log f_k(x_n)        in nats\n"
     "\n"
     "0 when every prompt is given to one head, log K when all heads weigh the same\n"
     "everywhere. With the default alpha of 0.5 expect it near log K: the term of the\n"
     "loss that pulls weights towards uniform is then worth more than most pairs can\n"
     "gain in likelihood. A high entropy is thus no sign of a bad model. (E10)\n"},
    {"load", "", "method", "how much a head is used over all prompts",
     "    load_k = (1/N) sum_n f_k(x_n)\n"
     "\n"
     "The mean weight of the head. Loads sum to 1. A head with a small load can still\n"
     "be the best one for an attribute: the router of stage 1 sees prompts only, and\n"
     "what a prompt does not tell it cannot use; a context may. (E10)\n"},
    {"alpha", "", "method", "how strongly weights are pulled towards uniform",
     "    L = -(1/N) sum_n log P_n  +  alpha (1/N) sum_n sum_k f_nk log f_nk\n"
     "\n"
     "The second term is the negative entropy of each pair's own weights. At 0 nothing\n"
     "keeps the router from giving everything to one head early on, and the others\n"
     "then learn nothing; large values make it ignore the prompt. 0.5 is the paper's\n"
     "and the default. 'ablate alpha' tries several. (E2)\n"},
    {"likelihood", "nll loss calibration ece", "method",
     "how probable the labels are to a model",
     "    NLL = -(1/N) sum_n log P_n        in nats per pair; log 2 = 0.693 is a coin\n"
     "\n"
     "Lower is better. Unlike accuracy it rewards being sure only where one is right.\n"
     "Beside it stands the calibration error (ECE): over ten bins of confidence, the\n"
     "mean distance between how sure the model is and how often it is right. (E9)\n"},
    {"rule", "rules decision", "method", "how a mixture decides a pair",
     "    probability   sum_k f_k sigma(m_k) > 1/2    the default\n"
     "    reward        sum_k f_k m_k > 0             one head may outvote all\n"
     "    logsigmoid    sum_k f_k log sigma(r_k(chosen)) > the same of rejected\n"
     "\n"
     "The third one is in the released code and depends on constants that a head's\n"
     "rewards do not fix; it is there to compare. A tie counts as wrong. (E6)\n"},
    {"interval", "intervals confidence ci", "method", "how far a figure can be trusted",
     "All intervals are 95 %. That of one accuracy is Wilson's, and takes pairs as\n"
     "independent (E7). Those of means and differences resample whole prompts with all\n"
     "their pairs, for all predictors at once (E8). Those over budgets or seeds are\n"
     "Student's over runs, and speak of the runs and not of the test set (E13, E19).\n"
     "\n"
     "An interval of an accuracy that holds 0.5, or of a difference that holds 0,\n"
     "means that the data do not say. In filters: accuracy_interval=0.5 keeps the rows\n"
     "whose interval holds 0.5, accuracy_interval>0.5 those that lie above it.\n"},
    {"oracle", "best best-head", "method",
     "the best head of each attribute, chosen afterwards",
     "    oracle(a) = max_k accuracy of head k on the pairs of attribute a\n"
     "\n"
     "The head is chosen on the very pairs that it is scored on. It says how far the\n"
     "heads have specialised, and is an upper bound: nobody could have had it without\n"
     "the labels, and it rises with K by chance alone. Rows of it are marked. (E11)\n"},
    {"single", "baseline bradley-terry", "method",
     "one reward for all, trained on the same pairs",
     "The single head that every model is compared with: the Bradley-Terry reward\n"
     "trained beside the mixture, on the same pairs, batches and settings. When people\n"
     "disagree it learns the average taste. 'minus single' is the difference to it,\n"
     "with a paired interval. If that holds 0, a mixture does not help on these data.\n"
     "(E1 with K = 1, E8)\n"},
    {"bound", "theorem irreducible", "method", "what no single reward can do better than",
     "If each of K groups judges by a reward of its own, a single reward pays on top\n"
     "of the entropy H of the answers, which remains even when it is known who judges:\n"
     "\n"
     "    L(r) >= floor >= H + 2 E sum_k gamma_k (s_k - g)^2 >= ...   s_k = sigma(m_k)\n"
     "\n"
     "floor is the loss of the mixture with the groups' true weights gamma. 'bound'\n"
     "takes a model's heads for the groups; its figures are as good as the model. The\n"
     "paper's Theorem 3.2 holds for probabilities and, as printed, not for scores.\n"
     "(E18)\n"},
    {"hedge", "", "method", "weights that follow labelled pairs",
     "    w_k proportional to f_k exp(-L_k / tau)        L_k: sum of head k's losses\n"
     "\n"
     "Starts from the router's weights and multiplies each by how well its head told\n"
     "the labels so far. A few labels of one person or attribute are enough to find\n"
     "the heads that fit. It bets that one head explains all pairs; em blends. With\n"
     "tau >= 1 and one prior its total loss exceeds the best head's by tau log(1 /\n"
     "f_best) at most. (E20, E21)\n"},
    {"tau", "temperature", "method", "how strongly labels move the weights",
     "    evidence of a pair for head k: exp(-loss_k / tau)\n"
     "\n"
     "tau divides the losses. 1 is Bayes' rule; towards 0 all weight goes to the head\n"
     "with the smallest loss; towards infinity the router's weights stay. The paper\n"
     "adapts with 0.001, which is the default of 'adapt'; on the demo population 1\n"
     "does better. (E12, E20)\n"},
    {"share", "", "method", "weights that follow a mind that changes",
     "    w = (1 - s) w after the pair + s f\n"
     "\n"
     "After each pair a share s of the weight goes back to the router's, so that no\n"
     "head is lost for good and the weights can turn when the labels do. 0 is plain\n"
     "Hedge. (E20)\n"},
    {"regret", "", "method", "what was lost against the best head in hindsight",
     "    R_n = sum_t -log P_t - min_k L_k\n"
     "\n"
     "P_t is what the weighted mixture gave to label t before it saw it. Shown beside\n"
     "the bound that Hedge keeps whatever the labels are. Negative regret is possible:\n"
     "a mixture can do better than each of its heads. (E21)\n"},
    {"em", "", "method", "weights of a blend, by expectation maximisation",
     "    maximise  sum_n log sum_k w_k sigma(m_nk) + sum_k c_k log w_k\n"
     "\n"
     "Where Hedge bets that one head explains every pair, em takes each pair to be\n"
     "decided by some head of a mixture, and looks for the weights that make the\n"
     "labels most probable; c is the strength of the router's weights as a prior.\n"
     "Concave, so the start does not matter. (E22)\n"},
    {"adapt", "adaptation stage2 omega", "method", "stage 2: a router that reads contexts",
     "    target  omega_k proportional to f_k(x, c) exp(-loss_k / tau)\n"
     "\n"
     "A few labelled pairs with contexts make targets for the router's weights on the\n"
     "prompt with its context, and the router alone is trained towards them. Heads\n"
     "stay. Afterwards a typed context moves the weights at once, without labels.\n"
     "(E12)\n"},
    {"budget", "budgets", "method", "how many labelled pairs an attribute costs",
     "A budget B is the first B training pairs of each attribute that have a context,\n"
     "in an order that the seed draws; budgets of one seed are nested. 'adapt --budget\n"
     "B' spends one, 'ablate budget' draws the curve of accuracy against B, with\n"
     "intervals over draws, beside controls that use the labels without a mixture.\n"
     "(E13, E14)\n"},
    {"correlation", "alike", "method", "how alike two heads decide",
     "    C_jk = sum_n m_nj m_nk / sqrt( sum_n m_nj^2  sum_n m_nk^2 )\n"
     "\n"
     "The cosine of two heads' margins over the pairs: 1 when one is a multiple of the\n"
     "other, 0 when they have nothing to do with each other, near -1 when they want\n"
     "the opposite, which is not redundant. Also of probabilities or of decisions.\n"
     "(E16)\n"},
    {"prune", "pruning threshold", "method", "leaving out heads that say the same",
     "Heads are visited by falling importance (their mean weight); one is kept if its\n"
     "correlation with every kept head is below the threshold. The others are dropped,\n"
     "which is exact for the router, or merged into the kept head they resemble most.\n"
     "'prune --curve --dry-run' shows every cut and what each costs. (E16, E17)\n"},
    {"ablation", "ablate ablations", "method", "how much each setting matters",
     "'ablate heads', 'alpha', 'hidden' train a model for every value, all of them\n"
     "side by side on the same batches, and show accuracy and likelihood with\n"
     "intervals over seeds; 'ablate budget' varies the labels of stage 2. Choose by\n"
     "the likelihood of the hold-out and not by the test columns; the oracle rises by\n"
     "chance alone. (E19)\n"},
    /* ---- data ---- */
    {"pair", "pairs chosen rejected", "data", "a prompt, a chosen and a rejected response",
     "The unit of all data: somebody preferred one response to the other. Optional are\n"
     "the attribute that was judged, a context, and the user. Pairs are stored with\n"
     "the chosen response first. Files are JSON lines; see docs/formats.md.\n"},
    {"attribute", "attributes", "data", "what a pair was judged by",
     "A name such as humor or clarity that says in which respect the chosen response\n"
     "is better. Training does not look at it: attributes are there to evaluate, to\n"
     "see in what heads have specialised. Files without any have one attribute for all\n"
     "pairs. Two attributes may prefer opposite responses to one prompt; such a\n"
     "conflict is what a single reward averages away.\n"},
    {"context", "contexts", "data", "a sentence that says what is wanted",
     "Text that goes with a prompt, such as 'Keep it short.' The router of a model\n"
     "that was adapted reads it with the prompt and moves the weights of the heads;\n"
     "heads see it only if features were made so (encode --heads-see-context). (E12)\n"},
    {"split", "splits train holdout test", "data",
     "which pairs are for training and which for testing",
     "train teaches, holdout decides when training ends and which settings are better,\n"
     "test is only evaluated on. Splits are made by prompt: all pairs of a prompt are\n"
     "in the same one, so that no prompt is in training and test. The split of a\n"
     "prompt depends on its text, and so stays when data are added.\n"},
    {"features", "feature embedding embeddings", "data", "what a model sees of a text",
     "A row of numbers for each prompt and each response, made once by an encoder or\n"
     "by a backbone elsewhere, kept in a file and never trained. Files are mapped, so\n"
     "they may be larger than memory. Read are the program's own, ArmoRM's, plain\n"
     "safetensors and NumPy's; see docs/formats.md.\n"},
    {"encoder", "encoders surface backbone", "data", "what makes features of text",
     "Built in is 'surface': features with names (lengths, lists, hedging, overlap\n"
     "with the prompt ...) that need no model, good to try things out and to read what\n"
     "a head looks at. For real use bring the features of a reward model's backbone. A\n"
     "model remembers its encoder, so that a typed context is encoded by the same one.\n"},
    {"model", "models checkpoint", "data", "what training writes",
     "A safetensors file with the heads, the router and the single head, and with the\n"
     "settings, seed, losses and the hash of the features it was trained on. Tensors\n"
     "have the names of the released checkpoints, so that PyTorch reads it. 'info\n"
     "FILE' says what is in it.\n"},
    {"seed", "seeds threads reproduce", "data", "the same numbers again",
     "Everything random comes from --seed (1 by default). The same seed and the same\n"
     "--threads give the same bytes; another number of threads adds sums in another\n"
     "order and may differ in the last digits. Both are kept in what is written.\n"},
    /* ---- the program ---- */
    {"results", "result output mode modes columns sort top", "program",
     "what every table can do",
     "    --where FILTER       only some rows: see 'help filters'\n"
     "    --sort -a,b          by a from high to low, then by b; missing comes last\n"
     "    --top N              the first N rows\n"
     "    --columns a,b        these columns, or with --columns -a,-b all but these\n"
     "    --table NAME         another table of the result, or 'values'\n"
     "    --mode MODE          table box plain markdown latex csv tsv json jsonl\n"
     "    --out FILE           .csv .tsv .md .tex .json .jsonl .txt choose the mode;\n"
     "                         --force replaces a file\n"
     "\n"
     "Options come in the order of this list. csv, tsv and json carry every digit, and\n"
     "what is missing is empty or null; the others are for people.\n"},
    {"filters", "filter where", "program", "expressions that choose rows",
     "    attribute=humor accuracy>0.7    both; 'and' may be written or not\n"
     "    head=h1,h2 or not pairs<100     or, not (also !), brackets; = takes several\n"
     "    attribute~^sci  !~  /refus/     regular expression; in any column of texts\n"
     "    accuracy>single  share<=70%     another column; percent\n"
     "    accuracy_interval>0.5           all of it; =0.5: holds it; ends: .low .high\n"
     "    context=missing                 what has no value\n"
     "\n"
     "Columns may be shortened while they are the only one of that beginning. Case\n"
     "counts when the value has a capital letter. Texts with blanks or commas stand in\n"
     "quotes.\n"},
    {"scripts", "script language syntax grammar", "program",
     "the language of scripts and of the REPL",
     "    command words name=value --name value   ; or a newline ends it\n"
     "    'text' \"text\\n$name\" \\c (in brackets)    quotes; a \\ joins lines\n"
     "    # comment   -- comment                  -- only at the beginning\n"
     "    $name  $name.key  ${name}               a result, or the environment\n"
     "    > FILE  >> FILE  &                      a file for the result; background\n"
     "\n"
     "No loops or conditions: sweeps are commands (ablate), and other languages use\n"
     "--json. A script stops at its first error. See docs/manual.md.\n"},
    {"exit", "codes status", "program", "what the exit code says",
     "    0    all went well\n"
     "    1    the command did its work and the answer is no\n"
     "    2    what was typed is wrong\n"
     "    3    a file cannot be read or written, or is not what it says it is\n"
     "    130  stopped by Ctrl-C; 143 by SIGTERM\n"},
    {"environment", "variables", "program", "variables that the program reads",
     "    MICROSCOPE_DATA   folder of the shipped demo files\n"
     "    LC_ALL, LANG      the character set of the terminal\n"
     "    any other         as $NAME in scripts, unless a result has that name\n"},
    {0},
};
