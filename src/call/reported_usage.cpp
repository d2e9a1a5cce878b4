#include <fmt/format.h>

#include <algorithm>

#include "call/rules.h"
#include "contract/json.h"

// What a report of usage may say of its kind: it comes back in a signed record, which has to fit an
// event of its own.
namespace lifeline::call::rules {

namespace {

using contract::Event;
using contract::EventType;
namespace field = contract::field;

constexpr std::size_t members_max = 32;
constexpr std::size_t words_max = 8;
constexpr std::size_t name_bytes_max = 64;
constexpr std::size_t word_bytes_max = 256;

Result<void> judge(std::string_view dims_json) {
    const auto refuse = [](std::string what) -> Result<void> {
        return fail(Code::malformed, "out_of_range", std::move(what), "/payload/dims");
    };
    const auto dims = contract::Json::parse(dims_json);
    if (!dims) return fail(dims.error());
    const auto members = dims->members();
    if (members.size() > members_max) return refuse(fmt::format("at most {} members", members_max));
    std::size_t words = 0;
    for (const auto& [name, value] : members) {
        if (name.size() > name_bytes_max)
            return refuse(fmt::format("a name has at most {} bytes", name_bytes_max));
        const auto text = value.as_text();
        if (!text) continue;
        if (text->size() > word_bytes_max)
            return refuse(fmt::format("a word has at most {} bytes", word_bytes_max));
        if (++words > words_max) return refuse(fmt::format("at most {} words", words_max));
    }
    return {};
}

}  // namespace

Result<void> may_report(const Event& event) {
    namespace reported = field::billing_usage_reported;
    namespace reconciled = field::billing_usage_reconciled;
    if (event.type() == EventType::billing_usage_reported && event.has(reported::dims))
        return judge(event.raw(reported::dims));
    if (event.type() == EventType::billing_usage_reconciled && event.has(reconciled::dims))
        return judge(event.raw(reconciled::dims));
    return {};
}

}  // namespace lifeline::call::rules
