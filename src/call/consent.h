#pragma once

#include <string_view>

#include "base/result.h"
#include "call/state.h"
#include "contract/role.h"

namespace lifeline::call {

// Whether a word of this sender may be kept now: consent_required while the call demands consent to
// recording and theirs does not stand. For doors that would do something with the words before they
// publish them. A service speaks for everybody on the line.
Result<void> may_be_kept(const State& state, std::string_view sender_id, contract::Role role);

}  // namespace lifeline::call
