#include "mcp/transcript_lines.h"

#include <algorithm>

namespace lifeline::mcp {

using contract::EventType;

TranscriptLines::Line* TranscriptLines::find(std::string_view id) {
    const auto known = std::find_if(lines_.rbegin(), lines_.rend(),
                                    [id](const Line& line) { return line.id == id; });
    return known == lines_.rend() ? nullptr : &*known;
}

bool TranscriptLines::take(const contract::Event& event, std::string_view actor_id,
                           std::uint64_t seq) {
    const bool is_final = event.type() == EventType::transcript_final;
    const bool is_cut = event.type() == EventType::transcript_truncated;
    const bool is_corrected = event.type() == EventType::transcript_corrected;
    if (!is_final && !is_cut && !is_corrected) return true;
    const std::string id(event.find_text("utteranceId").value_or(""));
    const std::string text(event.find_text(is_cut ? "heardText" : "text").value_or(""));
    if (Line* line = find(id)) {
        // What was cut short stays so: its final text was generated and not heard.
        if (is_final && line->cut_short) return true;
        line->text = text;
        line->cut_short = line->cut_short || is_cut;
        return true;
    }
    if (keep_ == Keep::first && lines_.size() >= limit_) return false;
    lines_.push_back({seq, id, std::string(event.find_text("participantId").value_or(actor_id)),
                      std::string(event.find_text("speaker").value_or("")), text, is_cut});
    if (lines_.size() > limit_) lines_.pop_front();
    return true;
}

void TranscriptLines::write(contract::JsonWriter& json) const {
    json.array();
    for (const Line& line : lines_) {
        json.object();
        json.key("seq").value(line.seq);
        json.key("utteranceId").value(line.id);
        json.key("participantId").value(line.participant_id);
        if (!line.speaker.empty()) json.key("speaker").value(line.speaker);
        json.key("text").value(line.text);
        if (line.cut_short) json.key("cutShort").value(true);
        json.end();
    }
    json.end();
}

}  // namespace lifeline::mcp
