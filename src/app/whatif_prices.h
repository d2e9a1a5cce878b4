#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "base/result.h"
#include "base/window.h"
#include "pricing/card.h"
#include "whatif/recorded.h"

namespace lifeline::app {

// What recorded hours would have cost by another card: what was measured, counted through each
// month from its beginning, beside what was charged. Minimums belong to months and are not counted.
class WhatIfPrices {
public:
    struct Wanted {
        std::string account = {};         // Empty: all.
        std::optional<Window> from = {};  // Hours of the service, from this one on,
        std::optional<Window> to = {};    // up to this one, not included.
    };
    WhatIfPrices(pricing::Card card, Wanted wanted)
        : card_(std::move(card)), wanted_(std::move(wanted)) {}

    static bool looks_at(std::string_view stream, std::string_view bytes);
    void take(const whatif::Recorded& recorded);

    struct Row {
        std::string account;
        std::string item;
        std::optional<pricing::Int128> now = {};   // Nothing: not charged.
        std::optional<pricing::Int128> then = {};  // Nothing: the card does not price it.
    };
    // Refused where charges are in another currency, or a sum cannot be counted.
    Result<std::vector<Row>> rows() const;
    std::string in_words(const std::vector<Row>& rows) const;
    std::string in_json(const std::vector<Row>& rows) const;

private:
    bool wants(Window window) const;
    void take_used(const contract::Event& event);
    void take_entry(std::string_view stream, const contract::Event& event);

    pricing::Card card_;
    Wanted wanted_;
    // By account, item of the other card, month and hour.
    std::map<std::tuple<std::string, std::string, Month>, std::map<Window, std::int64_t>> used_;
    std::map<std::pair<std::string, std::string>, pricing::Int128> charged_;
    std::string other_currency_;
    Window closed_ = Window::min();  // The last hour that is closed.
    bool too_large_ = false;
    std::map<std::string, bool, std::less<>> seen_;  // Ids: the first of each stands.
};

}  // namespace lifeline::app
