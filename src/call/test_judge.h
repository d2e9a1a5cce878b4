#pragma once

#include <map>
#include <string>

#include "call/judge.h"

// For this room's tests: what the tools are and what the policy says, as a test has it.
namespace lifeline::call {

class TestJudge final : public Judge {
public:
    std::map<std::string, ToolFacts, std::less<>> tools;
    std::map<std::string, Ruling, std::less<>> rulings;
    std::string version = "1";
    Needs wanted;                                                   // Of every type.
    mutable contract::Risk asked_risk = contract::Risk::read_only;  // The last time.
    std::int64_t day_counts_most = 3;  // More than that is denied, where it is asked.

    void add(const std::string& type, contract::Risk risk, bool repeatable, int attempts,
             Ruling::Outcome outcome, std::string executor = "http") {
        tools[type] = {risk,     repeatable,          std::chrono::seconds(10),
                       attempts, std::move(executor), {contract::Role::agent}};
        Ruling ruling;
        ruling.outcome = outcome;
        ruling.policy_id = "test";
        ruling.rules = {"rule_1"};
        ruling.inputs_hash = std::string(64, 'a');
        ruling.reason = "not_wanted";
        ruling.message = "Because of the test.";
        rulings[type] = ruling;
    }

    std::optional<ToolFacts> tool(std::string_view type) const override {
        const auto found = tools.find(type);
        if (found == tools.end()) return std::nullopt;
        return found->second;
    }
    Result<void> check_args(std::string_view, std::string_view args) const override {
        if (args.find("\"bad\"") == std::string_view::npos) return {};
        return fail(Code::malformed, "args_invalid", "bad is not wanted", "/payload/args/bad");
    }
    Ruling rule(const Question& question) const override {
        asked_risk = question.risk;
        Ruling ruling = rulings.at(std::string(question.action_type));
        ruling.policy_version = version;
        const Facts& facts = question.facts;
        if (facts.counts && facts.counts->owner > day_counts_most)
            ruling.outcome = Ruling::Outcome::deny;
        if (facts.engine && facts.engine->outcome == EngineWord::Outcome::deny)
            ruling.outcome = Ruling::Outcome::deny;
        if (facts.engine && facts.engine->outcome == EngineWord::Outcome::confirm &&
            ruling.outcome == Ruling::Outcome::allow)
            ruling.outcome = Ruling::Outcome::confirm;
        return ruling;
    }
    Needs needs(std::string_view) const override { return wanted; }
    Spoken spoken(std::string_view text, std::string_view lang) const override {
        if (text == "Yes." && lang != "xx") return Spoken::yes;
        return text == "No." ? Spoken::no : Spoken::neither;
    }
    Shown show(std::string_view type, std::string_view summary,
               std::string_view args) const override {
        Shown shown;
        shown.title = std::string("Run ") + std::string(type) + "?";
        shown.description = summary;
        shown.preview = args;
        shown.target = "hr@example.com";
        return shown;
    }
};

}  // namespace lifeline::call
