#include "agent/spend_view.h"

#include <utility>

#include "agent/usage_record.h"

namespace lifeline::agent {

namespace {

// Tells nearly all events without parsing them.
bool may_concern(std::string_view bytes) {
    return bytes.find("\"type\":\"billing.usage.reported\"") != std::string_view::npos;
}

}  // namespace

SpendView::View::Change SpendView::read(const std::vector<journal::JournalEvent>& events) {
    std::vector<Ledger::Record> records;
    for (const auto& [stream, stored] : events) {
        if (stored.erased || !may_concern(stored.bytes)) continue;
        const auto event = checker_.read_stored(stored.bytes);
        if (!event) continue;
        if (auto record = usage_record(*event)) records.push_back(std::move(*record));
    }
    return [records = std::move(records)](SpendStore& store, std::uint64_t cursor) {
        return View::nothing_after(store.apply(records, cursor));
    };
}

void SpendView::since(WallTime day, Loop& from, journal::Done<std::vector<Ledger::Record>> done) {
    ask(from, std::move(done), [day](SpendStore& store) { return store.since(day); });
}

}  // namespace lifeline::agent
