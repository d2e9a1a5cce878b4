#include "contract/record.h"

#include "base/check.h"
#include "contract/scalar.h"

namespace lifeline::contract {

std::size_t Record::slot(Field field) const {
    CHECK(field.owner == rule_);
    return first_ + field.index;
}

bool Record::has(Field field) const {
    const std::string_view found = raw(field);
    return !found.empty() && found != "null";
}

std::int64_t Record::integer(Field field) const {
    return parse_number(raw(field)).integer;
}

double Record::number(Field field) const {
    return parse_number(raw(field)).value;
}

bool Record::flag(Field field) const {
    return raw(field) == "true";
}

}  // namespace lifeline::contract
