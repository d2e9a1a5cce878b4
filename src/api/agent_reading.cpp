#include "api/agent_reading.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "api/agent_action.h"
#include "api/agent_transcript.h"
#include "api/api.h"

namespace lifeline::api {

namespace {

using journal::Done;

constexpr journal::ReadLimit chunk{.events = 256, .bytes = 1024 * 1024};
// As they stand in an event's bytes.
constexpr std::string_view transcript_kinds = R"("type":"transcript.)";
constexpr std::string_view mode_kind = R"("type":"orchestration.mode.changed")";
constexpr std::string_view document_kind = R"("type":"orchestration.deliverable.updated")";

// Shows those events of a call, up to `to`, that are of a kind whose name begins so; what lies in
// between, nearly all of a long call, is not even parsed. Lives on `home`.
class Scan : public std::enable_shared_from_this<Scan> {
public:
    using Take = std::move_only_function<void(const contract::Event&, const journal::StoredEvent&)>;

    Scan(Api& api, std::string session_id, std::uint64_t to, std::vector<std::string_view> kinds,
         Loop& home, Take take, Done<void> done)
        : api_(api),
          session_id_(std::move(session_id)),
          to_(to),
          kinds_(std::move(kinds)),
          home_(home),
          take_(std::move(take)),
          done_(std::move(done)) {}

    void read_on() {
        if (read_ >= to_) return done_({});
        api_.parts().journal.read(
            session_id_, read_, chunk, home_,
            [self = shared_from_this()](Result<std::vector<journal::StoredEvent>> events) {
                if (!events) return self->done_(fail(events.error()));
                self->show(*events);
            });
    }

private:
    void show(const std::vector<journal::StoredEvent>& events) {
        if (events.empty()) return done_({});
        for (const auto& stored : events) {
            if (stored.seq > to_) return done_({});
            read_ = stored.seq;
            if (stored.erased || !may_be_wanted(stored.bytes)) continue;
            if (const auto event = checker_.read_stored(stored.bytes)) take_(*event, stored);
        }
        read_on();
    }
    bool may_be_wanted(std::string_view bytes) const {
        return std::ranges::any_of(
            kinds_, [&](std::string_view kind) { return bytes.find(kind) != bytes.npos; });
    }

    Api& api_;
    std::string session_id_;
    std::uint64_t read_ = 0;
    std::uint64_t to_;
    std::vector<std::string_view> kinds_;
    Loop& home_;
    Take take_;
    Done<void> done_;
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

}  // namespace

void read_transcript_for(Api& api, std::string session_id, identity::Principal agent,
                         mcp::AskedTranscript asked, Loop& home, Done<std::string> done) {
    stand_of(
        api, session_id, std::move(agent), home,
        [&api, id = session_id, asked, &home, done = std::move(done)](Result<Stand> stand) mutable {
            if (!stand) return done(fail(stand.error()));
            const std::uint64_t head = stand->head;
            if (asked.after > static_cast<std::int64_t>(head))
                return done(fail(Code::conflict, "cursor_ahead", "after is ahead of the head",
                                 "/params/arguments/after"));
            const auto fold = std::make_shared<transcript::Fold>();
            std::make_shared<Scan>(
                api, id, head, std::vector{transcript_kinds}, home,
                [fold](const contract::Event& event, const journal::StoredEvent& stored) {
                    fold->take(event, stored.actor.id, stored.seq);
                },
                [fold, asked, head, done = std::move(done)](const Status& read) mutable {
                    if (!read) return done(fail(read.error()));
                    done(agent_transcript(*fold, asked, head));
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
                     api, id, stand->head, std::vector{mode_kind, document_kind}, home,
                     [recent](const contract::Event& event, const journal::StoredEvent&) {
                         recent->take(event);
                     },
                     [recent, context = std::move(stand->context_json),
                      done = std::move(done)](const Status& read) mutable {
                         if (!read) return done(fail(read.error()));
                         done(ReadContext{mcp::with_recent(std::move(context), *recent), *recent});
                     })
                     ->read_on();
             });
}

}  // namespace lifeline::api
