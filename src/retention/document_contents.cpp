#include "retention/document_contents.h"

#include <algorithm>

#include "contract/json.h"

namespace lifeline::retention {

using contract::EventType;
namespace field = contract::field;

void DocumentContents::take(const Recorded& recorded) {
    head_ = recorded.seq;
    if (recorded.event == nullptr) {
        ++erased_;
        return;
    }
    const contract::Event& event = *recorded.event;
    if (event.type() == EventType::record_erased) {
        namespace f = field::record_erased;
        recorded_ += static_cast<std::uint64_t>(event.integer(f::events));
        if (event.has(f::erasure_id))
            records_[std::string(event.text(f::erasure_id))] +=
                static_cast<std::uint64_t>(event.integer(f::events));
        return;
    }
    there_.push_back(recorded.seq);
    if (event.type() == EventType::document_created) {
        owner_id_ = event.text(field::document_created::owner_id);
        account_id_ = event.text(field::document_created::account_id);
    }
    if (event.type() == EventType::document_shared) {
        const auto with = contract::Json::parse(event.raw(field::document_shared::with));
        if (const auto call = with ? with->text("sessionId") : std::nullopt) calls_.emplace(*call);
    }
}

std::uint64_t DocumentContents::recorded(std::string_view erasure_id) const {
    const auto found = records_.find(erasure_id);
    return found == records_.end() ? 0 : found->second;
}

Plan DocumentContents::whole() const {
    const std::uint64_t erased = erased_ + there_.size();
    return {.contents = there_, .head = head_, .erased = erased - std::min(recorded_, erased)};
}

}  // namespace lifeline::retention
