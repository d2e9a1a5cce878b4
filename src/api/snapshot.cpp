#include <algorithm>
#include <memory>

#include "api/action_view.h"
#include "api/api.h"
#include "api/caller.h"
#include "api/routes.h"
#include "api/session_view.h"
#include "api/transcript_tail.h"

namespace lifeline::api {

namespace {

constexpr journal::ReadLimit chunk{.events = 256, .bytes = 1024 * 1024};

struct CallAt {
    std::uint64_t seq = 0;
    std::string state_json;
    std::string actions_json;
    std::string documents_json;
    bool killed = false;
};

std::string documents_json(const call::State& state) {
    contract::JsonWriter json;
    json.array();
    for (const call::SharedDocument& one : state.documents) {
        json.object();
        json.key("documentId").value(one.id);
        json.key("kind").value(one.kind);
        json.key("title").value(one.title);
        json.key("rev").value(one.rev);
        json.end();
    }
    json.end();
    return json.take();
}

// The call as it stood at `seq`, and what was said until then. Lives on the server's loop.
class Snapshot : public std::enable_shared_from_this<Snapshot> {
public:
    Snapshot(Api& api, Asked asked, CallAt call)
        : api_(api),
          asked_(std::move(asked)),
          call_(std::move(call)),
          read_(call_.seq - std::min(call_.seq, transcript_tail::events_max)) {}

    void read_on() {
        if (read_ >= call_.seq) return answer();
        api_.parts().journal.read(
            asked_.session_id(), read_, chunk, asked_.loop(),
            [self = shared_from_this()](Result<std::vector<journal::StoredEvent>> events) {
                if (!events) return self->asked_.refuse(events.error());
                self->take(*events);
            });
    }

private:
    void take(const std::vector<journal::StoredEvent>& events) {
        for (const auto& stored : events) {
            // What was written since belongs to whoever follows from `seq`.
            if (stored.seq > call_.seq || stored.erased) continue;
            if (const auto event = checker_.read_stored(stored.bytes))
                said_.take(*event, stored.actor.id, stored.seq);
        }
        said_.keep_last(transcript_tail::utterances_max, transcript_tail::bytes_max);
        read_ = events.empty() ? call_.seq : events.back().seq;
        read_on();
    }
    void answer() {
        contract::JsonWriter json;
        json.object();
        json.key("epoch").value(api_.parts().journal.epoch());
        json.key("seq").value(call_.seq);
        json.key("state").raw(call_.state_json);
        json.key("actions").raw(call_.actions_json);
        json.key("documents").raw(call_.documents_json);
        json.key("killed").value(call_.killed);
        json.key("transcript");
        transcript_tail::write(json, said_);
        json.end();
        asked_.answer_json(200, json.take());
    }

    Api& api_;
    Asked asked_;
    CallAt call_;
    std::uint64_t read_;
    contract::EventChecker checker_;
    transcript::Fold said_;
};

}  // namespace

// What a page that lost its state needs: the call as it stands, what was said last, and the cursor
// to go on from.
void get_snapshot(Api& api, Asked asked) {
    const std::string id = asked.session_id();
    auto principal = asked.principal;
    Loop& loop = asked.loop();
    auto keep = std::make_shared<Asked>(std::move(asked));
    api.parts().sessions.look<CallAt>(
        id, loop,
        [principal = std::move(principal)](session::Actor& actor) -> Result<CallAt> {
            const auto role = authorize(actor.state(), principal, Need::read);
            if (!role) return fail(role.error());
            const call::State& state = actor.state();
            return CallAt{actor.stream().head(), session_json(state),
                          actions_json(state, Shown::not_over), documents_json(state),
                          state.killed};
        },
        [&api, keep](Result<CallAt> call) {
            if (!call) return keep->refuse(call.error());
            std::make_shared<Snapshot>(api, std::move(*keep), std::move(*call))->read_on();
        });
}

}  // namespace lifeline::api
