#include "reconciliation/report.h"

#include <algorithm>

#include "base/fact_id.h"
#include "contract/canonical.h"
#include "contract/json_writer.h"
#include "reconciliation/first_ids.h"

namespace lifeline::reconciliation {

namespace {

using pricing::Int128;
using pricing::to_text;

std::optional<Int128> amount_delta(const Row& row) {
    if (!row.expected.amount || !row.recorded.amount) return std::nullopt;
    return *row.recorded.amount - *row.expected.amount;
}

void put(contract::JsonWriter& json, std::string_view key, const std::optional<Int128>& amount) {
    if (amount) json.key(key).value(to_text(*amount));
}

void put_texts(contract::JsonWriter& json, std::string_view key,
               const std::vector<std::string>& texts) {
    json.key(key).array();
    for (const std::string& text : texts) json.value(text);
    json.end();
}

void put_sinks(contract::JsonWriter& json, const std::vector<ExpectedSink>& sinks) {
    json.key("sinks").array();
    for (const ExpectedSink& sink : sinks) json.value(sink.name);
    json.end();
    if (std::ranges::none_of(sinks, [](const ExpectedSink& sink) { return sink.from.has_value(); }))
        return;
    json.key("sinksFrom").object();
    for (const ExpectedSink& sink : sinks)
        if (sink.from) json.key(sink.name).value(text_of(*sink.from));
    json.end();
}

// What the event and the report both say.
void put_difference(contract::JsonWriter& json, const Row& row) {
    const Key& key = row.key;
    if (!key.card.empty()) json.key("card").value(key.card);
    if (key.card_version > 0) json.key("cardVersion").value(key.card_version);
    json.key("class").value(to_text(row.verdict.klass));
    if (!key.currency.empty()) json.key("currency").value(key.currency);
    put(json, "expectedAmount", row.expected.amount);
    json.key("expectedQuantity").value(std::to_string(row.expected.quantity));
    if (!key.item.empty()) json.key("item").value(key.item);
    json.key("layer").value(to_text(row.verdict.layer)).key("meter").value(key.meter);
    put(json, "recordedAmount", row.recorded.amount);
    json.key("recordedQuantity").value(std::to_string(row.recorded.quantity));
    json.key("quantityDelta").value(to_text(Int128(row.recorded.quantity) - row.expected.quantity));
    put(json, "amountDelta", amount_delta(row));
    if (!key.sink.empty()) json.key("sink").value(key.sink);
    json.key("window").value(text_of(key.window));
}

void put_proposal(contract::JsonWriter& json, const Proposal& proposal) {
    json.key("proposal").object().key("action").value(proposal.action);
    put(json, "amount", proposal.amount);
    json.key("fix").value(proposal.fix).key("meaning").value(proposal.meaning);
    if (proposal.quantity) json.key("quantity").value(std::to_string(*proposal.quantity));
    json.end();
}

void put_row(contract::JsonWriter& json, const Row& row) {
    json.object().key("account").value(row.key.account);
    json.key("booked").value(std::to_string(row.booked));
    if (!row.calls.empty()) put_texts(json, "calls", row.calls);
    put_texts(json, "causes", row.verdict.causes);
    json.key("counted").value(std::to_string(row.counted));
    if (!row.finding_id.empty()) json.key("findingId").value(row.finding_id);
    json.key("group").value(to_text(group_of(row.verdict.klass)));
    put_texts(json, "ids", row.ids);
    json.key("measured").value(std::to_string(row.measured));
    put_difference(json, row);
    put_proposal(json, row.proposal);
    json.end();
}

}  // namespace

std::uint64_t Report::in(Group group) const {
    return static_cast<std::uint64_t>(std::ranges::count_if(
        rows, [&](const Row& row) { return group_of(row.verdict.klass) == group; }));
}

std::uint64_t Report::of(Class klass) const {
    return static_cast<std::uint64_t>(
        std::ranges::count_if(rows, [&](const Row& row) { return row.verdict.klass == klass; }));
}

std::vector<const Row*> Report::findings() const {
    std::vector<const Row*> found;
    for (const Row& row : rows)
        if (row.is_finding()) found.push_back(&row);
    return found;
}

std::string finding_id(const Key& key, const Verdict& verdict) {
    return fact_id("mm_", {"finding", key.account, text_of(key.window), key.meter, key.item,
                           key.card, std::to_string(key.card_version), key.currency, key.sink,
                           to_text(verdict.klass), to_text(verdict.layer)});
}

std::string mismatch_json(const Row& row, std::string_view run_id) {
    contract::JsonWriter json;
    json.object().key("findingId").value(row.finding_id);
    // First the calls in which it differs, then the records and charges that do.
    std::vector<std::string> ids = row.calls;
    ids.insert(ids.end(), row.ids.begin(), row.ids.end());
    if (ids.size() > ids_shown_max) ids.resize(ids_shown_max);
    if (!ids.empty()) put_texts(json, "ids", ids);
    json.key("runId").value(run_id);
    put_difference(json, row);
    json.end();
    return contract::canonical_json(json.take());
}

std::string report_json(const Report& report) {
    const RunQuery& query = report.query;
    contract::JsonWriter json;
    json.object().key("configSha256").value(query.config_sha256);
    json.key("counts").object();
    for (int i = 0; i < class_count; ++i) {
        const auto klass = static_cast<Class>(i);
        if (const auto count = report.of(klass); count > 0) json.key(to_text(klass)).value(count);
    }
    json.end();
    json.key("deliverWithinHours").value(query.deliver_within.count());
    json.key("findings").value(report.in(Group::needs_you));
    json.key("from").value(text_of(query.first)).key("to").value(text_of(query.last));
    json.key("horizonHours").value(query.horizon.count());
    json.key("matched").value(report.in(Group::fine)).key("rows").array();
    for (const Row& row : report.rows) put_row(json, row);
    json.end();
    json.key("runId").value(query.run_id);
    put_sinks(json, query.sinks);
    json.key("upToPosition").value(query.up_to);
    json.key("waiting").value(report.in(Group::waiting)).end();
    return contract::canonical_json(json.take());
}

}  // namespace lifeline::reconciliation
