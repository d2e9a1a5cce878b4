#include "sinks/form.h"

#include "net/url.h"

namespace lifeline::sinks {

std::string form(std::initializer_list<std::pair<std::string_view, std::string_view>> fields) {
    std::string out;
    for (const auto& [name, value] : fields) {
        if (!out.empty()) out += '&';
        out.append(net::percent_encode(name)).append("=").append(net::percent_encode(value));
    }
    return out;
}

}  // namespace lifeline::sinks
