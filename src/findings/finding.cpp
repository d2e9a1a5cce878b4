#include "findings/finding.h"

#include <map>
#include <string>

#include "contract/canonical.h"
#include "contract/json.h"

namespace lifeline::findings {

namespace {

// Which run says it, and which ids stand behind it, is not the difference: what was done about it
// is among those ids.
std::map<std::string, std::string> difference_in(std::string_view payload) {
    const auto json = contract::Json::parse(payload);
    if (!json) return {{"", std::string(payload)}};
    std::map<std::string, std::string> fields;
    for (const auto& [name, value] : json->members())
        if (name != "runId" && name != "ids") fields.emplace(name, contract::canonical_json(value));
    return fields;
}

}  // namespace

bool same_difference(std::string_view one, std::string_view other) {
    return difference_in(one) == difference_in(other);
}

}  // namespace lifeline::findings
