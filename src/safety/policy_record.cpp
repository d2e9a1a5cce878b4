#include "safety/policy_record.h"

#include <fmt/format.h>

#include "contract/canonical.h"
#include "contract/json.h"
#include "contract/json_writer.h"
#include "contract/reason.h"

namespace lifeline::safety {

namespace {

std::string name_of(std::string_view id, std::string_view version) {
    return fmt::format("{} {}", id, version);
}

}  // namespace

std::string payload_of(const PolicyChange& change) {
    contract::JsonWriter json;
    json.object();
    json.key("policyId").value(change.policy.id());
    json.key("policyVersion").value(change.policy.version());
    json.key("hash").value(change.policy.hash());
    json.key("previousHash").value(change.base_hash);
    json.key("by").value(change.by);
    json.key("reason").value(change.reason);
    json.key("policy").raw(change.policy.json());
    json.end();
    return json.take();
}

Status PolicyRecord::apply(std::string_view type, std::string_view payload_json) {
    if (type != "safety.policy.changed") return {};
    const auto payload = contract::Json::parse(payload_json);
    const auto policy = payload ? payload->find("policy") : std::nullopt;
    if (!policy || !policy->is_object())
        return fail(Code::corrupt, "journal_corrupt", "safety.policy.changed: without a policy");
    const auto text = [&](std::string_view key) {
        return std::string(payload->text(key).value_or(""));
    };
    stored_ = Stored{contract::canonical_json(*policy), text("by"), text("reason")};
    hashes_.insert_or_assign(name_of(text("policyId"), text("policyVersion")), text("hash"));
    return {};
}

Status PolicyRecord::may_take(const PolicyChange& change, const Policy& in_force) const {
    const Policy& wanted = change.policy;
    if (wanted.hash() == in_force.hash()) return {};
    if (change.base_hash != in_force.hash())
        return contract::refuse(contract::reason::policy_conflict,
                                fmt::format("{}, version {} is in force, with the hash {}",
                                            in_force.id(), in_force.version(), in_force.hash()),
                                "/baseHash");
    const std::string name = name_of(wanted.id(), wanted.version());
    const auto used = hashes_.find(name);
    const bool by_another = used != hashes_.end() && used->second != wanted.hash();
    if (by_another || name == name_of(in_force.id(), in_force.version()))
        return contract::refuse(
            contract::reason::policy_version_used,
            fmt::format("{}, version {} was another policy", wanted.id(), wanted.version()),
            "/policy/version");
    if (wanted.json().size() > recorded_policy_bytes_max)
        return contract::refuse(
            contract::reason::policy_invalid,
            fmt::format("a policy that is put has at most {} bytes; a larger one can be a file",
                        recorded_policy_bytes_max),
            "/policy");
    return {};
}

}  // namespace lifeline::safety
