#pragma once

#include <map>
#include <string>
#include <string_view>

#include "explain/recorded.h"

namespace lifeline::explain {

// Who is who in a call: names are what people chose, so an id always stands behind one.
class Cast {
public:
    void take(const contract::Event& event);

    // "Ada (usr_ada)", or the id alone.
    std::string name(std::string_view id) const;
    // The same, and "the server".
    std::string name(const contract::Actor& actor) const;

private:
    std::map<std::string, std::string, std::less<>> names_;
};

}  // namespace lifeline::explain
