#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/window.h"
#include "pricing/int128.h"

namespace lifeline::billing {

struct MarginQuery {
    std::string account_id = {};
    std::optional<Window> from = {};  // Hours of the service, from this one on,
    std::optional<Window> to = {};    // up to this one, not included.
    std::string after = {};           // `next` of the page before.
    std::size_t limit = 100;          // Of hours with their item.
};

// What something brought, beside what it costs us; nothing: no cost card prices all of it.
struct IncomeAndCost {
    pricing::Int128 income = 0;
    std::optional<pricing::Int128> cost = pricing::Int128(0);
};

// One item in one hour. All corrections of it are in it.
struct ItemMargin {
    std::string item;
    Window window;
    std::int64_t quantity = 0;
    IncomeAndCost sums = {};
};

// A call's part of the hours of this page, by its share of each hour's quantity.
struct CallMargin {
    std::string session_id;
    IncomeAndCost sums = {};
};

struct Margin {
    std::string currency;
    IncomeAndCost sums = {};  // Of all that was asked for, not of this page only.
    std::vector<ItemMargin> items = {};
    std::vector<CallMargin> calls = {};
    std::string next = {};  // Empty: this is the last page.
};

// By hour and item.
using HourItem = std::pair<std::int64_t, std::string>;
using CostsOf = std::map<HourItem, std::optional<pricing::Int128>>;

}  // namespace lifeline::billing
