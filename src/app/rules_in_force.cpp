#include "app/rules_in_force.h"

#include <utility>

#include "app/instance_reading.h"
#include "app/policy_file.h"
#include "safety/switchboard.h"

namespace lifeline::app {

Result<api::PolicyInForce> policy_in_force(const Config& config, safety::Policy of_file,
                                           const safety::PolicyRecord& record) {
    api::PolicyInForce now;
    now.policy = std::move(of_file);
    now.file = config.policy_file.string();
    const auto& stored = record.stored();
    if (!config.policy_file.empty() || !stored) return now;
    auto policy = safety::Policy::parse(stored->policy_json);
    if (!policy) return fail(policy.error());
    now.policy = *std::move(policy);
    now.stored = true;
    now.by = stored->by;
    now.reason = stored->reason;
    return now;
}

Result<RulesInForce> read_rules_in_force(const Config& config) {
    auto of_file = load_policy(config.policy_file);
    if (!of_file) return fail(of_file.error());
    safety::PolicyRecord record;
    safety::Switchboard switchboard;
    const auto read = read_instance(
        config.data.string(), [&](std::string_view type, std::string_view payload_json) -> Status {
            if (const auto taken = record.apply(type, payload_json); !taken) return taken;
            return switchboard.apply(type, payload_json);
        });
    // A folder that no server has used yet has decided nothing.
    if (!read && read.error().reason != "journal_missing") return fail(read.error());
    auto policy = policy_in_force(config, *std::move(of_file), record);
    if (!policy) return fail(policy.error());
    return RulesInForce{*std::move(policy), switchboard.switches()};
}

}  // namespace lifeline::app
