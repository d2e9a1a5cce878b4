#include <cstdio>

#include "app/commands.h"
#include "contract/reason.h"

namespace lifeline::app {

int report(const Error& error) {
    const auto* known = contract::find_reason(error.reason);
    std::fprintf(stderr, "lifeline: %s: %s\n", error.reason.c_str(),
                 error.detail.empty() && known != nullptr ? std::string(known->meaning).c_str()
                                                          : error.detail.c_str());
    if (known != nullptr) std::fprintf(stderr, "  %s\n", std::string(known->fix).c_str());
    return 1;
}

int done(bool json, const std::string& sentence, const Listing& about) {
    std::printf("%s\n", json ? about.object_json().c_str() : sentence.c_str());
    return 0;
}

}  // namespace lifeline::app
