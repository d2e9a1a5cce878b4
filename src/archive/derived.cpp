#include "archive/derived.h"

#include "archive/line.h"
#include "audit/decision.h"
#include "audit/decision_json.h"
#include "transcript/render.h"

namespace lifeline::archive {

void Derived::take(const journal::StoredEvent& stored) {
    if (stored.erased) return;
    const auto event = checker_.read_stored(stored.bytes);
    if (!event) return;
    said_.take(*event, stored.actor.id, stored.seq);
    auto decision = audit::decision_of(*event);
    if (!decision) return;
    decision->session_id = session_id_;
    decision->seq = stored.seq;
    decision->at = format_rfc3339(stored.recorded_at);
    contract::JsonWriter json;
    audit::write_decision(json, *decision);
    decisions_.push_back(decision_line(json.take()));
}

std::vector<std::string> Derived::lines(std::string_view epoch, std::uint64_t seq) const {
    std::vector<std::string> out{
        transcript_line(transcript::to_json(said_, {session_id_, std::string(epoch), seq}))};
    out.insert(out.end(), decisions_.begin(), decisions_.end());
    return out;
}

}  // namespace lifeline::archive
