#include "api/agent_reading.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "api/agent_action.h"
#include "api/api.h"
#include "contract/json_writer.h"
#include "mcp/transcript_lines.h"

namespace lifeline::api {

namespace {

using journal::Done;

constexpr journal::ReadLimit chunk{.events = 256, .bytes = 1024 * 1024};
// Of what lies before: older words and modes are not looked for.
constexpr std::uint64_t events_back_max = 1'000;
// Of what lies ahead of a cursor: whoever asks goes on from where this ended.
constexpr std::uint64_t events_ahead_max = 2'000;

// Shows the events after `from`, up to `to`, one by one, until one is not taken. Lives on `home`.
class Scan : public std::enable_shared_from_this<Scan> {
public:
    // False: not taken, and nothing further is to be shown.
    using Take = std::move_only_function<bool(const contract::Event&, const journal::StoredEvent&)>;

    Scan(Api& api, std::string session_id, std::uint64_t from, std::uint64_t to, Loop& home,
         Take take, Done<std::uint64_t> done)
        : api_(api),
          session_id_(std::move(session_id)),
          read_(from),
          to_(to),
          home_(home),
          take_(std::move(take)),
          done_(std::move(done)) {}

    void read_on() {
        if (read_ >= to_) return done_(read_);
        api_.parts().journal.read(
            session_id_, read_, chunk, home_,
            [self = shared_from_this()](Result<std::vector<journal::StoredEvent>> events) {
                if (!events) return self->done_(fail(events.error()));
                self->show(*events);
            });
    }

private:
    void show(const std::vector<journal::StoredEvent>& events) {
        if (events.empty()) return done_(read_);
        for (const auto& stored : events) {
            if (stored.seq > to_) return done_(read_);
            if (!stored.erased)
                if (const auto event = checker_.read_stored(stored.bytes))
                    if (!take_(*event, stored)) return done_(read_);
            read_ = stored.seq;
        }
        read_on();
    }

    Api& api_;
    std::string session_id_;
    std::uint64_t read_;
    std::uint64_t to_;
    Loop& home_;
    Take take_;
    Done<std::uint64_t> done_;
    contract::EventChecker checker_;
};

struct Stand {
    std::uint64_t head = 0;
    std::string context_json;
};

void stand_of(Api& api, const std::string& session_id, identity::Principal agent, Loop& home,
              Done<Stand> done) {
    api.parts().sessions.look<Stand>(
        session_id, home,
        [agent = std::move(agent)](session::Actor& actor) -> Result<Stand> {
            if (const auto may = may_act(actor.state(), agent); !may) return fail(may.error());
            const std::uint64_t head = actor.stream().head();
            return Stand{head, mcp::context_json(actor.state(), head)};
        },
        std::move(done));
}

std::uint64_t back_from(std::uint64_t head) {
    return head - std::min(head, events_back_max);
}

std::string transcript_json(const mcp::TranscriptLines& lines, std::uint64_t next,
                            std::uint64_t head) {
    contract::JsonWriter json;
    json.object();
    json.key("utterances");
    lines.write(json);
    json.key("next").value(next);
    json.key("more").value(next < head);
    json.end();
    return json.take();
}

}  // namespace

void read_transcript_for(Api& api, std::string session_id, identity::Principal agent,
                         mcp::AskedTranscript asked, Loop& home, Done<std::string> done) {
    stand_of(
        api, session_id, std::move(agent), home,
        [&api, id = session_id, asked, &home, done = std::move(done)](Result<Stand> stand) mutable {
            if (!stand) return done(fail(stand.error()));
            using Keep = mcp::TranscriptLines::Keep;
            const bool ahead = asked.after >= 0;
            const std::uint64_t head = stand->head;
            const auto after = static_cast<std::uint64_t>(std::max<std::int64_t>(asked.after, 0));
            if (after > head)
                return done(fail(Code::conflict, "cursor_ahead", "after is ahead of the head",
                                 "/params/arguments/after"));
            const auto lines = std::make_shared<mcp::TranscriptLines>(
                static_cast<std::size_t>(asked.limit), ahead ? Keep::first : Keep::last);
            const std::uint64_t from = ahead ? after : back_from(head);
            const std::uint64_t to = ahead ? std::min(head, after + events_ahead_max) : head;
            std::make_shared<Scan>(
                api, id, from, to, home,
                [lines](const contract::Event& event, const journal::StoredEvent& stored) {
                    return lines->take(event, stored.actor.id, stored.seq);
                },
                [lines, head, done = std::move(done)](Result<std::uint64_t> next) mutable {
                    if (!next) return done(fail(next.error()));
                    done(transcript_json(*lines, *next, head));
                })
                ->read_on();
        });
}

void read_context_for(Api& api, std::string session_id, identity::Principal agent, Loop& home,
                      Done<ReadContext> done) {
    stand_of(api, session_id, std::move(agent), home,
             [&api, id = session_id, &home, done = std::move(done)](Result<Stand> stand) mutable {
                 if (!stand) return done(fail(stand.error()));
                 const auto recent = std::make_shared<mcp::Recent>();
                 std::make_shared<Scan>(
                     api, id, back_from(stand->head), stand->head, home,
                     [recent](const contract::Event& event, const journal::StoredEvent&) {
                         recent->take(event);
                         return true;
                     },
                     [recent, context = std::move(stand->context_json),
                      done = std::move(done)](Result<std::uint64_t> read) mutable {
                         if (!read) return done(fail(read.error()));
                         done(ReadContext{mcp::with_recent(std::move(context), *recent), *recent});
                     })
                     ->read_on();
             });
}

}  // namespace lifeline::api
