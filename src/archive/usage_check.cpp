#include "archive/usage_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "archive/record_key.h"
#include "base/text.h"
#include "metering/evidence.h"
#include "metering/happening.h"
#include "metering/usage_record.h"

namespace lifeline::archive {

namespace {

using contract::EventType;
namespace names = metering::meter_names;

bool is_of_the_line(EventType type) {
    return type == EventType::call_connected || type == EventType::call_reconnecting ||
           type == EventType::call_reconnected || type == EventType::call_ended ||
           type == EventType::call_terminal_failure;
}

bool is_report(EventType type) {
    return type == EventType::billing_usage_reported || type == EventType::billing_usage_reconciled;
}

std::int64_t code_points(std::string_view text) {
    return std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
}

std::string text_of(const contract::Json& object, std::string_view key) {
    return std::string(object.text(key).value_or(""));
}

std::uint64_t count_of(const contract::Json& object, std::string_view key) {
    const auto found = object.find(key);
    return static_cast<std::uint64_t>(
        std::max<std::int64_t>(found ? found->as_integer().value_or(0) : 0, 0));
}

metering::UsageKey key_of(const contract::Json& payload) {
    metering::UsageKey key{.meter = text_of(payload, "meter"),
                           .participant = text_of(payload, "participant")};
    if (const auto dims = payload.find("dims"))
        for (const auto& [name, value] : dims->members())
            key.dims.emplace(name, value.as_text().value_or(""));
    return key;
}

std::optional<metering::Evidence> evidence_of(const contract::Json& payload) {
    const auto said = payload.find("evidence");
    const auto chain = said ? from_hex(said->text("sha256").value_or("")) : std::nullopt;
    if (!chain || chain->size() != sizeof(Digest)) return std::nullopt;
    metering::Evidence evidence{.first = count_of(*said, "seqFirst"),
                                .last = count_of(*said, "seqLast"),
                                .count = count_of(*said, "count"),
                                .chain = {}};
    std::ranges::copy(*chain, evidence.chain.begin());
    return evidence;
}

}  // namespace

// What a record says of itself.
struct UsageCheck::Claim {
    metering::UsageKey key;
    metering::Evidence evidence;
    std::string action;
    std::string report;
    std::optional<std::string> raw;

    std::string speaker() const {
        const auto found = key.dims.find("speaker");
        return found == key.dims.end() ? "" : found->second;
    }
};

UsageCheck::UsageCheck(const Head& head) : head_(head) {}

std::optional<Error> UsageCheck::take(const Record& record) {
    if (record.erased) {
        erased_.push_back(record.seq);
        return std::nullopt;
    }
    if (!metering::may_concern(record.bytes)) return std::nullopt;
    const auto altered = [&](std::string_view id, std::string_view what) {
        return Error{Code::corrupt, "record_altered",
                     fmt::format("usage record {} (record seq {}) {}", id, record.seq, what)};
    };
    const auto event = checker_.read_stored(record.bytes);
    const bool usage = event ? event->type() == EventType::billing_usage_measured
                             : record.bytes.contains(R"("type":"billing.usage.measured")");
    if (!usage) {
        if (event) keep(*event, record);
        return std::nullopt;
    }
    const auto payload = event ? contract::Json::parse(event->payload_json()) : fail(event.error());
    if (!payload) return altered(record.event_id, "cannot be read");
    const auto wrong = wrong_with(*payload, record);
    if (!wrong) {
        digests_.emplace(text_of(*payload, "recordId"), sha256(event->payload_json()));
        return std::nullopt;
    }
    return altered(text_of(*payload, "recordId"), *wrong);
}

void UsageCheck::keep(const contract::Event& event, const Record& record) {
    Witness witness{.seq = record.seq,
                    .type = event.type(),
                    .bytes = sha256(record.bytes),
                    .about = {},
                    .meter = {},
                    .fact = std::string(event.id())};
    if (event.type() == EventType::transcript_final) {
        namespace f = contract::field::transcript_final;
        witness.about = event.text(f::speaker);
        witness.fact = event.text(f::utterance_id);
        witness.chars = code_points(event.text(f::text));
        if (witness.chars == 0) return;
    } else if (is_report(event.type())) {
        witness.about = event.find_text("reportId").value_or("");
        witness.meter = event.find_text("meter").value_or("");
    } else if (const auto action = event.find_text("actionId")) {
        witness.about = *action;
    } else if (!is_of_the_line(event.type())) {
        return;
    }
    witnesses_.push_back(std::move(witness));
}

std::optional<std::string> UsageCheck::wrong_with(const contract::Json& payload,
                                                  const Record& record) {
    const std::uint64_t seq = record.seq;
    const bool again = !ids_.insert(text_of(payload, "recordId")).second;
    if (auto wrong = wrong_with_key(payload, record.position, keys_, head_.key)) return wrong;
    if (text_of(payload, "sessionId") != head_.session_id) return "is of another call";
    const auto evidence = evidence_of(payload);
    if (!evidence) return "names no evidence";
    Claim claim{.key = key_of(payload),
                .evidence = *evidence,
                .action = text_of(payload, "actionId"),
                .report = text_of(payload, "reportId"),
                .raw = {}};
    if (const auto raw = payload.text("quantityRaw")) claim.raw = std::string(*raw);
    if (evidence->count == 0 || evidence->first > evidence->last || evidence->last >= seq)
        return "rests on events that cannot be";
    if (auto wrong = wrong_with_evidence(claim)) return wrong;
    if (!id_follows(claim, payload)) return "has the id of another fact";
    if (again) return "stands there a second time";
    return std::nullopt;
}

bool UsageCheck::fits(const Witness& witness, const Claim& claim) {
    if (!claim.action.empty())
        return !is_report(witness.type) && witness.about == claim.action &&
               witness.type != EventType::orchestration_action_rejected &&
               witness.type != EventType::transcript_final;
    if (!claim.report.empty()) return is_report(witness.type) && witness.about == claim.report;
    if (witness.type == EventType::billing_usage_reported) return witness.meter == claim.key.meter;
    if (claim.key.meter == names::duration) return is_of_the_line(witness.type);
    return claim.key.meter == names::transcript && witness.type == EventType::transcript_final &&
           witness.about == claim.speaker();
}

// Of a text's and an action's record it is certain which events it counts: all of them that are
// there. The others may pass one over, such as a report that was made twice.
std::optional<std::string> UsageCheck::wrong_with_evidence(const Claim& claim) const {
    const auto& [first, last, count, chain] = claim.evidence;
    metering::Evidence found;
    std::int64_t chars = 0;
    bool told = false;
    bool begins = std::ranges::binary_search(erased_, first);
    bool ends = std::ranges::binary_search(erased_, last);
    const auto from = std::ranges::lower_bound(witnesses_, first, {}, &Witness::seq);
    for (const Witness& witness : std::ranges::subrange(from, witnesses_.end())) {
        if (witness.seq > last) break;
        if (!fits(witness, claim)) continue;
        found.add({.seq = witness.seq, .bytes = witness.bytes});
        chars += witness.chars;
        told = told || is_report(witness.type);
        begins = begins || witness.seq == first;
        ends = ends || witness.seq == last;
    }
    const std::uint64_t erased = erased_between(first, last);
    if (!begins || !ends || found.count + erased < count)
        return "rests on events that are not there, or are none of its kind";
    const bool all = !told && claim.key.meter != names::duration;
    if (all && count < found.count) return "passes over events of its kind";
    if (count != found.count || (erased > 0 && !all)) return std::nullopt;
    if (chain != found.chain) return "rests on events that say something else";
    if (all && claim.key.meter == names::transcript && claim.raw != std::to_string(chars))
        return fmt::format("counts {} characters where there are {}", claim.raw.value_or("null"),
                           chars);
    return std::nullopt;
}

std::uint64_t UsageCheck::erased_between(std::uint64_t first, std::uint64_t last) const {
    return static_cast<std::uint64_t>(std::ranges::upper_bound(erased_, last) -
                                      std::ranges::lower_bound(erased_, first));
}

// The fact is the hour, unless the record is of one action, report, correction or late text.
bool UsageCheck::id_follows(const Claim& claim, const contract::Json& payload) const {
    const auto is_of = [&, id = text_of(payload, "recordId"),
                        call = metering::CallName{.session_id = head_.session_id,
                                                  .account_id = text_of(payload, "accountId")},
                        version = static_cast<std::int64_t>(count_of(payload, "meterVersion"))](
                           std::string_view fact) {
        return metering::record_id(call, claim.key, version, fact) == id;
    };
    const auto first = std::ranges::find(witnesses_, claim.evidence.first, &Witness::seq);
    if (!claim.action.empty()) return is_of(claim.action);
    if (!claim.report.empty() && text_of(payload, "class") == "corrected")
        return first == witnesses_.end() || is_of("correction " + first->fact);
    if (!claim.report.empty()) return is_of(claim.report);
    if (is_of(text_of(payload, "window"))) return true;
    return claim.evidence.count == 1 && (first == witnesses_.end() || is_of(first->fact));
}

}  // namespace lifeline::archive
