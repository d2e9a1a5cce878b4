#include "billing/billing.h"

namespace lifeline::billing {

namespace {

// Tells most events, which mean nothing here, without parsing them.
bool may_concern(std::string_view bytes) {
    for (const std::string_view type :
         {"\"type\":\"billing.usage.measured\"", "\"type\":\"billing.window.closed\"",
          "\"type\":\"billing.usage.recorded\"", "\"type\":\"billing.adjustment.created\"",
          "\"type\":\"billing.card.activated\"", "\"type\":\"billing.card.assigned\""})
        if (bytes.contains(type)) return true;
    return false;
}

}  // namespace

Billing::Billing(Loop& home, Worker& worker, journal::Journal& journal)
    : view_(home, worker, journal,
            [this](const std::vector<journal::JournalEvent>& events) { return read(events); }) {}

Billing::View::Change Billing::read(const std::vector<journal::JournalEvent>& events) {
    std::vector<Happening> happenings;
    for (const auto& [stream, stored] : events) {
        if (stored.erased || !may_concern(stored.bytes)) continue;
        auto event = checker_.read_stored(stored.bytes);
        if (!event) continue;
        happenings.push_back({stream, stored.seq, stored.position, *std::move(event)});
    }
    return [this, happenings = std::move(happenings)](BillingStore& store,
                                                      std::uint64_t cursor) -> Result<Job> {
        if (const auto applied = store.apply(happenings, cursor); !applied)
            return fail(applied.error());
        if (!tell_ || happenings.empty()) return Job();
        return Job([this] { tell_(); });
    };
}

void Billing::due(std::size_t limit, Loop& from, journal::Done<std::vector<DueEntry>> done) {
    view_.ask(from, std::move(done), [limit](BillingStore& store) { return store.due(limit); });
}

void Billing::entries(ChargeQuery query, Loop& from, journal::Done<std::vector<EntryRow>> done) {
    view_.ask(from, std::move(done),
              [query = std::move(query)](BillingStore& store) { return store.entries(query); });
}

void Billing::statement(std::string account_id, Month month, Loop& from,
                        journal::Done<pricing::Statement> done) {
    view_.ask(from, std::move(done),
              [account_id = std::move(account_id),
               month](BillingStore& store) -> Result<pricing::Statement> {
                  const auto input = store.month(account_id, month);
                  if (!input) return fail(input.error());
                  return pricing::compose(*input, store.book());
              });
}

}  // namespace lifeline::billing
