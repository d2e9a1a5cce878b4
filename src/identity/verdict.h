#pragma once

#include <functional>

#include "base/clock.h"
#include "base/result.h"
#include "identity/claims.h"

namespace lifeline::identity {

// What those who can judge a token say of it, and for how long that may be believed again without
// asking; zero for a verdict that is of this moment only.
struct Verdict {
    Result<ExternalIdentity> who;
    Millis keep{0};
};

using OnVerdict = std::move_only_function<void(Verdict)>;

}  // namespace lifeline::identity
