#include <algorithm>

#include "call/apply_parts.h"
#include "call/payload.h"
#include "call/rules.h"
#include "call/server_id.h"

namespace lifeline::call {

namespace {

// What is shown beside a call; a document more than these is open, and not listed.
constexpr std::size_t documents_max = 256;

}  // namespace

namespace rules {

Result<Decision> document_changed(const State& state, const DocumentChanged& change) {
    if (!state.open()) return fail(Code::gone, "session_over", "the call is over");
    const SharedDocument* known = state.document(change.document_id);
    const bool news = change.shared ? known == nullptr ? state.documents.size() < documents_max
                                                       : known->rev < change.rev
                                    : known != nullptr;
    if (!news) return Decision{};
    Payload payload;
    payload.text("documentId", change.document_id)
        .text("kind", change.kind)
        .integer("rev", static_cast<std::int64_t>(change.rev))
        .text("by", change.by)
        .optional("title", change.title);
    if (!change.shared) payload.flag("unshared", true);
    return Decision{{{server_id("deliverable", state.document_changes + 1),
                      contract::EventType::orchestration_deliverable_updated, payload.take()}}};
}

}  // namespace rules

void folds::of_documents(State& state, const contract::Event& event) {
    namespace field = contract::field::orchestration_deliverable_updated;
    ++state.document_changes;
    const std::string_view id = event.text(field::document_id);
    if (event.has(field::unshared) && event.flag(field::unshared)) {
        std::erase_if(state.documents, [&](const SharedDocument& one) { return one.id == id; });
        return;
    }
    auto known = std::ranges::find(state.documents, id, &SharedDocument::id);
    if (known == state.documents.end())
        known = state.documents.insert(known, SharedDocument{std::string(id), {}, {}, 0});
    known->kind = event.text(field::kind);
    if (event.has(field::title)) known->title = event.text(field::title);
    known->rev = static_cast<std::uint64_t>(event.integer(field::rev));
}

}  // namespace lifeline::call
