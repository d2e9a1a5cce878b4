#include "app/whatif_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/listing.h"
#include "contract/json_writer.h"
#include "explain/line_text.h"

namespace lifeline::app {

namespace {

using whatif::Comparison;
using whatif::Difference;

constexpr std::size_t words_shown = 160;
constexpr std::size_t args_shown = 100;

std::string outcome_of(const std::optional<whatif::Ruled>& ruled) {
    return ruled ? std::string(whatif::to_text(ruled->outcome)) : std::string("?");
}

// The rules that decided, and whom they ask.
std::string rules_of(const std::optional<whatif::Ruled>& ruled) {
    if (!ruled) return {};
    std::string text = fmt::format("{}", fmt::join(ruled->rules, " "));
    if (!ruled->confirm_by.empty()) text += fmt::format(" ({})", ruled->confirm_by);
    return text;
}

std::string table_of(const WhatIfReport::Decisions& decisions, bool all) {
    Listing table({{"CALL", "sessionId"},
                   {"TIME", "at"},
                   {"ACTION", "actionType"},
                   {"RECORDED", "recorded"},
                   {"BY", "rules"},
                   {"WOULD BE", "would"},
                   {"BY", "wouldRules"},
                   {"", "difference"}});
    std::size_t shown = 0;
    for (const Comparison& one : decisions.comparisons) {
        const Difference difference = one.difference();
        if (difference == Difference::none && !all) continue;
        ++shown;
        const bool begun = one.moment == Comparison::Moment::begun;
        table.row({one.session_id, format_rfc3339(one.at), one.action_type,
                   begun ? "begun" : outcome_of(one.recorded), rules_of(one.recorded),
                   outcome_of(one.would), one.would ? rules_of(one.would) : one.why_unknown,
                   std::string(whatif::to_text(difference))});
    }
    return shown == 0 ? std::string() : table.table() + "\n";
}

std::string words_of(const WhatIfReport::Decisions& decisions, bool all) {
    const whatif::Totals totals = whatif::totals_of(decisions.comparisons);
    std::string text = table_of(decisions, all);
    text += fmt::format(
        "{}, version {}: {} judgements in {} calls: {} the same, {} stricter, {} "
        "looser, {} asking another, {} unknown\n",
        decisions.policy.id(), decisions.policy.version(), decisions.comparisons.size(),
        decisions.calls, totals.same, totals.stricter, totals.looser, totals.asks_another,
        totals.unknown);
    if (decisions.erased > 0)
        text += fmt::format("{} events are erased: what was judged by them is not among these\n",
                            decisions.erased);
    text +=
        "Each judgement is asked on the history that was recorded, not on the one that this policy "
        "would have led to.\n";
    return text;
}

std::string words_of(const rerun::CallDifference& call) {
    using Kind = rerun::CallDifference::Kind;
    std::string text =
        fmt::format("    {:<16}  {}", rerun::to_text(call.kind), explain::line_text(call.type));
    for (const rerun::ArgsChange& change : call.changes)
        text += fmt::format(
            "\n      {}: {} -> {}",
            change.pointer.empty() ? "arguments" : explain::line_text(change.pointer),
            change.was.empty() ? "nothing" : explain::line_text(change.was, args_shown),
            change.would.empty() ? "nothing" : explain::line_text(change.would, args_shown));
    if (call.kind == Kind::only_new) text += "  " + explain::line_text(call.new_json, args_shown);
    if (call.kind == Kind::only_recorded || call.kind == Kind::not_reached)
        text += "  " + explain::line_text(call.recorded_json, args_shown);
    return text + "\n";
}

std::string words_of(const WhatIfTurns::One& one) {
    const auto& [turn, answer, difference] = one;
    std::string text =
        fmt::format("{}  {}  {} by {}: {}\n", turn.session_id, format_rfc3339(turn.at),
                    explain::line_text(turn.turn_id), explain::line_text(turn.agent_id),
                    difference.unknown ? "unknown: " + explain::line_text(difference.why_unknown)
                    : difference.other_calls ? "other calls"
                    : difference.other_words ? "other words"
                                             : "the same");
    for (const auto& call : difference.calls) text += words_of(call);
    if (answer.stopped == "unasked")
        text +=
            "    what it would have been told of a call that nobody made is not known: it ends "
            "here\n";
    if (difference.other_words || difference.unknown)
        text += fmt::format("    recorded  {}\n    new       {}\n",
                            explain::line_text(turn.text, words_shown),
                            explain::line_text(answer.text, words_shown));
    return text;
}

struct TurnTotals {
    std::size_t same = 0;
    std::size_t other_calls = 0;
    std::size_t other_words = 0;
    std::size_t unknown = 0;
    std::int64_t input_tokens = 0;
    std::int64_t output_tokens = 0;
    bool usage_known = true;
    std::int64_t nano = 0;
};

TurnTotals totals_of(const WhatIfTurns& turns) {
    TurnTotals totals;
    for (const auto& [turn, answer, difference] : turns.turns) {
        ++(difference.unknown       ? totals.unknown
           : difference.other_calls ? totals.other_calls
           : difference.other_words ? totals.other_words
                                    : totals.same);
        totals.input_tokens += answer.input_tokens;
        totals.output_tokens += answer.output_tokens;
        totals.usage_known = totals.usage_known && answer.usage_known;
        totals.nano += answer.amount.nano;
    }
    return totals;
}

std::string words_of(const WhatIfTurns& turns, bool all) {
    const TurnTotals totals = totals_of(turns);
    std::string text;
    for (const auto& one : turns.turns)
        if (all || one.difference.differs() || one.difference.unknown) text += words_of(one);
    text += fmt::format(
        "{} ({}): {} turns: {} the same, {} with other calls, {} with other words, "
        "{} unknown; {} left out by --max-turns\n",
        turns.agent, turns.driver, turns.turns.size(), totals.same, totals.other_calls,
        totals.other_words, totals.unknown, turns.left_out);
    text += fmt::format("tokens in {}, out {}{}; {}\n", totals.input_tokens, totals.output_tokens,
                        totals.usage_known ? "" : ", and some that were not told",
                        turns.endpoint.empty()
                            ? std::string("no connection was opened")
                            : fmt::format("the only connection is to {}", turns.endpoint));
    text += "Nothing that it called was carried out, and nothing of it is recorded.\n";
    return text;
}

void write(contract::JsonWriter& json, const whatif::Ruled& ruled) {
    json.object().key("outcome").value(whatif::to_text(ruled.outcome));
    json.key("rules").array();
    for (const std::string& rule : ruled.rules) json.value(rule);
    json.end().key("policy").value(ruled.policy);
    if (!ruled.confirm_by.empty()) json.key("answerableBy").value(ruled.confirm_by);
    json.end();
}

void write(contract::JsonWriter& json, const Comparison& one) {
    json.object().key("sessionId").value(one.session_id).key("seq").value(one.seq);
    json.key("at").value(format_rfc3339(one.at)).key("actionId").value(one.action_id);
    json.key("actionType").value(one.action_type).key("moment");
    json.value(one.moment == Comparison::Moment::begun ? "begun" : "judged");
    json.key("difference").value(whatif::to_text(one.difference()));
    if (one.recorded) write(json.key("recorded"), *one.recorded);
    if (one.would) write(json.key("would"), *one.would);
    if (!one.why_unknown.empty()) json.key("why").value(one.why_unknown);
    json.end();
}

void write(contract::JsonWriter& json, const WhatIfReport::Decisions& decisions, bool all) {
    const whatif::Totals totals = whatif::totals_of(decisions.comparisons);
    json.key("policy").object().key("id").value(decisions.policy.id());
    json.key("version").value(decisions.policy.version());
    json.key("hash").value(decisions.policy.hash()).end();
    json.key("decisions").array();
    for (const Comparison& one : decisions.comparisons)
        if (all || one.difference() != Difference::none) write(json, one);
    json.end().key("totals").object().key("judgements").value(decisions.comparisons.size());
    json.key("calls").value(decisions.calls).key("same").value(totals.same);
    json.key("stricter").value(totals.stricter).key("looser").value(totals.looser);
    json.key("asksAnother").value(totals.asks_another).key("unknown").value(totals.unknown);
    json.key("erasedEvents").value(decisions.erased).end();
}

void write(contract::JsonWriter& json, const WhatIfTurns::One& one) {
    const auto& [turn, answer, difference] = one;
    json.object().key("sessionId").value(turn.session_id).key("turnId").value(turn.turn_id);
    json.key("seq").value(turn.seq).key("at").value(format_rfc3339(turn.at));
    json.key("agentId").value(turn.agent_id).key("state").value(turn.state);
    json.key("difference");
    json.value(difference.unknown       ? "unknown"
               : difference.other_calls ? "calls"
               : difference.other_words ? "words"
                                        : "same");
    if (!difference.why_unknown.empty()) json.key("why").value(difference.why_unknown);
    json.key("text").object().key("recorded").value(turn.text);
    json.key("new").value(answer.text).end().key("calls").array();
    for (const auto& call : difference.calls) {
        json.object().key("actionType").value(call.type);
        json.key("difference").value(rerun::to_text(call.kind));
        if (!call.recorded_json.empty()) json.key("recorded").value(call.recorded_json);
        if (!call.new_json.empty()) json.key("new").value(call.new_json);
        json.key("changes").array();
        for (const auto& change : call.changes) {
            json.object().key("path").value(change.pointer).key("recorded").value(change.was);
            json.key("new").value(change.would).end();
        }
        json.end().end();
    }
    json.end().key("stopped").value(answer.stopped).key("rounds").value(answer.rounds);
    if (!answer.model.empty()) json.key("model").value(answer.model);
    json.key("inputTokens").value(answer.input_tokens);
    json.key("outputTokens").value(answer.output_tokens);
    json.key("usageKnown").value(answer.usage_known).end();
}

void write(contract::JsonWriter& json, const WhatIfTurns& turns, bool all) {
    const TurnTotals totals = totals_of(turns);
    json.key("agent").object().key("name").value(turns.agent).key("driver").value(turns.driver);
    if (!turns.endpoint.empty()) json.key("endpoint").value(turns.endpoint);
    json.end().key("turns").array();
    for (const auto& one : turns.turns)
        if (all || one.difference.differs() || one.difference.unknown) write(json, one);
    json.end().key("turnTotals").object().key("turns").value(turns.turns.size());
    json.key("same").value(totals.same).key("otherCalls").value(totals.other_calls);
    json.key("otherWords").value(totals.other_words).key("unknown").value(totals.unknown);
    json.key("leftOut").value(turns.left_out).key("inputTokens").value(totals.input_tokens);
    json.key("outputTokens").value(totals.output_tokens).key("usageKnown");
    json.value(totals.usage_known).end();
}

}  // namespace

bool WhatIfReport::differs() const {
    if (decisions && whatif::totals_of(decisions->comparisons).differ() > 0) return true;
    return turns && std::ranges::any_of(turns->turns, [](const WhatIfTurns::One& one) {
               return one.difference.differs();
           });
}

std::string WhatIfReport::in_words() const {
    std::string text;
    if (decisions) text += words_of(*decisions, all);
    if (decisions && turns) text += "\n";
    if (turns) text += words_of(*turns, all);
    return text;
}

std::string WhatIfReport::in_json() const {
    contract::JsonWriter json;
    json.object().key("differs").value(differs());
    if (since) json.key("since").value(format_rfc3339(*since));
    if (decisions) write(json, *decisions, all);
    if (turns) write(json, *turns, all);
    json.end();
    return json.take() + "\n";
}

}  // namespace lifeline::app
