#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace lifeline::sinks {

// "name=value&name=value", each percent-encoded: a form's body, or a query.
std::string form(std::initializer_list<std::pair<std::string_view, std::string_view>> fields);

}  // namespace lifeline::sinks
