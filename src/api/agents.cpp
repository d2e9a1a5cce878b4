#include "api/api.h"
#include "api/routes.h"
#include "contract/json_writer.h"

namespace lifeline::api {

// With what key or under which instructions one thinks is not for those who may talk to it.
void list_agents(Api& api, Asked asked) {
    contract::JsonWriter json;
    json.object().key("agents").array();
    for (const HostedAgent& agent : api.hosted_agents()) {
        json.object().key("name").value(agent.name).key("userId").value(agent.user_id);
        json.key("driver").value(agent.driver);
        if (!agent.model.empty()) json.key("model").value(agent.model);
        json.key("join").value(agent.joins_all ? "all" : "asked").end();
    }
    json.end().end();
    asked.answer_json(200, json.take());
}

}  // namespace lifeline::api
