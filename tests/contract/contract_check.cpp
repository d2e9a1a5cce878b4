// The checker as a filter: a JSON text a line in, a verdict a line out, as JSON.
//
//   contract_check event | frame | canonical | body NAME
//   contract_check samples        every server frame, with and without what is optional
//
// {"ok":true,"json":"..."} with what would be stored (canonical: its canonical form), or
// {"ok":false,"reason":"...","pointer":"...","eventId":"..."}.
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "contract/body.h"
#include "contract/canonical.h"
#include "contract/event.h"
#include "contract/frames.h"
#include "contract/json.h"
#include "contract/json_writer.h"
#include "contract/reason.h"
#include "contract/tables.h"

namespace lifeline::contract {
namespace {

struct Verdict {
    Result<std::string> json;
    std::string event_id = {};
};
using Check = std::move_only_function<Verdict(std::string_view)>;

Check event_check() {
    return [checker = std::make_unique<EventChecker>()](std::string_view text) -> Verdict {
        auto event = checker->check(text);
        if (event) return {event->json(), std::string(event->id())};
        return {fail(event.error()), std::string(checker->last_event_id())};
    };
}

Check frame_check() {
    return [reader = std::make_unique<FrameReader>()](std::string_view text) -> Verdict {
        auto frame = reader->read(text);
        if (!frame) return {fail(frame.error()), std::string(reader->event_id())};
        return {frame->event ? frame->event->json() : std::string()};
    };
}

Verdict canonical_check(std::string_view text) {
    const auto json = Json::parse(text);
    if (!json) return {fail(json.error())};
    return {canonical_json(text)};
}

Check body_check(std::string_view name) {
    for (std::size_t i = 0; i < tables::bodies.size(); ++i) {
        if (tables::bodies[i].name != name) continue;
        return [type = static_cast<BodyType>(i)](std::string_view text) -> Verdict {
            auto body = check_body(type, text);
            if (!body) return {fail(body.error())};
            return {body->json()};
        };
    }
    return nullptr;
}

Check choose(int argc, char** argv) {
    const std::string_view mode = argc > 1 ? argv[1] : "";
    if (mode == "event") return event_check();
    if (mode == "frame") return frame_check();
    if (mode == "canonical") return canonical_check;
    if (mode == "body" && argc > 2) return body_check(argv[2]);
    return nullptr;
}

std::string to_line(const Verdict& verdict) {
    JsonWriter out;
    out.object().key("ok").value(verdict.json.has_value());
    if (verdict.json) {
        out.key("json").value(*verdict.json);
    } else {
        out.key("reason").value(verdict.json.error().reason);
        out.key("pointer").value(verdict.json.error().pointer);
    }
    out.key("eventId").value(verdict.event_id).end();
    return out.take() + "\n";
}

std::vector<std::string> sample_frames() {
    const std::string now = "2026-02-16T10:00:00.000Z";
    const std::string event = event_json("evt_1", "sess_1", now, "x.a", "{}");
    HelloFrame hello{.connection_id = "con_1", .generation = "1.2", .epoch = "ep_1"};
    hello.server_time = now;
    hello.session = {"sess_1", "active", "connected", "user", ""};
    HelloFrame resumed = hello;
    resumed.resume_token = "r";
    resumed.session.participant_id = "usr_1";
    ByeFrame bye = bye_for(error_for(reason::session_over));
    bye.terminal_event = event;
    bye.retry_after = std::chrono::milliseconds(10);
    bye.request_id = "req_1";

    Error later = error_for(reason::commit_failed, "disk", "/payload");
    later.retry_after = std::chrono::milliseconds(100);

    std::vector<std::string> frames(16);
    auto frame = frames.begin();
    append_hello(*frame++, hello);
    append_hello(*frame++, resumed);
    append_event_frame(*frame++, 1, event, {"user", "usr_1"}, "", now);
    append_event_frame(*frame++, 1, event, {"server", "lifeline"}, "evt_0", now, "doc_7");
    append_replay_complete(*frame++, 41);
    append_skipped(*frame++, 1, 2, SkipReason::superseded);
    append_skipped(*frame++, 1, 2, SkipReason::erased, "doc_7");
    append_accepted(*frame++, "evt_1", 1, true);
    append_error(*frame++, {.error = error_for(reason::json_invalid)});
    append_error(*frame++, {.event_id = "evt_1", .error = later});
    append_pong(*frame++, "12.5", 41);
    append_token(*frame++, "r", now);
    append_token_expiring(*frame++, now);
    append_goaway(*frame++, {"draining", 5000, 500, 2000, true});
    append_bye(*frame++, bye_for(error_for(reason::token_expired)));
    append_bye(*frame++, bye);
    return frames;
}

}  // namespace
}  // namespace lifeline::contract

int main(int argc, char** argv) {
    if (argc == 2 && std::string_view(argv[1]) == "samples") {
        for (const auto& frame : lifeline::contract::sample_frames()) std::puts(frame.c_str());
        return 0;
    }
    auto check = lifeline::contract::choose(argc, argv);
    if (!check) {
        std::fputs("usage: contract_check event | frame | canonical | body NAME | samples\n",
                   stderr);
        return 2;
    }
    std::string line;
    for (int c = std::getchar(); c != EOF; c = std::getchar()) {
        if (c != '\n') {
            line.push_back(static_cast<char>(c));
            continue;
        }
        std::fputs(lifeline::contract::to_line(check(line)).c_str(), stdout);
        line.clear();
    }
}
