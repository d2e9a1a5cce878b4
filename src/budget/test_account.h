#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "budget/account.h"
#include "pricing/test_cards.h"

namespace lifeline::budget {

// An account whose calls use time, with what of it was written, so that it can be read again as a
// server does that begins anew.
struct TestAccount {
    // So many nano-units for a minute.
    explicit TestAccount(std::string_view item = R"("per":"60000","tiers":[{"unitNano":"600"}])")
        : card(pricing::card_of(pricing::card_json(1, "2026-01-01T00:00Z", item))) {}

    void keep(const std::vector<Entry>& entries) {
        for (const Entry& one : entries) {
            const auto json = contract::event_json("ll_" + std::to_string(++number), "acct_1",
                                                   format_rfc3339(now), one.type, one.payload);
            auto event = checker.check(json, contract::Sender::server);
            ASSERT_TRUE(event) << event.error().reason << event.error().pointer << one.payload;
            written.push_back({*std::move(event), now, ++position});
        }
    }
    // Its entries are kept, too.
    void grant(const std::string& id, Int128 amount, std::optional<WallTime> until = {}) {
        std::string payload = R"({"creditId":")" + id + R"(","amount":")" +
                              pricing::to_text(amount) + R"(","currency":"EUR","by":"usr_1")";
        if (until) payload += R"(,"expiresAt":")" + format_rfc3339(*until) + "\"";
        keep({{"", "billing.credit.granted", payload + R"(,"reason":"paid"})"}});
        account.take(written.back().event, now);
    }
    void change(const Budget& budget) {
        keep({entry_of(budget, "usr_1")});
        account.take(written.back().event, now);
    }

    void use(const std::string& call, Millis time) {
        calls[call].running = true;
        past[window_of(now)] += time.count();
        rows.push_back(
            {call, ++position, {window_of(now), {"call.duration_ms", {}, time.count()}}});
    }
    // Told after its end.
    void late(const std::string& call, Millis time) {
        use(call, time);
        calls[call].running = false;
    }
    void end(const std::string& call) {
        calls[call].running = false;
        calls[call].over = true;
    }
    Used used() {
        Used all;
        for (const auto& [id, call] : calls)
            if (asked_for(id)) {
                CallUse use{.session_id = id, .running = call.running, .over = call.over};
                for (const auto& row : rows)
                    if (row.call == id) use.used.push_back(row.use);
                if (anew && account.credit().knows(id))
                    use.at_most = account.credit().posted_of(id) + account.credit().held_by(id);
                all.calls.push_back({.use = std::move(use)});
            }
        for (const auto& row : rows)
            if (counted && row.made > *counted && !asked_for(row.call))
                all.late.push_back({.use = {row.call, {row.use}}});
        all.up_to = position;
        for (const auto& [hour, millis] : past)
            all.hours.push_back({hour, {"call.duration_ms", {}, millis}});
        const CardAt at = [&](Window) { return &card; };
        all.amounts = amounts_of(all.hours, at).value();
        const auto since = account.credit().since();
        EXPECT_TRUE(
            costs.take(all, at, since ? std::optional(window_of(*since)) : std::nullopt, now));
        return all;
    }
    Account::Decision judge() {
        const Used all = used();
        auto decision = account.judge(all, now);
        anew = false;
        if (account.credit().counts()) counted = all.up_to;
        open.clear();
        for (const auto& call : all.calls)
            if (!call.use.over) open.insert(call.use.session_id);
        keep(decision.entries);
        for (const Notice& notice : decision.notices)
            if (notice.stops) end(notice.session_id);
        return decision;
    }
    bool admit(const std::string& call) {
        const auto entries = account.admit(call, used(), now);
        if (!entries) {
            refused = entries.error().reason;
            return false;
        }
        keep(*entries);
        return true;
    }
    // The process died, and what it wrote last with it.
    void crash(std::size_t lost = 0) {
        while (lost-- > 0 && !written.empty() &&
               written.back().event.type() == contract::EventType::billing_hold_changed)
            written.pop_back();
        account = Account();
        costs = RunningCosts();
        open.clear();
        anew = true;
        counted.reset();
        for (const auto& one : written) {
            account.take(one.event, one.at);
            if (one.event.type() != contract::EventType::billing_budget_changed)
                counted = one.position;
        }
    }
    // What was written of holds: "reserved 600, posted 100".
    std::string story() const {
        namespace f = contract::field::billing_hold_changed;
        std::string told;
        for (const auto& one : written) {
            if (one.event.type() != contract::EventType::billing_hold_changed) continue;
            if (!told.empty()) told += ", ";
            told += std::string(one.event.text(f::state)) + " " +
                    std::string(one.event.text(f::amount));
        }
        return told;
    }

    // As metering is asked by whoever guards an account.
    bool asked_for(const std::string& id) const {
        return !calls.at(id).over || open.contains(id) || account.credit().held_by(id) > 0;
    }

    struct Call {
        bool running = false;
        bool over = false;
    };
    struct Written {
        contract::Event event;
        WallTime at;
        std::uint64_t position = 0;
    };
    struct Row {
        std::string call;
        std::uint64_t made = 0;
        HourUse use;
    };
    pricing::Card card;
    Account account;
    RunningCosts costs;
    std::map<std::string, Call> calls;
    std::map<Window, std::int64_t> past;
    std::vector<Row> rows;
    std::uint64_t position = 0;
    std::optional<std::uint64_t> counted;
    std::set<std::string> open;
    bool anew = true;
    std::vector<Written> written;
    WallTime now = *parse_rfc3339("2026-02-16T10:00:00.000Z");
    std::string refused;
    contract::EventChecker checker;
    int number = 0;
};

}  // namespace lifeline::budget
