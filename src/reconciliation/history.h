#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/window.h"
#include "pricing/card.h"

// What was written down, up to a position of the journal: all that a run counts from.
namespace lifeline::reconciliation {

// By this name whoever was assigned no card pays.
inline constexpr std::string_view standard_card = "standard";

// An event of a call, or a tick of the server's, as it was recorded. Of words their number stands
// in it, nothing else.
struct RawEvent {
    std::uint64_t position = 0;
    std::string type;
    WallTime wall;
    SteadyTime steady;
    std::string payload;
    // Of a tick: what was recorded last before it, in any stream.
    std::optional<std::pair<WallTime, SteadyTime>> before = {};
};

struct RawCall {
    std::string session;
    std::string account;
    WallTime created;
    std::vector<RawEvent> events;
};

struct Meter {
    std::string unit;
    std::int64_t increment = 1;
    std::int64_t minimum = 0;
    std::string mode;  // How what is no whole increment is charged.
};
// Which meters there are for calls that are made from this hour on, by their names.
struct MeterSet {
    Window first;
    std::map<std::string, Meter, std::less<>> meters;
};

// billing.usage.measured
struct Record {
    std::uint64_t position = 0;
    std::string id;
    std::string content;  // What it says, without what signs it; a digest of that will do.
    std::string account;
    std::string session;
    std::string meter;
    std::string participant;
    pricing::Words dims;
    Window window;
    std::string unit;
    std::optional<std::int64_t> quantity;  // Nothing: not known.
    std::string fact;  // What tells whether two of them are of one and the same fact.
};

// billing.usage.recorded or billing.adjustment.created
struct Entry {
    std::uint64_t position = 0;
    WallTime wall;
    std::string id;
    std::string content;
    std::string account;
    std::string kind;  // "charge", or of an adjustment its kind.
    std::string meter;
    std::string item;
    Window window;  // Of the service.
    std::int64_t quantity = 0;
    pricing::Int128 amount = 0;
    std::string unit;  // Of an adjustment empty.
    std::string currency;
    std::string card;
    std::uint32_t card_version = 0;
    std::string card_sha256;
    std::string records_hash;
    std::vector<std::string> records;
    bool by_person = false;

    // Of the least that is paid for an item in a month: the price of no hour.
    bool is_minimum() const { return kind == "price_fix" && !by_person; }
};

// What became of an entry on its way to a sink.
struct Delivery {
    std::uint64_t position = 0;
    enum class What : std::uint8_t { completed, parked, redriven, discarded };
    What what = What::completed;
    std::string account;
    std::string sink;
    std::string entry;
    std::string because;
    WallTime wall = {};
};

// What a sink, or a statement, says it has.
struct Elsewhere {
    std::uint64_t position = 0;
    // When it was asked: what was delivered until then is in it. A statement has no such position.
    std::optional<std::uint64_t> asked_at;
    std::string account;
    std::string sink;
    std::string item;
    Window window;
    std::optional<std::int64_t> quantity;
    std::optional<pricing::Int128> amount;
    std::string currency;
    std::vector<std::string> charges;
};

struct Assigned {
    std::string card;
    Window from;
};

// What does not belong to one call alone.
struct House {
    WallTime as_of;  // When the last of it was recorded.
    std::vector<MeterSet> meters;
    std::vector<RawEvent> ticks;
    std::set<std::string, std::less<>> erased;  // Calls that nobody can count again.
    std::vector<Record> firsts;  // The first of each record id that was told more than once.
    std::vector<Entry> entries;
    std::vector<Delivery> deliveries;
    std::vector<Elsewhere> elsewhere;
    std::vector<pricing::Card> cards;
    // By account, in the order of the journal: an account is asked for with every call of it.
    std::map<std::string, std::vector<Assigned>, std::less<>> assigned;
    std::map<Window, std::uint64_t> closed;  // Up to which position.
};

// All of it at once, where that is little.
struct History : House {
    std::vector<RawCall> calls;
    std::vector<Record> records;
};

}  // namespace lifeline::reconciliation
