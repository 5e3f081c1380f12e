/* The words of the lexicon. Included by lexicon.c alone.
 *
 * Entries are separated by spaces. A star matches any end of the word, an underscore joins
 * the words of a phrase, a minus in front marks what is against the concept. All is in
 * small letters; clitics are words of their own (tokens.h).
 */
#ifndef ENCODE_LEXICON_ENTRIES_H
#define ENCODE_LEXICON_ENTRIES_H

#include "encode/lexicon.h"

static const char *const entries[CONCEPT_COUNT] = {
    [CONCEPT_CONCISE] =
        "concis* brief brief* short shorter shortest shorten* succinct* terse* compact* "
        "condens* "
        "pithy crisp* laconic* economical* minimal* bare_bones bullet* summar* tl_dr tldr "
        "gist "
        "to_the_point straight_to direct_answer get_straight_to quick* snappy tight "
        "tighter trim* lean few_words fewer_words as_few single_sentence one_sentence "
        "two_sentences one_line one_liner one_paragraph in_a_nutshell -fluff* -filler* "
        "-padd* essential* boil* busy only_the_answer just_the_answer skim* glance "
        "small words_or_less under_a_minute",
    [CONCEPT_CLEAR] = "clear* clarity unambiguous* readable readability legib* coheren* "
                      "comprehensib* plain* "
                      "simple simpler simplest simply simplicity simplif* easy_to_follow "
                      "easy_to_understand "
                      "easy_to_read easy_language everyday_words everyday_language "
                      "straightforward* lucid* "
                      "intelligib* well_organi* well_structured understandab* organi* "
                      "orderly layperson* layman* "
                      "lay_person lay_reader accessib* uncluttered transparen* "
                      "cleanly logical_flow flow* -confus* -muddl* tidy neat*",
    [CONCEPT_DETAILED] =
        "detail* in_detail thorough* comprehensive* in_depth depth deep deeper deeply "
        "deep_dive "
        "extensive* elaborat* exhaustive* complete completeness full_picture fully long "
        "longer "
        "longest lengthy expand* verbos* wordy wordiness ramble* rambling long_winded "
        "every_aspect all_aspects every_angle nuance* "
        "broad breadth rich richer richly complex* multi_faceted multifaceted in_full "
        "background "
        "specifics as_much_as cover* leave_nothing nothing_out wide_ranging",
    [CONCEPT_TECHNICAL] =
        "technical* expert* advanced specialist* specialis* specializ* jargon "
        "professional_level "
        "engineer* developer* terminolog* algorithm* code codes coding programm* "
        "implementation* "
        "scientific* science scientist* mathematic* equation* formula* quantitative* "
        "graduate_level "
        "phd architecture internals low_level under_the_hood sophisticat* academic_level "
        "insider* practitioner* domain_knowledge",
    [CONCEPT_CREATIVE] =
        "creativ* original originality imaginat* imagine invent* inventive* novel novelty "
        "innovat* unique uniqueness unusual* unexpected* surpris* fresh* inspir* "
        "out_of_the_box "
        "outside_the_box unconventional* quirky whimsical* whimsy fantas* brainstorm* "
        "artistic* visionary daring bold bolder offbeat new_ideas new_idea wild wildest "
        "-cliche* "
        "cliché* -generic -predictab* -boilerplate experimental* playful_ideas ingenious* "
        "ingenuity "
        "never_seen not_been_done unheard",
    [CONCEPT_RIGOROUS] =
        "rigor* rigour* logical* logic reason* proof* prove* proving deriv* analy* "
        "critical* "
        "systematic* methodical* methodolog* method precise* precision exact* careful* "
        "assumption* justif* argument* step_by_step_reasoning evidence_based hypothes* "
        "statistic* empiric* sound soundness valid* consisten* strict* formal_proof "
        "caveat* "
        "uncertain* limitation* peer_review* theor* scholarly academic* objective* "
        "scrutin* "
        "well_reasoned counterargument* counterexample* deduct* infer* skeptic* sceptic*",
    [CONCEPT_FACTUAL] =
        "fact facts factual* accura* correct* true truth truthful* verif* verifi* reliab* "
        "trustworthy source sources sourced cite* citing citation* reference* evidence "
        "data "
        "figures dates up_to_date authoritative* credib* well_researched research_backed "
        "fact_check* error_free =mistake* =error =errors =misinformation =made_up "
        "=hallucinat* "
        "=fabricat* =speculat* =guess* =rumor* =rumour* myth* documented historical* "
        "honest* "
        "real_world_data numbers grounded ground_truth =wrong =exaggerat*",
    [CONCEPT_FRIENDLY] =
        "friendl* warm* kind kindly kindness welcoming approachab* conversational* chatty "
        "casual* "
        "informal* relaxed supportive* encourag* empath* sympath* compassion* caring "
        "understanding_tone gentle gently personable personal_tone user_friendl* reassur* "
        "cheer* upbeat positive* polite* courte* patient patience easygoing easy_going pal "
        "buddy "
        "down_to_earth like_a_friend good_friend a_friend considerate* comfort* tender* "
        "heartfelt welcome inviting invitingly sociable nice -cold* -robotic* -impersonal* "
        "-stiff*",
    [CONCEPT_FORMAL] =
        "formal* professional* business* official* dignif* respectful_tone diplomatic* "
        "proper "
        "properly polished corporate executive* legal* serious* sober* neutral_tone "
        "neutral* "
        "impartial* standard_english -slang -contractions -colloquial* -emoji* etiquette "
        "businesslike decorum solemn* letterhead boardroom memo stately",
    [CONCEPT_NARRATIVE] =
        "narrat* story stories storytell* story_telling storyteller* tale tales character* "
        "plot plots scene scenes dialogue dialog fiction* vivid* dramatic* drama suspens* "
        "protagonist* hero heroes heroine* villain* chapter* novelist anecdot* setting arc "
        "adventure* journey fable* fairy_tale* myth_like legend* once_upon_a_time "
        "beginning_middle climax* cliffhanger* immers* unfold* bring_it_to_life "
        "bring_to_life saga* gripping tension engag* emotion* captivat*",
    [CONCEPT_HUMOROUS] =
        "humor* humour* funny funnier funniest joke* joking* jok* wit witty wittier "
        "wittily "
        "laugh* comed* comic* hilari* amus* pun puns punny sarcas* ironic* irony satir* "
        "playful* "
        "silly silliness goofy parod* entertain* fun light_hearted lighthearted "
        "light_touch levity "
        "banter chuckle* giggl* grin* smile tongue_in_cheek absurd* slapstick punchline* "
        "punch_line* cheeky jest* deadpan stand_up crack_me_up ridiculous*",
    [CONCEPT_PEDAGOGIC] =
        "pedagog* teach* tutor* lesson* learn* educat* explain* explanation* student* "
        "pupil* "
        "beginner* novice* newcomer* child children kid kids year_old year_olds classroom* "
        "instruct* didactic* step_by_step one_step_at_a_time walk_me_through walk_through "
        "walkthrough guide_me guided example* illustrat* analog* metaphor_for exercise* "
        "practice* "
        "quiz* understand* why_it_works scaffold* from_scratch first_principles basics "
        "fundamentals introduct* intro school* professor* lecture* coach* show_your_work "
        "show_your_working show_me_how grasp* follow_along eli5 new_to",
    [CONCEPT_POETIC] =
        "poet* poem* poems verse verses rhym* lyric* song songs sonnet* haiku* limerick* "
        "ode "
        "metaphor* simile* imagery alliterat* wordplay word_play play_on_words linguistic* "
        "literary figurative* flourish* eloquen* ornate flowery evocative* rhythm* "
        "cadence* "
        "stylistic* stylish* beautiful_language beautifully lush musical* melodi* rhetor* "
        "turn_of_phrase turns_of_phrase varied_vocabulary vocabulary prose language_play "
        "sound_of_words lilt* stanza* elegan* expressive* sensory",
    [CONCEPT_CULTURAL] =
        "cultur* multicultural* cross_cultural* tradition* inclusiv* divers* respectful* "
        "sensitiv* global* internation* countr* ethnic* religio* indigenous =stereotyp* "
        "=bias* =prejudic* custom customs heritage background_of worldview* minority "
        "minorities "
        "communit* language_of society societ* perspectives other_perspectives "
        "local_customs "
        "equit* tolera* foreign* world_wide worldwide ancestr* folklore gender*",
    [CONCEPT_SAFE] =
        "safe safer safely safety harmless =harm* =danger* risk* =toxic* =offens* "
        "=inappropriate* "
        "=illegal* ethic* =unethical* moral* responsib* caution* cautious* warn* disclaim* "
        "appropriate* family_friendly child_friendly age_appropriate privacy private "
        "confidential* "
        "=violen* =weapon* =abus* =hateful =profan* =swear* =self_harm refus* declin* "
        "decent* "
        "consult_a seek_professional =hazard* secure* security prudent* trigger*",
    [CONCEPT_PRACTICAL] =
        "practical* actionab* useful* usab* helpful* applicab* pragmatic* hands_on "
        "real_world "
        "real_life concrete* tip tips advice how_to instructions implement* checklist* "
        "steps action_plan plan plans plan_of solution* solve* tool tools to_do todo "
        "next_steps "
        "realistic* feasib* everyday budget* immediately_useful ready_to_use apply "
        "applying "
        "recommend* recipe* troubleshoot* workable do_it_yourself diy try_at_home "
        "specific* "
        "convenien* efficien* effective*",
};

/* Turn what stands behind them into its opposite. */
static const char *const negations =
    "not n't no nothing never without avoid* less least fewer nor neither hardly "
    "rather_than "
    "instead_of "
    "as_opposed_to don dont stop* skip* drop* omit* exclud* minimi* limit* reduc* lack* "
    "free_of "
    "non anti nothing_too cut_out leave_out hold_back spare_me tired_of hate dislike* "
    "opposite_of "
    "refrain* steer_clear_of stay_away_from too overly unnecessar* needless* cut_the";

/* Hold a negation without meaning one, or a word without its sense. */
static const char *const exceptions =
    "not_only not_just not_merely no_matter no_more_than not_necessarily no_doubt "
    "no_problem "
    "never_mind short_story short_stories kind_of kinds_of sort_of in_order_to as_long_as "
    "no_longer long_ago true_story no_less if_not of_course at_least less_than or_less "
    "no_later_than too_long_ago nothing_less_than none_the_less";

#endif
