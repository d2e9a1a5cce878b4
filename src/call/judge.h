#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "call/action.h"
#include "call/facts.h"
#include "contract/risk.h"
#include "contract/role.h"

// What a call asks of those above it, who know tools and policies: it decides by their words and
// knows neither.
namespace lifeline::call {

// What a tool is, as far as a call needs it.
struct ToolFacts {
    contract::Risk risk = contract::Risk::high_risk_external_send;
    bool repeatable = false;  // Read-only, or declared idempotent: may be tried again.
    Millis timeout{0};
    int attempts = 1;
    std::string executor;  // Which kind of executor runs it: "http", "client", ...
    contract::RoleSet requesters;
    bool probed = false;  // Somebody can be asked what came of it.
};

// What the person who is asked is shown, made from the very arguments that would be executed.
struct Shown {
    std::string title;
    std::string description;
    std::string scope_kind = "other";
    std::string target;
    std::vector<std::string> recipients;
    std::string amount;
    std::string currency;
    bool external = true;
    std::string preview;
};

struct Consent {
    std::string subject;
    std::string state;
};

struct Question {
    std::string_view action_type;
    contract::Risk risk = contract::Risk::high_risk_external_send;
    contract::Role role = contract::Role::agent;
    std::string_view requester_id;
    std::string_view session_id;
    std::string_view account_id;
    std::string_view args_json;
    std::int64_t count_in_call = 0;  // Of this type, accepted before this one.
    std::span<const Consent> consents;
    Facts facts;
};

struct Ruling {
    enum class Outcome : std::uint8_t { allow, deny, confirm };
    Outcome outcome = Outcome::deny;
    std::string policy_id;
    std::string policy_version;
    std::vector<std::string> rules;  // Which decided.
    std::string inputs_hash;
    std::string reason;   // A code, for deny.
    std::string message;  // For the person; may be empty.
    std::string severity = "warning";
    Confirmer confirm_by = Confirmer::owner;
    Millis confirm_within{0};
    bool may_edit = true;
    bool by_voice = false;  // A spoken yes counts, too.
    Millis took{0};         // Where it was asked for and waited for.
    bool stopped = false;   // By a kill switch: nothing else needs to be known.
};

// A snapshot: the same questions get the same answers, for as long as it lives.
class Judge {
public:
    virtual ~Judge() = default;

    // Null for a type that nobody has declared.
    virtual std::optional<ToolFacts> tool(std::string_view action_type) const = 0;
    // Refuses arguments that the tool does not take: args_invalid, with a pointer.
    virtual Result<void> check_args(std::string_view action_type,
                                    std::string_view args_json) const = 0;
    virtual Ruling rule(const Question& question) const = 0;
    // What has to be in the question's facts.
    virtual Needs needs(std::string_view) const { return {}; }
    // Whether that is a yes or a no and nothing besides, in that language ("de"; empty: not known).
    virtual Spoken spoken(std::string_view, std::string_view) const { return Spoken::neither; }
    virtual Shown show(std::string_view action_type, std::string_view summary,
                       std::string_view args_json) const = 0;
};

// Knows no tool, so that no action is accepted.
std::shared_ptr<const Judge> no_tools();

}  // namespace lifeline::call
