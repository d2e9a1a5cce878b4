#include "model.h"

#include <fmt/format.h>

#include <set>

namespace lifeline::simulation {

void Model::violation(std::string what) {
    violations_.push_back(std::move(what));
}

void Model::saw(const std::string& call, std::uint64_t seq, const std::string& event_id,
                const std::string& event_json) {
    ++sightings_;
    const auto [known, fresh] = calls_[call].seen.try_emplace(seq, event_id, event_json);
    if (fresh || known->second == std::pair(event_id, event_json)) return;
    violation(fmt::format("{} seq {}: {} was shown, now it is {}", call, seq, known->second.first,
                          event_id));
}

void Model::left_out(const std::string& call, std::uint64_t from, std::uint64_t to) {
    for (std::uint64_t seq = from; seq <= to; ++seq) calls_[call].left_out.insert(seq);
}

void Model::acknowledged(const std::string& call, const std::string& event_id, std::uint64_t seq) {
    ++acknowledgements_;
    const auto [known, fresh] = calls_[call].acknowledged.try_emplace(event_id, seq);
    if (fresh || known->second == seq) return;
    violation(
        fmt::format("{} {}: acknowledged at {}, now at {}", call, event_id, known->second, seq));
}

void Model::sent(const std::string& call, const std::string& event_id,
                 const std::string& event_json) {
    calls_[call].sent[event_id] = event_json;
}

void Model::check(const std::string& call, const std::vector<journal::StoredEvent>& events) {
    Call& expected = calls_[call];
    std::map<std::string, std::uint64_t> stands;
    std::uint64_t next = 1;
    for (const auto& event : events) {
        if (event.seq != next++)
            violation(fmt::format("{}: seq {} where {} was due", call, event.seq, next - 1));
        if (!stands.emplace(event.event_id, event.seq).second)
            violation(fmt::format("{} {}: stands twice", call, event.event_id));
        if (event.event_id.starts_with("ll_")) continue;
        const auto sent = expected.sent.find(event.event_id);
        if (sent == expected.sent.end() || sent->second != event.bytes)
            violation(fmt::format("{} {}: nobody sent these bytes", call, event.event_id));
    }
    for (const auto& [seq, shown] : expected.seen)
        if (seq > events.size() || events[seq - 1].event_id != shown.first ||
            events[seq - 1].bytes != shown.second)
            violation(
                fmt::format("{} seq {}: {} was shown and is not there", call, seq, shown.first));
    for (const std::uint64_t seq : expected.left_out)
        if (seq > events.size() || !events[seq - 1].bytes.contains("\"transcript.partial\""))
            violation(fmt::format("{} seq {}: was left out and is no partial", call, seq));
    for (const auto& [id, seq] : expected.acknowledged)
        if (!stands.contains(id) || stands.at(id) != seq)
            violation(fmt::format("{} {}: acknowledged at {} and is not there", call, id, seq));
    int over = 0;
    for (const auto& event : events)
        if (event.event_id == "ll_over") ++over;
    if (over > 1) violation(call + ": ended twice");
}

}  // namespace lifeline::simulation
