#include "api/agent_transcript.h"

#include <algorithm>
#include <vector>

#include "contract/json_writer.h"

namespace lifeline::api {

namespace {

using transcript::Utterance;

void write(contract::JsonWriter& json, const Utterance& said) {
    json.object();
    json.key("seq").value(said.seq);
    json.key("utteranceId").value(said.id);
    json.key("participantId").value(said.participant_id);
    if (!said.speaker.empty()) json.key("speaker").value(said.speaker);
    json.key("text").value(said.text);
    if (said.progress == transcript::Progress::truncated) json.key("cutShort").value(true);
    json.end();
}

}  // namespace

std::string agent_transcript(const transcript::Fold& fold, const mcp::AskedTranscript& asked,
                             std::uint64_t head) {
    std::vector<const Utterance*> said;
    for (const Utterance& one : fold.utterances())
        if (one.has_final_text() && static_cast<std::int64_t>(one.last_seq) > asked.after)
            said.push_back(&one);
    const auto limit = static_cast<std::size_t>(asked.limit);
    std::uint64_t next = head;
    if (said.size() > limit && asked.after < 0) {
        said.erase(said.begin(), said.end() - asked.limit);
    } else if (said.size() > limit) {
        std::ranges::sort(said, {}, &Utterance::last_seq);
        said.resize(limit);
        next = said.back()->last_seq;
        std::ranges::sort(said, {}, &Utterance::seq);
    }
    contract::JsonWriter json;
    json.object();
    json.key("utterances").array();
    for (const Utterance* one : said) write(json, *one);
    json.end();
    json.key("next").value(next);
    json.key("more").value(next < head);
    json.end();
    return json.take();
}

}  // namespace lifeline::api
