#include "contract/reason.h"

#include <algorithm>

#include "base/check.h"
#include "contract/tables.h"

namespace lifeline::contract {

const ReasonInfo* find_reason(std::string_view reason) {
    const auto found = std::ranges::lower_bound(tables::reasons, reason, {}, &ReasonInfo::reason);
    return found != tables::reasons.end() && found->reason == reason ? &*found : nullptr;
}

std::span<const ReasonInfo> all_reasons() {
    return tables::reasons;
}

Error error_for(std::string_view reason, std::string detail, std::string pointer) {
    const ReasonInfo* info = find_reason(reason);
    CHECK(info != nullptr);
    return {info->code, std::string(reason), std::move(detail), std::move(pointer)};
}

}  // namespace lifeline::contract
