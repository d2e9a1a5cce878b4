#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "contract/event.h"

namespace lifeline::search {

// What an event says that can be found, or about who may find it.
struct CallMade {
    std::string account_id;
    std::string at;
};
struct Member {
    std::string user_id;
    bool is_in = true;
};
struct Spoken {
    contract::Event event;
    std::string actor_id;
    std::string at;
    std::uint64_t seq = 0;
};
struct Asked {
    std::string action_id;
    std::string summary;
    std::string actor_id;
    std::string at;
    std::uint64_t seq = 0;
};
struct DocumentMade {
    std::string account_id;
    std::string owner_id;
    std::string title;
    std::string initial_json;  // Empty for an empty object.
    std::string at;
    std::uint64_t seq = 0;
};
struct DocumentEdited {
    std::string patch_json;
    std::string at;
    std::uint64_t seq = 0;
};
struct DocumentShared {
    std::string with;
    bool with_call = false;
    bool ended = false;
};

struct Change {
    std::string stream;
    std::uint64_t position = 0;  // Of its event: what it begins is known by it.
    std::variant<CallMade, Member, Spoken, Asked, DocumentMade, DocumentEdited, DocumentShared>
        what;
};

}  // namespace lifeline::search
