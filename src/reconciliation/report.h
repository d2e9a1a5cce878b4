#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/window.h"
#include "pricing/int128.h"
#include "reconciliation/verdict.h"

namespace lifeline::reconciliation {

// What is compared: one line of an account's card in one hour; at a sink where one is named. What
// no card fits has a meter and no item.
struct Key {
    std::string account;
    Window window;
    std::string meter;
    std::string item;
    std::string card;
    std::uint32_t card_version = 0;
    std::string currency;
    std::string sink = {};
    friend auto operator<=>(const Key&, const Key&) = default;
};

struct Amounts {
    std::int64_t quantity = 0;
    std::optional<pricing::Int128> amount = {};  // Nothing: unpriced, or not said.
};

// What would mend it: words for people, numbers where there are some.
struct Proposal {
    std::string action;  // none, wait, redrive, adjust, measure, ask_sink, person
    std::optional<std::int64_t> quantity = {};
    std::optional<pricing::Int128> amount = {};
    std::string meaning = {};
    std::string fix = {};
};

struct Row {
    Key key;
    Verdict verdict = {};
    Amounts expected = {};  // Counted again; at a sink, booked for it.
    Amounts recorded = {};  // What the layer has.
    std::int64_t counted = 0;
    std::int64_t measured = 0;
    std::int64_t booked = 0;
    std::vector<std::string> calls = {};      // In which it differs, up to 50.
    std::vector<std::string> differing = {};  // Records and charges that differ.
    std::vector<std::string> ids = {};  // Those first, then what else is behind it, up to 200.
    std::string finding_id = {};        // Empty where there is nothing to find.
    Proposal proposal = {};

    bool is_finding() const { return group_of(verdict.klass) == Group::needs_you; }
};

// A sink that gets every charge, of the hours from some on.
struct ExpectedSink {
    std::string name;
    std::optional<Window> from = {};
    friend bool operator==(const ExpectedSink&, const ExpectedSink&) = default;
};

// How a run was asked. The same, of the same journal, is the same report.
struct RunQuery {
    std::string run_id;
    Window first;
    Window last;  // Included.
    std::uint64_t up_to = 0;
    std::string config_sha256 = {};
    std::chrono::hours horizon = std::chrono::days(33);
    // So long a sink that has not refused a charge may be without it.
    std::chrono::hours deliver_within = std::chrono::hours(24);
    std::vector<ExpectedSink> sinks = {};  // Others are compared only where they spoke.
};

struct Report {
    RunQuery query;
    std::vector<Row> rows;  // In the order of their keys.
    std::uint64_t in(Group group) const;
    std::uint64_t of(Class klass) const;
    std::vector<const Row*> findings() const;
};

// Derived from what is compared and what is wrong with it.
std::string finding_id(const Key& key, const Verdict& verdict);
// billing.reconciliation.mismatch
std::string mismatch_json(const Row& row, std::string_view run_id);
// Canonical: the same report is the same bytes. What is signed is `lifeline-reconciliation-1`, a
// line feed, and their SHA-256 in hexadecimal.
std::string report_json(const Report& report);
// The same for spreadsheets (no text of it is a formula) and for the eye, made from those bytes.
Result<std::string> report_csv(std::string_view report_json);
Result<std::string> report_text(std::string_view report_json);

Proposal propose(const Row& row);

}  // namespace lifeline::reconciliation
