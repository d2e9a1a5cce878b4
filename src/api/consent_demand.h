#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace lifeline::api {

// Which accounts' calls keep a person's words only with that person's consent, whatever the app
// that makes the call asked for.
struct ConsentDemand {
    enum class Of { as_asked, everybody };

    Of recording = Of::as_asked;
    std::vector<std::string> recording_accounts;  // Who demand it in any case.

    bool is_made_by(std::string_view account_id) const {
        return recording == Of::everybody ||
               std::ranges::find(recording_accounts, account_id) != recording_accounts.end();
    }
};

}  // namespace lifeline::api
