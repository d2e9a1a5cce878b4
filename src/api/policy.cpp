#include "api/administer.h"
#include "api/api.h"
#include "api/body.h"
#include "api/routes.h"
#include "contract/json_writer.h"

// The safety policy: what is in force, and another one in its place.
namespace lifeline::api {

namespace {

namespace field = contract::body::change_policy;

std::string_view source_of(const PolicyInForce& now) {
    if (!now.file.empty()) return "file";
    return now.stored ? "stored" : "standard";
}

// Where a file lies is for those who may go there.
std::string policy_json(const PolicyInForce& now, contract::Role asker) {
    contract::JsonWriter json;
    json.object();
    json.key("policyId").value(now.policy.id());
    json.key("version").value(now.policy.version());
    json.key("hash").value(now.policy.hash());
    json.key("source").value(source_of(now));
    if (asker == contract::Role::admin && !now.file.empty()) json.key("file").value(now.file);
    if (now.stored) {
        json.key("by").value(now.by);
        json.key("reason").value(now.reason);
    }
    json.key("rules").array();
    for (const auto& [name, when, then] : now.policy.rows()) {
        json.object();
        json.key("name").value(name);
        json.key("when").value(when);
        json.key("then").value(then);
        json.end();
    }
    json.end();
    json.key("policy").raw(now.policy.json());
    json.end();
    return json.take();
}

Api::Parts::Policed answer_with(Asked asked) {
    return [asked = std::move(asked)](Result<PolicyInForce> now) mutable {
        if (!now) return asked.refuse(now.error());
        const contract::Role role = asked.principal.role;
        asked.answer_json(200, policy_json(*now, role));
    };
}

}  // namespace

void get_policy(Api& api, Asked asked) {
    if (const auto may = account_overseen(asked.principal); !may) return asked.refuse(may.error());
    Loop& loop = asked.loop();
    api.parts().policy(loop, answer_with(std::move(asked)));
}

// It rules over the calls of all accounts, so it is not an account's operator who changes it.
void change_policy(Api& api, Asked asked) {
    if (const auto may = may_administer(asked.principal); !may) return asked.refuse(may.error());
    const auto body = read_body(asked, contract::BodyType::change_policy);
    if (!body) return asked.refuse(body.error());
    auto policy = safety::Policy::parse(body->raw(field::policy));
    if (!policy) {
        Error wrong = policy.error();
        wrong.pointer = "/policy" + wrong.pointer;
        return asked.refuse(wrong);
    }
    safety::PolicyChange change{*std::move(policy), std::string(body->text(field::base_hash)),
                                asked.principal.user_id, std::string(body->text(field::reason))};
    Loop& loop = asked.loop();
    api.parts().change_policy(std::move(change), loop, answer_with(std::move(asked)));
}

}  // namespace lifeline::api
