#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/result.h"
#include "base/signature.h"
#include "billing/billing_store.h"
#include "contract/event.h"
#include "contract/json.h"
#include "metering/key_history.h"
#include "proof/line.h"

namespace lifeline::proof {

// Books a statement once more, from its usage records and cards, by the rules that the server books
// by: whether each charge and adjustment is what has to be booked there, and what the statement
// comes to. It has a view of its own, in memory, that is folded from nothing but the file's events.
class Recount {
public:
    // `head` outlives it.
    static Result<std::unique_ptr<Recount>> open(const Head& head);

    // The keys that sign usage, from the first change on.
    Status take(const archive::KeyLine& key) { return keys_.take(key.payload, key.position); }

    // The next event, in the order of the journal: what is wrong with it, or nothing. What is wrong
    // with one says nothing of those behind it.
    std::optional<std::string> take(const Record& record);

    // Whether the head names the months that are closed here, and no other.
    std::optional<std::string> wrong_with_head() const;

    // What all of it comes to; refused where it comes to nothing that can be said.
    Result<std::string> statement_json();

    // Of those that are as they were signed.
    struct Usage {
        std::string record_id;
        Digest payload{};
    };
    const std::multimap<std::string, Usage, std::less<>>& usage() const { return usage_; }

    struct Counts {
        std::uint64_t cards = 0;  // Versions.
        std::uint64_t charges = 0;
        std::uint64_t adjustments = 0;
        std::uint64_t by_hand = 0;  // Of those: what a person decided.
        std::uint64_t costs = 0;    // Charges that say what they cost us.
        bool cost_card = false;     // Is there, so that these are checked.
        bool closed = false;
    };
    const Counts& counts() const { return counts_; }

private:
    Recount(const Head& head, billing::BillingStore store)
        : head_(head), store_(std::move(store)) {}

    using Wrong = std::optional<std::string>;
    Wrong wrong_with(const Record& record, const contract::Event& event);
    Wrong wrong_with_card(const contract::Event& event);
    Wrong wrong_with_assignment(const contract::Event& event);
    Wrong wrong_with_usage(const Record& record, const contract::Event& event);
    Wrong wrong_with_entry(std::string_view id, const contract::Event& event);
    Wrong wrong_with_closing(const contract::Event& event);
    Wrong missing_record(const contract::Json& payload) const;
    Wrong missing_charge();

    const Head& head_;
    contract::EventChecker checker_;
    metering::KeyHistory keys_;
    billing::BillingStore store_;
    std::multimap<std::string, Usage, std::less<>> usage_;       // By their call.
    std::map<std::string, std::uint64_t, std::less<>> records_;  // By their ids: their numbers.
    std::set<Month> closed_;
    Counts counts_;
};

}  // namespace lifeline::proof
