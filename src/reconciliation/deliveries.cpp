#include "reconciliation/deliveries.h"

#include <algorithm>
#include <set>

#include "reconciliation/bounded.h"

namespace lifeline::reconciliation {

namespace {

// How one entry stands at one sink, by the last word of it.
struct Standing {
    enum class State : std::uint8_t { waiting, completed, parked, discarded };
    State state = State::waiting;
    std::string because = {};
    std::uint64_t completed_at = 0;
    WallTime completed = {};
};

Standing standing_of(const Ledger& ledger, const std::string& sink, const Entry& entry) {
    using What = Delivery::What;
    Standing standing;
    for (const Delivery* one : ledger.deliveries(entry.id)) {
        if (one->sink != sink || one->account != entry.account) continue;
        switch (one->what) {
            case What::completed:
                standing = {Standing::State::completed, {}, one->position, one->wall};
                break;
            case What::parked:
                standing = {.state = Standing::State::parked, .because = one->because};
                break;
            case What::redriven:
                standing = {};
                break;
            case What::discarded:
                standing = {.state = Standing::State::discarded};
        }
    }
    return standing;
}

const Elsewhere* said_by(const Ledger& ledger, const std::string& sink, const Line& line) {
    const Elsewhere* last = nullptr;
    for (const Elsewhere* one : ledger.elsewhere(line))
        if (one->sink == sink) last = one;
    return last;
}

std::set<std::string> sinks_of(const RunQuery& query, const Line& line, const Sums& sums,
                               const Ledger& ledger) {
    std::set<std::string> sinks;
    for (const ExpectedSink& one : query.sinks)
        if (!sums.entries.empty() && (!one.from || *one.from <= line.window))
            sinks.insert(one.name);
    for (const Entry* entry : sums.entries)
        for (const Delivery* one : ledger.deliveries(entry->id)) sinks.insert(one->sink);
    for (const Elsewhere* one : ledger.elsewhere(line)) sinks.insert(one->sink);
    return sinks;
}

void add_what_it_says(const Elsewhere& said, const Line& line, const Sums& sums,
                      const Ledger& ledger, Delivered& of) {
    std::set<std::string> seen;
    for (const std::string& id : said.charges) {
        const bool again = seen.contains(id);
        if (!seen.insert(id).second) of.comparison.duplicate = true;
        const Entry* const entry = ledger.entry(id);
        const bool foreign = entry == nullptr || entry->account != line.account;
        if (foreign) of.comparison.orphan = true;
        if (again || foreign) of.differing.push_back(id);
    }
    if (!said.currency.empty() && sums.card != nullptr && said.currency != sums.card->currency)
        of.comparison.currency_differs = true;
    if (!said.quantity) of.comparison.unknown = true;
    if (seen.empty()) return;
    for (const Entry* entry : sums.entries)
        if (entry->position < said.position && !seen.contains(entry->id))
            of.differing.push_back(entry->id);
}

// It has more, by just one of what it was sent. Where a charge stands beside its correction, one of
// them twice and the other not at all are the same sum: that it lacks one is the plainer thing.
bool has_one_twice(const std::vector<const Entry*>& sent, std::int64_t excess) {
    const auto is_of = [&](std::int64_t quantity) {
        return std::ranges::any_of(sent,
                                   [&](const Entry* entry) { return entry->quantity == quantity; });
    };
    return excess != 0 && is_of(excess) && !is_of(-excess);
}

}  // namespace

std::map<std::string, Delivered> compare_deliveries(const House& house, const RunQuery& query,
                                                    const Line& line, const Sums& sums,
                                                    const Ledger& ledger) {
    using State = Standing::State;
    std::map<std::string, Delivered> all;
    // Of a line of one item with several meters there is no more than one.
    if (line.item.empty()) return all;
    for (const std::string& sink : sinks_of(query, line, sums, ledger)) {
        Delivered of;
        DeliveryComparison& comparison = of.comparison;
        comparison.closed = house.closed.contains(line.window);
        const Elsewhere* const said = said_by(ledger, sink, line);
        const std::uint64_t known_to =
            said == nullptr ? 0 : said->asked_at.value_or(said->position);
        const std::uint64_t said_at = said == nullptr ? 0 : said->position;
        std::int64_t delivered = said == nullptr ? 0 : bounded(said->quantity.value_or(0));
        pricing::Int128 amount = 0;
        std::vector<const Entry*> sent;
        bool may_differ = false;  // It is asked again.
        for (const Entry* entry : sums.entries) {
            of.ids.push_back(entry->id);
            const Standing standing = standing_of(ledger, sink, *entry);
            if (standing.state == State::discarded) {
                of.causes.emplace_back("discarded");
                continue;
            }
            sent.push_back(entry);
            comparison.booked = bounded_sum(comparison.booked, entry->quantity);
            amount = bounded_sum(amount, entry->amount);
            if (standing.state == State::completed && standing.completed_at > known_to) {
                delivered = bounded_sum(delivered, entry->quantity);
                // It may have been there when the sink was asked: that it was delivered had not
                // been answered, or not been written down.
                may_differ =
                    may_differ || (entry->position < said_at &&
                                   house.as_of - standing.completed < query.deliver_within);
            }
            if (standing.state != State::completed) of.differing.push_back(entry->id);
            if (standing.state == State::parked) {
                of.causes.push_back("parked_" + standing.because);
                comparison.conflict = comparison.conflict || standing.because == "conflict";
                comparison.unknown = comparison.unknown || standing.because == "unknown";
            }
            if (standing.state == State::waiting &&
                house.as_of - entry->wall < query.deliver_within) {
                // What was booked should be in a statement; a sink that is asked may still get it.
                if (entry->position > said_at) comparison.on_the_way = true;
                if (said != nullptr && said->asked_at) may_differ = true;
            }
        }
        if (may_differ && delivered != comparison.booked) comparison.on_the_way = true;
        comparison.delivered = delivered;
        of.expected = {comparison.booked, amount};
        of.recorded = {delivered, {}};
        if (said != nullptr) {
            of.causes.emplace_back("asked");
            add_what_it_says(*said, line, sums, ledger, of);
            if (said->amount) of.recorded.amount = bounded(*said->amount);
            comparison.amounts_differ = said->amount && *said->amount != amount;
            if (said->quantity && has_one_twice(sent, delivered - comparison.booked)) {
                if (!comparison.duplicate) of.causes.emplace_back("inferred");
                comparison.duplicate = true;
            }
            if (sums.entries.empty() && delivered != 0) comparison.orphan = true;
        }
        std::ranges::sort(of.causes);
        of.causes.erase(std::ranges::unique(of.causes).begin(), of.causes.end());
        all.emplace(sink, std::move(of));
    }
    return all;
}

}  // namespace lifeline::reconciliation
