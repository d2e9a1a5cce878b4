#include "explain/render.h"

#include <fmt/format.h>

#include "contract/json_writer.h"
#include "explain/line_text.h"
#include "transcript/time_text.h"

namespace lifeline::explain {

namespace {

std::string_view mark_of(Severity severity) {
    switch (severity) {
        case Severity::info:
            return "  ";
        case Severity::warning:
            return "! ";
        case Severity::error:
            return "!!";
    }
    return "";
}

void append_entry(std::string& out, const Entry& entry, WallTime from) {
    const auto since = [&](WallTime at) { return transcript::cue_text((at - from).count()); };
    out += fmt::format("{} {} #{:<4} {}\n", since(entry.at), mark_of(entry.severity), entry.seq,
                       entry.what);
    for (const Reason& reason : entry.why)
        out += fmt::format("                     because of #{}: {}\n", reason.seq, reason.what);
    for (const Step& step : entry.steps)
        out +=
            fmt::format("                     {} #{:<4} {}\n", since(step.at), step.seq, step.what);
    if (entry.kind == Kind::actions && entry.waited)
        out += fmt::format("                     waited for people for {}\n",
                           duration_text(*entry.waited));
}

void write_entry(contract::JsonWriter& json, const Entry& entry, WallTime from) {
    const auto since = [&](WallTime at) { return (at - from).count(); };
    json.object();
    json.key("kind").value(to_text(entry.kind));
    json.key("severity").value(to_text(entry.severity));
    json.key("seq").value(entry.seq);
    json.key("lastSeq").value(entry.last_seq);
    json.key("at").value(format_rfc3339(entry.at));
    json.key("offsetMs").value(since(entry.at));
    json.key("who").value(entry.who);
    if (!entry.about.empty()) json.key("about").value(entry.about);
    json.key("what").value(entry.what);
    if (!entry.why.empty()) {
        json.key("why").array();
        for (const Reason& reason : entry.why)
            json.object().key("seq").value(reason.seq).key("what").value(reason.what).end();
        json.end();
    }
    if (entry.took) json.key("tookMs").value(entry.took->count());
    if (entry.waited) json.key("waitedMs").value(entry.waited->count());
    if (!entry.steps.empty()) {
        json.key("steps").array();
        for (const Step& step : entry.steps) {
            json.object().key("seq").value(step.seq).key("offsetMs").value(since(step.at));
            json.key("what").value(step.what).end();
        }
        json.end();
    }
    json.end();
}

}  // namespace

std::string to_plain(const Story& story) {
    std::string out;
    out += fmt::format("{}, {}, {} events; times count from {}\n", line_text(story.session_id),
                       story.over ? "over" : "not over", story.events, format_rfc3339(story.from));
    if (const Waits& waits = story.waits; waits.median)
        out +=
            fmt::format("turns: {}, first text {} after the last word in the median, {} at most\n",
                        waits.turns, duration_text(*waits.median), duration_text(*waits.most));
    out += '\n';
    for (const Entry& entry : story.entries) append_entry(out, entry, story.from);
    if (story.anomalies.empty()) return out;
    out += "\nOdd:\n";
    for (const Anomaly& one : story.anomalies)
        out +=
            fmt::format("{} #{:<4} {} ({})\n", mark_of(one.severity), one.seq, one.what, one.code);
    return out;
}

std::string to_json(const Story& story) {
    contract::JsonWriter json;
    json.object();
    json.key("sessionId").value(story.session_id);
    json.key("from").value(format_rfc3339(story.from));
    json.key("head").value(story.head);
    json.key("events").value(story.events);
    json.key("over").value(story.over);
    const Waits& waits = story.waits;
    json.key("turns").object().key("count").value(waits.turns);
    if (waits.median) json.key("waitedMedianMs").value(waits.median->count());
    if (waits.most) json.key("waitedMostMs").value(waits.most->count());
    json.end();
    json.key("entries").array();
    for (const Entry& entry : story.entries) write_entry(json, entry, story.from);
    json.end();
    json.key("anomalies").array();
    for (const Anomaly& one : story.anomalies) {
        json.object().key("code").value(one.code);
        json.key("severity").value(to_text(one.severity));
        json.key("seq").value(one.seq);
        if (!one.about.empty()) json.key("about").value(one.about);
        json.key("what").value(one.what).end();
    }
    json.end();
    json.end();
    return json.take();
}

}  // namespace lifeline::explain
