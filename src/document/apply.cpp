#include <algorithm>

#include "base/check.h"
#include "contract/json.h"
#include "document/patch.h"
#include "document/state.h"

namespace lifeline::document {

namespace {

namespace field = contract::field;

void created(State& state, const contract::Event& event, std::string_view actor_id) {
    namespace created = field::document_created;
    state.kind = event.text(created::kind);
    state.title = event.text(created::title);
    state.owner_id = event.text(created::owner_id);
    state.account_id = event.text(created::account_id);
    if (event.has(created::request_digest))
        state.request_digest = event.text(created::request_digest);
    state.created_at = parse_rfc3339(event.ts()).value_or(WallTime{});
    state.last_editor = actor_id;
    if (!event.has(created::initial)) return;
    const auto initial = contract::Json::parse(event.raw(created::initial));
    CHECK(initial.has_value());  // It was checked before it was written.
    state.content = Value::from(*initial);
}

void remember(State& state, Revision revision) {
    state.effects += revision.effects.size();
    state.revisions.push_back(std::move(revision));
    while (state.revisions.size() > revisions_kept || state.effects > effects_kept) {
        state.effects -= state.revisions.front().effects.size();
        state.revisions.pop_front();
    }
}

void edited(State& state, const contract::Event& event) {
    namespace edited = field::document_edited;
    const auto json = contract::Json::parse(event.raw(edited::patch));
    CHECK(json.has_value());
    const auto patch = read_patch(*json);
    CHECK(patch.has_value());
    if (state.lost) return;
    auto effects = apply_patch(state.content, *patch);
    // It was tried on this very content before it was written. Where it does not fit, something
    // before it was erased.
    state.lost = !effects;
    if (state.lost) return;
    state.rev = static_cast<std::uint64_t>(event.integer(edited::rev));
    state.last_editor = event.text(edited::by);
    remember(state, {state.rev, state.last_editor, std::move(*effects)});
}

void share_changed(State& state, std::string_view with_json, ShareRole role) {
    ++state.share_changes;
    const auto with = contract::Json::parse(with_json);
    CHECK(with.has_value());
    const auto session = with->text("sessionId");
    const std::string_view whom = session ? *session : with->text("userId").value_or("");
    std::erase_if(state.shares, [&](const Share& share) {
        return share.with_call == session.has_value() && share.with == whom;
    });
    state.shares.push_back({std::string(whom), session.has_value(), role});
    // Calls are told that it has ended for them, so the last of those are known, too.
    while (state.shares.size() > 2 * shares_max)
        state.shares.erase(std::ranges::find(state.shares, ShareRole::none, &Share::role));
}

}  // namespace

void apply(State& state, const contract::Event& event, std::string_view actor_id) {
    using contract::EventType;
    switch (event.type()) {
        case EventType::document_created:
            return created(state, event, actor_id);
        case EventType::document_edited:
            return edited(state, event);
        case EventType::document_shared:
            return share_changed(state, event.raw(field::document_shared::with),
                                 share_role_from(event.text(field::document_shared::role))
                                     .value_or(ShareRole::viewer));
        case EventType::document_unshared:
            return share_changed(state, event.raw(field::document_unshared::with), ShareRole::none);
        case EventType::record_erased: {
            // Of one person's edits there may be such a record too; they change nothing here.
            if (event.has(field::record_erased::participant_id)) return;
            State gone;
            gone.id = std::move(state.id);
            gone.erased = true;
            state = std::move(gone);
            return;
        }
        default:
            return;  // A request, and a refusal: they change nothing.
    }
}

}  // namespace lifeline::document
