#include "orchestration/document_executor.h"

#include <fmt/format.h>

#include <utility>

#include "base/digest.h"
#include "base/text.h"
#include "contract/canonical.h"
#include "contract/json.h"
#include "contract/json_writer.h"
#include "document/access.h"
#include "orchestration/document_reading.h"

namespace lifeline::orchestration {

namespace {

namespace edited_field = contract::field::document_edited;
namespace rejected_field = contract::field::document_edit_rejected;

// What names this action everywhere, and is the same for each of its attempts.
std::string derived(std::string_view prefix, const Job& job) {
    const Digest digest = sha256(fmt::format("{}:{}:{}:{}", job.action_type, job.session_id.size(),
                                             job.session_id, job.action_id));
    return std::string(prefix) + to_hex({digest.data(), 16});
}

std::string result_of(std::string_view document_id, std::int64_t rev) {
    contract::JsonWriter json;
    json.object();
    json.key("documentId").value(document_id);
    json.key("rev").value(rev);
    json.end();
    return json.take();
}

// Trying again can help where it is the disk, or the crowd; twice is as good as once.
Outcome refused(const Error& error) {
    const bool later = error.code == Code::unavailable || error.code == Code::overloaded ||
                       error.code == Code::stale_head;
    return failed(error.reason, error.detail.empty() ? error.reason : error.detail,
                  later ? Retry::may : Retry::never);
}

}  // namespace

struct DocumentExecutor::Origin {
    std::string owner_id;
    std::string account_id;
    std::string requester;
    contract::Role role = contract::Role::agent;

    contract::Actor actor() const { return {std::string(contract::to_text(role)), requester}; }
    document::Caller caller(const std::string& session_id) const {
        return {.user_id = requester,
                .account_id = account_id,
                .role = role,
                .session_id = session_id,
                .role_in_call = role,
                .bound = true};
    }
};

void DocumentExecutor::execute(Job job, Done done) {
    const std::string session_id = job.session_id;
    const std::string action_id = job.action_id;
    sessions_.look<Origin>(
        session_id, loop_,
        [action_id](session::Actor& actor) -> Result<Origin> {
            const call::State& state = actor.state();
            const call::Action* action = state.action(action_id);
            if (action == nullptr)
                return fail(Code::not_found, "action_unknown", "no such action in this call");
            Origin origin{state.owner_id, state.account_id, action->requester,
                          contract::Role::service};
            if (const auto* asked = state.participant(action->requester)) {
                if (asked->removed)
                    return fail(Code::not_allowed, "removed", "who asked is not in the call");
                origin.role = asked->role;
            }
            return origin;
        },
        [this, alive = alive_, job = std::move(job),
         done = std::move(done)](Result<Origin> origin) mutable {
            if (!*alive) return;
            if (!origin) return done(refused(origin.error()));
            if (job.action_type == "document.create") return create(job, *origin, std::move(done));
            if (job.action_type == "document.edit") return edit(job, *origin, std::move(done));
            if (job.action_type == "document.read") return read(job, *origin, std::move(done));
            done(failed("unknown_tool", job.action_type + " is not built in"));
        });
}

void DocumentExecutor::create(const Job& job, const Origin& origin, Done done) {
    const auto args = contract::Json::parse(job.args_json);
    if (!args) return done(refused(args.error()));
    document::Create create;
    create.kind = args->text("kind").value_or("");
    create.title = args->text("title").value_or("");
    if (const auto content = args->find("content"))
        create.initial_json = contract::canonical_json(*content);
    create.owner_id = origin.owner_id;
    create.account_id = origin.account_id;
    create.session_id = job.session_id;
    const std::string id = derived("doc_", job);
    documents_.submit(id, {std::move(create), origin.actor(), origin.caller(job.session_id)}, loop_,
                      [id, done = std::move(done)](Result<session::Receipt> receipt) mutable {
                          if (!receipt) return done(refused(receipt.error()));
                          done(succeeded(result_of(id, 0), "The document was made."));
                      });
}

void DocumentExecutor::read(const Job& job, const Origin& origin, Done done) {
    const auto args = contract::Json::parse(job.args_json);
    if (!args) return done(refused(args.error()));
    const std::string id(args->text("documentId").value_or(""));
    const std::string path(args->text("path").value_or(""));
    using Reading = std::optional<std::string>;
    documents_.look<Reading>(
        id, loop_,
        [caller = origin.caller(job.session_id),
         path](session::DocumentActor& actor) -> Result<Reading> {
            const document::State& state = actor.state();
            if (const auto allowed = document::may(state, caller, document::Right::read); !allowed)
                return fail(allowed.error());
            return reading_of({.id = state.id,
                               .kind = state.kind,
                               .title = state.title,
                               .rev = state.rev,
                               .content_json = state.content.json()},
                              path);
        },
        [path, done = std::move(done)](Result<Reading> read) mutable {
            if (!read) return done(refused(read.error()));
            if (!*read)
                return done(failed("path_not_found", fmt::format("there is nothing at {}", path)));
            done(succeeded(*std::move(*read)));
        });
}

void DocumentExecutor::edit(const Job& job, const Origin& origin, Done done) {
    const auto args = contract::Json::parse(job.args_json);
    if (!args) return done(refused(args.error()));
    const std::string id(args->text("documentId").value_or(""));
    const auto base = args->find("baseRev");
    const auto patch = args->find("patch");
    contract::JsonWriter payload;
    payload.object();
    payload.key("baseRev").value(base ? base->as_integer().value_or(-1) : -1);
    payload.key("patch").raw(patch ? contract::canonical_json(*patch) : "[]");
    payload.end();
    auto event = checker_.check(
        contract::event_json(derived("ll_", job), id, format_rfc3339(loop_.clock().wall()),
                             "document.edit.requested", payload.take()),
        contract::Sender::server);
    if (!event) return done(refused(event.error()));
    documents_.submit(
        id, {document::Publish{std::move(*event)}, origin.actor(), origin.caller(job.session_id)},
        loop_,
        [this, alive = alive_, id,
         done = std::move(done)](Result<session::Receipt> receipt) mutable {
            if (!*alive) return;
            if (!receipt) return done(refused(receipt.error()));
            edited(id, receipt->seq, std::move(done));
        });
}

// What became of the request stands right behind it.
void DocumentExecutor::edited(const std::string& document_id, std::uint64_t request_seq,
                              Done done) {
    journal_.read(
        document_id, request_seq, {.events = 1, .bytes = 1}, loop_,
        [this, alive = alive_, document_id,
         done = std::move(done)](Result<std::vector<journal::StoredEvent>> events) mutable {
            if (!*alive) return;
            if (!events) return done(refused(events.error()));
            if (events->empty()) return done(failed("internal", "the edit has no outcome"));
            const auto event = checker_.read_stored(events->front().bytes);
            if (!event) return done(refused(event.error()));
            if (event->type() == contract::EventType::document_edited)
                return done(succeeded(result_of(document_id, event->integer(edited_field::rev)),
                                      "Edited."));
            done(failed(
                "edit_conflict",
                fmt::format("{} changed {} meanwhile; the document is at revision {}",
                            event->text(rejected_field::by), event->raw(rejected_field::paths),
                            event->integer(rejected_field::current_rev))));
        });
}

}  // namespace lifeline::orchestration
