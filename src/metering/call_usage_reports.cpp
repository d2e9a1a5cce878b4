#include <algorithm>
#include <utility>

#include "base/text.h"
#include "contract/json.h"
#include "metering/call_usage.h"
#include "metering/quantity.h"

namespace lifeline::metering {

namespace {

using contract::EventType;
namespace field = contract::field;

struct Share {
    UsageKey key;
    std::optional<std::int64_t> quantity;
};

std::optional<std::int64_t> count_in(const contract::Json& dims, std::string_view name) {
    const auto found = dims.find(name);
    const auto number = found ? found->as_integer() : std::nullopt;
    return number && *number >= 0 && *number <= quantity_max ? number : std::nullopt;
}

// Tokens have directions, at prices of their own. Cached ones are part of the input.
std::vector<Share> token_shares(UsageKey key, const contract::Json& dims,
                                std::optional<std::int64_t> quantity) {
    const auto input = count_in(dims, "inputTokens");
    const auto output = count_in(dims, "outputTokens");
    if (!quantity || (!input && !output)) return {{std::move(key), quantity}};
    const std::int64_t cached =
        std::min(count_in(dims, "cachedTokens").value_or(0), input.value_or(0));
    std::vector<Share> shares;
    const auto share = [&](std::string_view direction, std::int64_t tokens) {
        if (tokens == 0) return;
        UsageKey one = key;
        one.dims["direction"] = direction;
        shares.push_back({std::move(one), tokens});
    };
    share("input", input.value_or(0) - cached);
    share("cached", cached);
    share("output", output.value_or(0));
    // Nothing in any direction is a word, too: it may settle what was not known.
    if (shares.empty()) shares.push_back({std::move(key), quantity});
    return shares;
}

// As JSON. With all else that a record says, that still fits an event.
constexpr std::size_t words_bytes_max = 60'000;

// What else tells kinds apart: words only, so that no number becomes a kind of its own. No door
// lets more of them in than a record can say; of what a journal may have, the words behind that are
// none.
Dims words_of(const contract::Json& dims) {
    Dims words;
    for (const auto& [name, value] : dims.members()) {
        const auto text = value.as_text();
        if (!text || words.size() == 8) continue;
        const auto [word, added] = words.emplace(name, *text);
        if (added && dims_json(words).size() > words_bytes_max) words.erase(word);
    }
    return words;
}

std::vector<Share> shares_of(std::string_view meter, std::string_view participant,
                             std::string_view model, std::string_view dims_json,
                             std::optional<std::int64_t> quantity) {
    const auto dims = contract::Json::parse(dims_json.empty() ? "{}" : dims_json);
    UsageKey key{.meter = std::string(meter), .participant = std::string(participant)};
    if (!dims) return {{std::move(key), quantity}};
    if (meter != meter_names::tokens) key.dims = words_of(*dims);
    if (!model.empty()) key.dims["model"] = model;
    if (meter == meter_names::tokens) return token_shares(std::move(key), *dims, quantity);
    return {{std::move(key), quantity}};
}

}  // namespace

void CallUsage::take_report(const contract::Event& event, const Witness& witness, const Moment& at,
                            Due& due) {
    namespace f = field::billing_usage_reported;
    const std::string id(event.text(f::report_id));
    const std::string_view meter = event.text(f::meter);
    if (measured_here(meter) || meters_->find(meter) == nullptr || reports_.contains(id)) return;
    const auto quantity = parse_quantity(event.text(f::quantity));
    // Never later than it was told.
    const WallTime given = std::min(parse_rfc3339(event.text(f::at)).value_or(at.wall), at.wall);
    auto& reported = reports_[id];
    for (Share& share : shares_of(event.text(f::meter), event.text(f::participant),
                                  event.text(f::model), event.raw(f::dims), quantity)) {
        // No call uses that much: nobody knows what it was.
        if (share.quantity && !holds(share.key, *share.quantity)) share.quantity.reset();
        Fact fact{.id = id,
                  .portion = {.raw = share.quantity.value_or(0),
                              .from = given,
                              .to = given,
                              .estimated = event.text(f::source) == "estimated"},
                  .hour = window_of(given),
                  .report_id = id};
        std::string record;
        if (share.quantity) {
            record = add(share.key, fact, witness, at, due);
            // Nothing is part of no record: its hour may never have one.
            if (record.empty() && *share.quantity != 0) record = id_of_open(share.key);
        } else {
            fact.evidence.add(witness);
            record = apart(share.key, fact, UsageRecord::Class::imported, false, due);
        }
        reported.push_back({share.key, share.quantity, record, fact.hour});
    }
}

// The difference to what was told before, key by key. One that is more than a call can have is not
// known, and the key stays what it was.
void CallUsage::take_correction(const contract::Event& event, const Witness& witness,
                                const Moment& at, Due& due) {
    namespace f = field::billing_usage_reconciled;
    const auto found = reports_.find(event.text(f::report_id));
    const auto quantity = parse_quantity(event.text(f::quantity));
    if (found == reports_.end() || found->second.empty() || !quantity) return;
    std::vector<Reported>& before = found->second;
    const Reported first = before.front();
    const auto model = first.key.dims.find("model");
    std::vector<Reported> after;
    for (Share& share : shares_of(first.key.meter, first.key.participant,
                                  model == first.key.dims.end() ? "" : model->second,
                                  event.raw(f::dims), quantity))
        after.push_back({share.key, share.quantity, first.record_id, first.hour});
    const auto delta = [&](const UsageKey& key, std::int64_t now, const std::string& corrects) {
        const auto old = std::ranges::find(before, key, &Reported::key);
        const std::int64_t was = old == before.end() ? 0 : old->quantity.value_or(0);
        const bool known = old != before.end() && old->quantity.has_value();
        if (now == was && (known || old == before.end())) return true;
        const bool fits = holds(key, now - was);
        Fact fact{.id = "correction " + std::string(event.id()),
                  .portion = {.raw = fits ? now - was : 0, .from = at.wall, .to = at.wall},
                  .hour = first.hour,
                  .report_id = found->first,
                  .corrects = corrects};
        fact.evidence.add(witness);
        apart(key, fact, UsageRecord::Class::corrected, fits, due);
        return fits;
    };
    for (Reported& now : after) {
        const auto old = std::ranges::find(before, now.key, &Reported::key);
        if (old != before.end()) now.record_id = old->record_id;
        if (delta(now.key, *now.quantity, now.record_id)) continue;
        now.quantity = old == before.end() ? std::nullopt : old->quantity;
    }
    for (const Reported& old : before)
        if (old.quantity && std::ranges::find(after, old.key, &Reported::key) == after.end() &&
            !delta(old.key, 0, old.record_id))
            after.push_back(old);
    before = std::move(after);
}

void CallUsage::take_final(const contract::Event& event, const Witness& witness, const Moment& at,
                           Due& due) {
    namespace f = field::transcript_final;
    if (meters_->find(meter_names::transcript) == nullptr) return;
    const std::string_view text = event.text(f::text);
    const auto chars = std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
    if (chars == 0) return;
    const UsageKey key{.meter = std::string(meter_names::transcript),
                       .dims = {{"speaker", std::string(event.text(f::speaker))}}};
    add(key,
        {.id = std::string(event.text(f::utterance_id)),
         .portion = {.raw = chars, .from = at.wall, .to = at.wall},
         .hour = window_of(at.wall)},
        witness, at, due);
}

}  // namespace lifeline::metering
