#include "orchestration/mcp_probe.h"

#include "orchestration/foreign_text.h"

namespace lifeline::orchestration {

ProbeAnswer mcp_probe_answer(const Result<contract::Json>& answer) {
    if (!answer) return {.message = answer.error().detail};
    const auto is_error = answer->find("isError");
    if (is_error && is_error->as_bool() == true) return {.message = "the probe failed"};
    if (const auto structured = answer->find("structuredContent"))
        return probe_answer_of(*structured);
    if (const auto content = answer->find("content"))
        for (const contract::Json& part : content->items())
            if (const auto json = contract::Json::parse(tame_json(part.text("text").value_or("")));
                json && json->is_object())
                return probe_answer_of(*json);
    return {.message = "the probe answered what is no JSON"};
}

void McpProbe::ask(const Unresolved& action, Millis timeout, Done done) {
    client_.call_tool(tool_, probe_question(action), "{}", timeout,
                      [done = std::move(done)](const Result<contract::Json>& answer) mutable {
                          done(mcp_probe_answer(answer));
                      });
}

}  // namespace lifeline::orchestration
