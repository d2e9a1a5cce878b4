#include "billing/billing.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "contract/type_marker.h"

namespace lifeline::billing {

namespace {

constexpr std::array types = std::to_array<std::string_view>({
    "billing.adjustment.created",
    "billing.card.activated",
    "billing.card.assigned",
    "billing.credit.granted",
    "billing.statement.closed",
    "billing.usage.measured",
    "billing.usage.recorded",
    "billing.window.closed",
});
static_assert(std::ranges::is_sorted(types));

}  // namespace

Billing::View::Change Billing::read(const std::vector<journal::JournalEvent>& events) {
    std::vector<Happening> happenings;
    for (const auto& [stream, stored] : events) {
        if (stored.erased || !contract::may_be_of(stored.bytes, types)) continue;
        auto event = checker_.read_stored(stored.bytes);
        if (!event) continue;
        happenings.push_back({stream, stored.seq, stored.position, *std::move(event)});
    }
    return [this, happenings = std::move(happenings)](BillingStore& store, std::uint64_t cursor) {
        return tell_after(store.apply(happenings, cursor), !happenings.empty());
    };
}

void Billing::due(std::size_t limit, Loop& from, journal::Done<std::vector<DueEntry>> done) {
    ask(from, std::move(done), [limit](BillingStore& store) { return store.due(limit); });
}

void Billing::stuck(std::size_t limit, Loop& from,
                    journal::Done<std::vector<StuckStatement>> done) {
    ask(from, std::move(done), [limit](BillingStore& store) { return store.stuck(limit); });
}

void Billing::entries(ChargeQuery query, Loop& from, journal::Done<std::vector<EntryRow>> done) {
    ask(from, std::move(done),
        [query = std::move(query)](BillingStore& store) { return store.entries(query); });
}

void Billing::statement(std::string account_id, Month month, Loop& from,
                        journal::Done<pricing::Statement> done) {
    ask(from, std::move(done),
        [account_id = std::move(account_id),
         month](BillingStore& store) -> Result<pricing::Statement> {
            const auto input = store.month(account_id, month);
            if (!input) return fail(input.error());
            return pricing::compose(*input, store.book());
        });
}

void Billing::proof(std::string account_id, Month month, CostCard cost, Loop& from,
                    journal::Done<ProofPlan> done) {
    ask(from, std::move(done),
        [account_id = std::move(account_id), month, cost](BillingStore& store) {
            return store.proof(account_id, month, cost);
        });
}

}  // namespace lifeline::billing
