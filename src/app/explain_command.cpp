#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "app/comma_list.h"
#include "app/commands.h"
#include "app/folder_command.h"
#include "app/stream_reading.h"
#include "contract/event.h"
#include "contract/stream.h"
#include "explain/render.h"
#include "explain/teller.h"

namespace lifeline::app {

namespace {

constexpr std::string_view anomalies_word = "anomalies";

struct Options {
    FolderOptions where;
    std::string session;
    std::string only;
};

// What of a story is shown.
struct Parts {
    std::array<bool, explain::kind_count> kinds{};
    bool anomalies = false;
};

Result<Parts> read_parts(std::string_view text) {
    Parts parts;
    if (text.empty()) {
        parts.kinds.fill(true);
        parts.anomalies = true;
    }
    for (const std::string_view word : comma_list(text)) {
        const auto kind = explain::kind_from(word);
        if (!kind && word != anomalies_word)
            return fail(Code::malformed, "query_invalid",
                        "--only takes call, people, speech, turns, actions, outages, documents, "
                        "safety, other and anomalies");
        if (kind)
            parts.kinds[static_cast<std::size_t>(*kind)] = true;
        else
            parts.anomalies = true;
    }
    return parts;
}

Result<explain::Story> story_of(const Options& options) {
    if (contract::stream_kind(options.session) != contract::StreamKind::call)
        return fail(Code::not_found, "stream_not_found", options.session + " is no call");
    explain::Teller teller(options.session);
    contract::EventChecker checker;
    const auto read = read_whole_stream(options.where.data, options.session,
                                        [&](const journal::StoredEvent& stored) -> Result<bool> {
                                            explain::Recorded recorded{.seq = stored.seq,
                                                                       .event_id = stored.event_id,
                                                                       .actor = stored.actor,
                                                                       .cause = stored.cause,
                                                                       .at = stored.recorded_at};
                                            if (stored.erased) {
                                                teller.take(recorded);
                                                return true;
                                            }
                                            const auto event = checker.read_stored(stored.bytes);
                                            if (!event) return fail(event.error());
                                            recorded.event = &*event;
                                            teller.take(recorded);
                                            return true;
                                        });
    if (!read) return fail(read.error());
    return teller.tell();
}

int run(const Options& options) {
    const auto parts = read_parts(options.only);
    if (!parts) {
        report(parts.error());
        return 2;
    }
    auto story = story_of(options);
    if (!story) return report(story.error());
    std::erase_if(story->entries, [&](const explain::Entry& entry) {
        return !parts->kinds[static_cast<std::size_t>(entry.kind)];
    });
    if (!parts->anomalies) story->anomalies.clear();
    if (options.where.json)
        std::printf("%s\n", explain::to_json(*story).c_str());
    else
        std::printf("%s", explain::to_plain(*story).c_str());
    return 0;
}

}  // namespace

void add_explain(Command app) {
    auto options = std::make_shared<Options>();
    auto made = add_folder_command(
        app, "explain",
        "Tell a call as a story: what happened, why, how long it took (server running or not)",
        options->where, [options] { return run(*options); });
    made.option("SESSION", options->session, "The call").required();
    made.option("--only", options->only,
                "Only these: call, people, speech, turns, actions, outages, documents, safety, "
                "other, anomalies");
}

}  // namespace lifeline::app
