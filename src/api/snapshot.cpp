#include <algorithm>
#include <memory>

#include "api/action_view.h"
#include "api/api.h"
#include "api/caller.h"
#include "api/routes.h"
#include "api/said.h"
#include "api/session_view.h"
#include "api/transcript_tail.h"

namespace lifeline::api {

namespace {

struct CallAt {
    std::uint64_t seq = 0;
    std::string state_json;
    std::string actions_json;
    std::string documents_json;
    std::string modes_json;
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

std::string modes_json(const call::State& state) {
    contract::JsonWriter json;
    json.array();
    for (const call::Mode& mode : state.modes) {
        json.object();
        json.key("mode").value(mode.name);
        json.key("active").value(mode.active);
        json.key("rev").value(mode.rev);
        json.key("reason").value(mode.reason);
        if (!mode.context_json.empty()) json.key("context").raw(mode.context_json);
        json.end();
    }
    json.end();
    return json.take();
}

std::string snapshot_json(const CallAt& call, std::string_view epoch,
                          const transcript::Fold& said) {
    contract::JsonWriter json;
    json.object();
    json.key("epoch").value(epoch);
    json.key("seq").value(call.seq);
    json.key("state").raw(call.state_json);
    json.key("actions").raw(call.actions_json);
    json.key("documents").raw(call.documents_json);
    json.key("modes").raw(call.modes_json);
    json.key("killed").value(call.killed);
    json.key("transcript");
    transcript_tail::write(json, said);
    json.end();
    return json.take();
}

// With what was said until then.
void answer(Api& api, const std::shared_ptr<Asked>& asked, CallAt call) {
    const SaidRange range{.session_id = asked->session_id(),
                          .after = call.seq - std::min(call.seq, transcript_tail::events_max),
                          .until = call.seq};
    journal::Journal& journal = api.parts().journal;
    read_said(
        journal, asked->loop(), range,
        [](transcript::Fold& said) {
            said.keep_last(transcript_tail::utterances_max, transcript_tail::bytes_max);
        },
        [&journal, asked, call = std::move(call)](Result<transcript::Fold> said) {
            if (!said) return asked->refuse(said.error());
            asked->answer_json(200, snapshot_json(call, journal.epoch(), *said));
        });
}

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
            return CallAt{
                actor.stream().head(), session_json(state), actions_json(state, Shown::not_over),
                documents_json(state), modes_json(state),   state.killed};
        },
        [&api, keep](Result<CallAt> call) {
            if (!call) return keep->refuse(call.error());
            answer(api, keep, std::move(*call));
        });
}

}  // namespace lifeline::api
