#include "mcp/context.h"

#include <algorithm>

#include "base/check.h"
#include "contract/json_writer.h"

namespace lifeline::mcp {

namespace {

using contract::EventType;
using contract::JsonWriter;

// More than this of one call is not for one prompt.
constexpr std::size_t documents_max = 64;

void write_participants(JsonWriter& json, const call::State& state) {
    json.key("participants").array();
    for (const call::Participant& one : state.participants) {
        if (one.removed) continue;
        json.object();
        json.key("participantId").value(one.id);
        json.key("role").value(contract::to_text(one.role));
        if (!one.name.empty()) json.key("name").value(one.name);
        json.key("owner").value(one.id == state.owner_id);
        json.key("connected").value(one.connected);
        json.end();
    }
    json.end();
}

void write_confirmations(JsonWriter& json, const call::State& state) {
    json.key("openConfirmations").array();
    for (const call::Action& action : state.actions) {
        if (!action.confirmation) continue;
        json.object();
        json.key("confirmationId").value(action.confirmation->id);
        json.key("actionId").value(action.id);
        json.key("actionType").value(action.type);
        json.key("summary").value(action.summary);
        json.key("expiresAt").value(format_rfc3339(action.confirmation->expires_at));
        json.end();
    }
    json.end();
}

void write_actions(JsonWriter& json, const call::State& state) {
    json.key("actions").array();
    for (const call::Action& action : state.actions) {
        if (action.is_over()) continue;
        json.object();
        json.key("actionId").value(action.id);
        json.key("actionType").value(action.type);
        json.key("state").value(call::to_text(action.state));
        json.key("summary").value(action.summary);
        json.end();
    }
    json.end();
}

}  // namespace

void Recent::take(const contract::Event& event) {
    if (event.type() == EventType::orchestration_mode_changed) {
        namespace f = contract::field::orchestration_mode_changed;
        if (event.text(f::state) != "deactivated") {
            mode_ = event.text(f::mode);
        } else if (event.text(f::mode) == mode_) {
            mode_.clear();
        }
    } else if (event.type() == EventType::orchestration_deliverable_updated) {
        namespace f = contract::field::orchestration_deliverable_updated;
        const auto id = event.text(f::document_id);
        if (event.has(f::unshared) && event.flag(f::unshared)) {
            std::erase_if(documents_, [&](const Document& one) { return one.id == id; });
            return;
        }
        auto known = std::ranges::find(documents_, id, &Document::id);
        if (known == documents_.end()) {
            if (documents_.size() >= documents_max) documents_.erase(documents_.begin());
            known = documents_.insert(documents_.end(), Document{std::string(id), {}, 0});
        }
        known->kind = event.text(f::kind);
        known->rev = std::max(known->rev, event.integer(f::rev));
    }
}

std::string Recent::only_document(std::string_view kind) const {
    const Document* found = nullptr;
    for (const Document& one : documents_) {
        if (one.kind != kind) continue;
        if (found != nullptr) return {};
        found = &one;
    }
    return found != nullptr ? found->id : std::string();
}

std::string context_json(const call::State& state, std::uint64_t seq) {
    JsonWriter json;
    json.object();
    json.key("sessionId").value(state.id);
    json.key("seq").value(seq);
    json.key("status").value(call::to_text(state.status));
    if (state.phase != call::Phase::none) json.key("phase").value(call::to_text(state.phase));
    json.key("channel").value(state.channel);
    json.key("killed").value(state.killed);
    write_participants(json, state);
    write_confirmations(json, state);
    write_actions(json, state);
    json.end();
    return json.take();
}

std::string with_recent(std::string context_json, const Recent& recent) {
    CHECK(context_json.ends_with('}'));
    JsonWriter json;
    json.object();
    if (!recent.mode().empty()) json.key("mode").value(recent.mode());
    json.key("documents").array();
    for (const Recent::Document& one : recent.documents()) {
        json.object();
        json.key("documentId").value(one.id);
        json.key("kind").value(one.kind);
        json.key("rev").value(one.rev);
        json.end();
    }
    json.end();
    json.end();
    context_json.back() = ',';
    return context_json + json.take().substr(1);
}

}  // namespace lifeline::mcp
