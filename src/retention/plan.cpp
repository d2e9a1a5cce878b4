#include "retention/plan.h"

#include <fmt/format.h>

#include "contract/json_writer.h"

namespace lifeline::retention {

std::string payload_of(const Plan& plan, std::string_view erasure_id) {
    contract::JsonWriter json;
    json.object();
    const std::string_view kept = plan.extent == Extent::superseded ? "superseded" : "retention";
    json.key("because").value(erasure_id.empty() ? kept : "request");
    json.key("events").value(plan.erased);
    json.key("upToSeq").value(plan.head);
    if (!erasure_id.empty()) json.key("erasureId").value(erasure_id);
    if (!plan.participant_id.empty()) json.key("participantId").value(plan.participant_id);
    if (!plan.kept_json.empty()) json.key("kept").raw(plan.kept_json);
    json.end();
    return json.take();
}

std::string event_id_of(const Plan& plan) {
    return fmt::format("ll_erased:{}", plan.head);
}

std::vector<Range> ranges_of(const std::vector<std::uint64_t>& seqs) {
    std::vector<Range> ranges;
    for (const std::uint64_t seq : seqs) {
        if (!ranges.empty() && ranges.back().second + 1 == seq)
            ranges.back().second = seq;
        else
            ranges.emplace_back(seq, seq);
    }
    return ranges;
}

}  // namespace lifeline::retention
