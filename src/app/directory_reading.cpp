#include "app/directory_reading.h"

#include "app/instance_reading.h"
#include "contract/json.h"

namespace lifeline::app {

// After the directory took an event, its fields are known to be there.
Status DirectoryReading::apply(std::string_view type, std::string_view payload_json) {
    if (auto applied = directory.apply(type, payload_json); !applied) return applied;
    if (!type.starts_with("identity.user.")) return {};
    const auto payload = contract::Json::parse(payload_json);
    if (!payload) return fail(payload.error());
    const auto text = [&](std::string_view name) {
        return std::string(payload->text(name).value_or(std::string_view()));
    };
    const std::pair identity(text("issuer"), text("subject"));
    const std::string user_id = text("userId");
    if (type == "identity.user.created") {
        users.try_emplace(user_id, text("accountId"));
        identities.try_emplace(identity, Identity{user_id, false});
    } else if (type == "identity.user.linked") {
        identities.insert_or_assign(identity, Identity{user_id, true});
    } else if (type == "identity.user.unlinked") {
        const auto found = identities.find(identity);
        if (found != identities.end() && found->second.user_id == user_id) identities.erase(found);
    }
    return {};
}

Result<DirectoryReading> read_directory(const std::string& folder) {
    DirectoryReading reading;
    const auto read =
        read_instance(folder, [&](std::string_view type, std::string_view payload_json) {
            return reading.apply(type, payload_json);
        });
    if (!read) return fail(read.error());
    return reading;
}

}  // namespace lifeline::app
