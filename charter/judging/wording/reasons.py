"""Why nothing was examined, or nobody can tell, in words: by the reason of a verdict, or what it lacks."""

from __future__ import annotations

NOT_EXAMINED = {
    "not_measured_yet": "Not examined: nothing measures this yet.",
    "not_attested": "Not examined: nobody has handed in the statement, with its document, expected from: {role}.",
    "no_groups": "Not examined: the system file declares no groups of people to compare.",
    "no_decision": "Not examined: this log says who stands where in lists, and nothing of what was decided.",
    "no_outcome": "Not examined: the log does not hold what became of people.",
    "no_reference": "Not examined: no reference period is declared to compare with.",
    "no_score": "Not examined: the log holds no score.",
    "no_features": "Not examined: the system file names no data to follow.",
    "no_controls": "Not examined: the system file declares nothing by which profiles could be compared.",
    "no_stages": "Not examined: the system file declares no stages.",
    "no_actors": "Not examined: the system file does not say at each stage who acts there, the tool, the adviser, the "
    "person or the employer.",
    "no_ranks": "Not examined: the system file names no lists and places in them.",
    "no_person": "Not examined: the system file does not say which decisions are about the same person.",
    "no_contacts": "Not examined: the system file declares no log of messages.",
    "no_reviews": "Not examined: no log of what people decide says which agents reviewed, so that teams of 11 could be "
    "told from smaller ones.",
    "no_reading_time": "Not examined: the log of what people decide says not by which agents, in how many seconds or "
    "over how many words they reviewed.",
    "no_reworked_texts": "Not examined: the log of texts does not say what agents made of them. It would take, for "
    "each, what became of it, and as a code that is hashed for which agent of which team it was written; figures are "
    "of teams of 11 or more.",
    "no_texts_in_time": "Not examined: the log of texts does not say how long agents had them before their eyes. It "
    "would take, for each, when it was shown and when it was sent, how many words it has, and the agent and the team.",
    "no_agencies": "Not examined: the system file declares no counts by agency and month. It would take, for each "
    "agency, with the system or without, since when it has it, and for each month how many people it follows and how "
    "many of them return to work.",
    "no_accounts": "Not examined: nobody has imported an export of the accounts that can reach the data. It would take "
    "one a month, with the second factor, the role and the rights of each account, and the rights that each role "
    "needs.",
    "no_trained_users": "Not examined: the log of uses does not say who used it and when they were trained.",
    "no_triggers": "Not examined: the organisation gives no log of controls that says what led to each. It would take "
    "one row per control, with the person, the day and what it was triggered by, and in the system file which of these "
    "come of a reply or its absence.",
    "no_search_controls": "Not examined: the organisation gives no log of controls. It would take one row per control, "
    "with the person and the day, to see whether those who did not answer are controlled more often.",
    "no_notices": "Not examined: the system file does not say which templates of messages say that a machine writes. "
    "It would take, in the log of messages, the template of each with its version, and a list of those whose notice "
    "was approved, since when.",
    "no_purposes": "Not examined: the system file does not say for which purposes or tasks the system may be used. It "
    "would take that list, and a log of uses with the purpose or the task of each.",
    "no_allowed_places": "Not examined: the system file does not say where models may run, and by whom. It would take "
    "the list of allowed places and providers, and a log of texts with the place and the provider of each call.",
    "no_adverts": "Not examined: the system file does not say which texts are job adverts. It would take, in the log "
    "of texts, the use of each, what the agent did with it, and the draft and the text that went out; they are looked "
    "through as they come in, and need not be stored.",
    "no_personal_kinds": "Not examined: the system file does not say which personal data have no place in texts. It "
    "would take that list, and in the log of texts what was written, what went out and to whom; they are looked "
    "through as they come in, and need not be stored.",
    "no_called_models": "Not examined: the system file does not say which models are called. It would take the "
    "parameters of each and the data centre that it runs in, and a log of texts with the model and the tokens of each "
    "call.",
    "no_text_outcomes": "Not examined: the log of texts does not say what became of them. It would take, for each, "
    "whether it was kept, edited, rejected or written again.",
    "no_marks": "Not examined: the system file does not say which texts must bear a mark that a machine wrote them. It "
    "would take, in the log of texts, the mark of each and what became of it, and a list of the approved marks, since "
    "when.",
    "no_closings": "Not examined: the log of messages does not say when the lists that they are about close.",
    "no_smartphones": "Not examined: the log of messages does not say who has a smartphone, or when lists close.",
    "no_replies": "Not examined: the log of messages does not say when people replied.",
    "no_measure": "Not examined: nothing was measured for this question in this period.",
    "no_incident": "Not examined: no incident of this system was ever recorded. Nobody knows whether there was none, "
    "or nobody records them.",
    "no_request": "Not examined: no request for an explanation was ever recorded for this system. Nobody knows "
    "whether there was none, or nobody records them.",
    "no_training": "Not examined: nobody has recorded how many of those who use it were trained before they did.",
    "no_planting": "Not examined: nobody has recorded a protocol of planted errors. It would take one that the works "
    "council knows, sealed before its first case exists, and then how many errors were noticed, by team.",
    "no_opinion": "Not examined: no opinion and no recommendation about this system was ever recorded.",
    "no_stocktaking": "Not examined: nobody has taken stock of the uses in service and of the models that belong to "
    "none.",
    "no_public_rules": "Not examined: the register does not say whether the rules of this system are published, or it "
    "is not in service.",
    "no_pairs": "Not examined: nobody has recorded a test with pairs of requests, alike but for a first name, an age "
    "or a place.",
    "no_version": "Not examined: the log does not say which version of the model decided, or the register names none "
    "that was examined.",
    "not_audited": "Not examined: no audit has counted decisions of this system yet.",
}
CANNOT_TELL = {
    "no_comparison": "We cannot tell. There is only one group in these decisions: nothing to compare.",
    "no_other_group": "We cannot tell. There is only one group in these decisions: nothing to compare.",
    "reference_absent": "We cannot tell. The group that others are compared with is absent from these decisions.",
    "selective_labels": "We cannot tell. What became of people is known only for those {decision}: "
    "comparing errors would mislead.",
    "no_outcomes": "We cannot tell. What became of people is not known yet.",
    "not_mature": "We cannot tell yet. What became of people can be read only from {date}: the outcomes that come "
    "earlier are not like the others.",
    "expired": "We cannot tell. The legal basis for using these data ended on {date}: nothing of them is read or "
    "shown.",
    "rows_purged": "We cannot tell. The decisions of this period were removed before they were counted by profile.",
    "not_a_probability": "We cannot tell. The score is no probability: it announces no rate to hold to what happened.",
    "too_many_strata": "We cannot tell. There are so many different profiles that hardly anybody has a counterpart.",
    "no_common_stratum": "We cannot tell. No profile is found in both of the groups compared.",
    "no_common_list": "We cannot tell. No list holds people of both of the groups compared.",
    "zero_denominator": "We cannot tell. One of the groups has no case to count.",
    "empty_window": "We cannot tell. One of the two periods holds no decision.",
    "no_values": "We cannot tell. In one of the two periods the column holds no value at all.",
    "small_teams": "We cannot tell. No team of 11 agents or more reviewed anything in this period, and nothing is told "
    "of smaller ones.",
    "no_reading_time": "We cannot tell. Too many reviews do not say how long they took, or how many words were shown.",
    "no_text_time": "We cannot tell. Too many texts do not say how long they were read, or how many words they have.",
    "short_span": "We cannot tell. Fewer than three months of decisions are there: for a while, nearly everybody is on "
    "no list.",
    "mostly_forgotten": "We cannot tell. More than 8 people in 10 of the group compared with are on no list: no group "
    "could be forgotten a quarter more often.",
    "few_lists_tell": "We cannot tell. The lists are too few, or a few of them hold most of the people who are on one "
    "list only: nobody can see how much chance decides.",
    "gap_may_be_zero": "We cannot tell. There may be no gap at all between these groups at the end: no share of it can "
    "be told.",
    "few_moved_on": "We cannot tell. At one stage so few people moved on, or so few did not, that nobody can say "
    "where a gap opens.",
    "few_corrections": "We cannot tell. So few people were put in or taken out by agents that nothing can be said of "
    "it.",
    "no_gap_left": "We cannot tell. There may be no gap at all between these groups after corrections: no part of it "
    "can be told.",
    "few_selected": "We cannot tell. So few people of a group were selected that no gap can be told.",
    "outcomes_unseen": "We cannot tell. What became of too many of these people is not known: depending on that, the "
    "answer could be either.",
    "no_stop": "We cannot tell. The log holds nobody who had said STOP early enough to see whether it is heeded.",
    "no_second_factor": "We cannot tell. The export tells of no account whether it needs a second factor.",
    "no_template": "We cannot tell. No first message in this period names its template.",
    "no_trigger": "We cannot tell. The log of controls does not say what led to them.",
    "no_label": "We cannot tell. The log does not say what these uses are for.",
    "no_place": "We cannot tell. The log does not say where models ran, or by whom.",
    "no_mark_told": "We cannot tell. No text of this period that had to be marked tells whether it was.",
    "no_text_read": "We cannot tell. No text of this period that went out could be read.",
    "no_parameters": "We cannot tell. The system file gives the parameters of none of the models that were called.",
    "no_useful_text": "We cannot tell. The log says of no text of this period that it was of use.",
    "one_cluster": "We cannot tell. All calls are of one team, of one day, or exactly alike: how far off the figure "
    "may be cannot be told.",
    "no_earlier_months": "We cannot tell. It takes two earlier months at least to have a level to compare with.",
    "none_discarded": "We cannot tell. The log says of no text that it was rejected or written again, now or before: "
    "perhaps it does not know.",
    "no_times": "We cannot tell. Too many messages say on which day they left, and not at what time.",
    "part_of_month": "We cannot tell. This is told of whole months only: from two periods that differ by some days, "
    "one could tell what concerns the few people of these.",
    "nobody_started": "We cannot tell. In these counts no agency started after the first month: there is no before and "
    "after to compare.",
    "few_agencies": "We cannot tell. So few agencies started, or did not, that their differences alone could explain "
    "any gap: it takes at least ten of each.",
    "agencies_with_gaps": "We cannot tell. For too many agencies a month is missing, told twice, or of two starts: "
    "those left may not be like the others.",
    "short_before": "We cannot tell. It takes at least three months before the start, in at least ten agencies that "
    "started, to see whether they already changed otherwise than the others.",
    "nothing_varies": "We cannot tell. These counts hardly differ between agencies: how far off they may be cannot "
    "be told.",
    "not_parallel": "We cannot tell. Before the start, the agencies that were to have the system already changed "
    "otherwise than the others: a gap afterwards cannot be put down to it.",
    "one_bin": "We cannot tell. In both periods the column holds one value only, or only values too rare to compare.",
}
LEFT_OUT = {
    "": (
        "We cannot tell. Of {rows} decisions, {n} was set aside ({share} in 100): from {limit} in 100 on, the "
        "charter draws no conclusion from those that are left.",
        "We cannot tell. Of {rows} decisions, {n} were set aside ({share} in 100): from {limit} in 100 on, the "
        "charter draws no conclusion from those that are left.",
    ),
    "reference": (
        "We cannot tell. Of {rows} decisions of the reference period, {n} was set aside ({share} in 100): from "
        "{limit} in 100 on, the charter draws no conclusion from those that are left.",
        "We cannot tell. Of {rows} decisions of the reference period, {n} were set aside ({share} in 100): from "
        "{limit} in 100 on, the charter draws no conclusion from those that are left.",
    ),
    "outcomes": (
        "We cannot tell. Of {rows} outcomes, {n} was set aside ({share} in 100): from {limit} in 100 on, the "
        "charter draws no conclusion from those that are left.",
        "We cannot tell. Of {rows} outcomes, {n} were set aside ({share} in 100): from {limit} in 100 on, the "
        "charter draws no conclusion from those that are left.",
    ),
    "contacts": (
        "We cannot tell. Of {rows} messages, {n} was set aside ({share} in 100): from {limit} in 100 on, the "
        "charter draws no conclusion from those that are left.",
        "We cannot tell. Of {rows} messages, {n} were set aside ({share} in 100): from {limit} in 100 on, the "
        "charter draws no conclusion from those that are left.",
    ),
    "human_actions": (
        "We cannot tell. Of {rows} decisions of agents, {n} was set aside ({share} in 100): from {limit} in 100 on, "
        "the charter draws no conclusion from those that are left.",
        "We cannot tell. Of {rows} decisions of agents, {n} were set aside ({share} in 100): from {limit} in 100 on, "
        "the charter draws no conclusion from those that are left.",
    ),
    "usage": (
        "We cannot tell. Of {rows} uses, {n} was set aside ({share} in 100): from {limit} in 100 on, the charter draws "
        "no conclusion from those that are left.",
        "We cannot tell. Of {rows} uses, {n} were set aside ({share} in 100): from {limit} in 100 on, the charter "
        "draws no conclusion from those that are left.",
    ),
    "accounts": (
        "We cannot tell. Of {rows} accounts, {n} was set aside ({share} in 100): from {limit} in 100 on, the charter "
        "draws no conclusion from those that are left.",
        "We cannot tell. Of {rows} accounts, {n} were set aside ({share} in 100): from {limit} in 100 on, the charter "
        "draws no conclusion from those that are left.",
    ),
    "generations": (
        "We cannot tell. Of {rows} texts, {n} was set aside ({share} in 100): from {limit} in 100 on, the charter "
        "draws no conclusion from those that are left.",
        "We cannot tell. Of {rows} texts, {n} were set aside ({share} in 100): from {limit} in 100 on, the charter "
        "draws no conclusion from those that are left.",
    ),
    "search_controls": (
        "We cannot tell. Of {rows} controls, {n} was set aside ({share} in 100): from {limit} in 100 on, the charter "
        "draws no conclusion from those that are left.",
        "We cannot tell. Of {rows} controls, {n} were set aside ({share} in 100): from {limit} in 100 on, the charter "
        "draws no conclusion from those that are left.",
    ),
    "agencies": (
        "We cannot tell. Of {rows} counts by agency, {n} was set aside ({share} in 100): from {limit} in 100 on, the "
        "charter draws no conclusion from those that are left.",
        "We cannot tell. Of {rows} counts by agency, {n} were set aside ({share} in 100): from {limit} in 100 on, the "
        "charter draws no conclusion from those that are left.",
    ),
}
"""By the part of what was left out that keeps the charter from judging."""
LOG_STOPS = {
    "contacts": "We cannot tell. The log of messages stops on {date}, {days} days before the end of this period: "
    "nobody knows what came after.",
    "human_actions": "We cannot tell. The log of what agents decide stops on {date}, {days} days before the end of "
    "this period: nobody knows what came after.",
    "usage": "We cannot tell. The log of uses stops on {date}, {days} days before the end of this period: nobody knows "
    "what came after.",
    "generations": "We cannot tell. The log of texts stops on {date}, {days} days before the end of this period: "
    "nobody knows what came after.",
    "search_controls": "We cannot tell. The log of controls stops on {date}, {days} days before the end of this "
    "period: nobody knows what came after.",
}
"""By the log that ends so early that no promise can be kept by it."""
HOLES = {
    "contacts": "We cannot tell. The log of messages holds nothing from {first} to {until}: "
    "nobody knows what happened then.",
    "human_actions": "We cannot tell. The log of what agents decide holds nothing from {first} to {until}: "
    "nobody knows what happened then.",
    "usage": "We cannot tell. The log of uses holds nothing from {first} to {until}: nobody knows what happened then.",
    "generations": "We cannot tell. The log of texts holds nothing from {first} to {until}: "
    "nobody knows what happened then.",
    "search_controls": "We cannot tell. The log of controls holds nothing from {first} to {until}: "
    "nobody knows what happened then.",
    "decisions": "We cannot tell. The log of decisions holds nothing from {first} to {until}: "
    "nobody knows what was decided then.",
}
"""By the log that has a hole in the period; the last day up to which it was known lies before."""
