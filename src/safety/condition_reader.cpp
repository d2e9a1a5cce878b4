#include "safety/condition_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "contract/canonical.h"

namespace lifeline::safety {

using contract::Json;
using Operator = Condition::Operator;

namespace {

constexpr std::pair<std::string_view, Operator> operators[] = {
    {"equals", Operator::equals},
    {"in", Operator::in},
    {"matches", Operator::matches},
    {"domain_in", Operator::domain_in},
    {"domain_not_in", Operator::domain_not_in},
    {"over", Operator::over},
    {"under", Operator::under},
    {"exists", Operator::exists},
    {"longer_than", Operator::longer_than},
};

std::string operator_names() {
    std::vector<std::string_view> names;
    for (const auto& [name, op] : operators) names.push_back(name);
    return fmt::format("{}", fmt::join(names, ", "));
}

std::size_t place_of(const Path& path, std::vector<Path>& paths) {
    const auto known = std::ranges::find(paths, path);
    const auto place = static_cast<std::size_t>(known - paths.begin());
    if (known == paths.end()) paths.push_back(path);
    return place;
}

void read_domains(Fields& fields, std::string_view key, Condition& condition) {
    for (const auto& domain : fields.texts(key))
        if (!condition.domains.add(domain))
            fields.refuse(key, fmt::format("has {}, which is no domain such as example.com or "
                                           "*.example.com",
                                           domain));
}

void read_operand(Fields& fields, std::string_view key, Condition& condition) {
    switch (condition.op) {
        case Operator::equals:
            condition.values.push_back(contract::canonical_json(*fields.find(key)));
            return;
        case Operator::in:
            for (const auto& item : fields.find(key)->items())
                condition.values.push_back(contract::canonical_json(item));
            if (condition.values.empty()) fields.refuse(key, "must be a list of values");
            return;
        case Operator::matches:
            condition.values = fields.texts(key);
            return;
        case Operator::domain_in:
        case Operator::domain_not_in:
            return read_domains(fields, key, condition);
        case Operator::exists:
            condition.wanted = fields.yes_or_no(key).value_or(true);
            return;
        case Operator::over:
        case Operator::under:
        case Operator::longer_than:
            condition.number = fields.whole(key).value_or(0);
            if (condition.op == Operator::longer_than && condition.number < 0)
                fields.refuse(key, "must be 0 or more");
            return;
    }
}

}  // namespace

Condition read_condition(const Json& json, const std::string& pointer, std::vector<Path>& paths,
                         Faults& faults) {
    Condition condition;
    Fields fields(json, pointer, faults);
    const auto path = Path::parse(fields.text("path").value_or(""));
    if (path)
        condition.path = place_of(*path, paths);
    else
        fields.refuse("path", "must be a JSON pointer into the arguments, such as /to or /to/*");
    int asked = 0;
    for (const auto& [name, op] : operators) {
        if (!fields.has(name)) continue;
        ++asked;
        condition.op = op;
        read_operand(fields, name, condition);
    }
    if (asked != 1)
        faults.add(pointer, fmt::format("args needs one of {} beside each path", operator_names()));
    return condition;
}

std::string describe_condition(const Json& json) {
    std::string text(json.text("path").value_or(""));
    for (const auto& [name, value] : json.members())
        if (name != "path") text += fmt::format(" {} {}", name, contract::canonical_json(value));
    return text;
}

}  // namespace lifeline::safety
