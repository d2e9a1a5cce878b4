#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace lifeline::safety {

// The domain of a mail address, in lower case. Only of a plain `local@domain`: what a mail server
// might read differently than this does has none. So no display names, comments, quotes, lists,
// routes (`a%b@c`), trailing dots, and nothing beyond ASCII, where letters only look alike.
std::optional<std::string> domain_of(std::string_view address);

// Domains as a policy names them: `example.com`, and `*.example.com` for all beneath it.
class DomainList {
public:
    // False, and nothing is added, when it is no domain.
    bool add(std::string_view domain);
    bool has(std::string_view domain) const;  // in lower case

private:
    std::vector<std::string> exact_;
    std::vector<std::string> beneath_;  // with their dot: ".example.com"
};

}  // namespace lifeline::safety
