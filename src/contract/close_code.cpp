#include "contract/close_code.h"

#include <algorithm>

#include "base/check.h"
#include "contract/tables.h"

namespace lifeline::contract {

const CloseCodeInfo& close_code_info(CloseCode code) {
    const auto found = std::ranges::find(tables::close_codes, code, &CloseCodeInfo::code);
    CHECK(found != tables::close_codes.end());
    return *found;
}

std::span<const CloseCodeInfo> all_close_codes() {
    return tables::close_codes;
}

}  // namespace lifeline::contract
