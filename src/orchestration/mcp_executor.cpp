#include "orchestration/mcp_executor.h"

#include <utility>

#include "contract/json_writer.h"
#include "orchestration/json_fit.h"

namespace lifeline::orchestration {

namespace {

constexpr std::size_t spoken_characters_max = 512;

// The text parts of a result, one after the other.
std::string text_of(const contract::Json& result) {
    std::string text;
    const auto content = result.find("content");
    if (!content) return text;
    for (const contract::Json& part : content->items()) {
        if (part.text("type") != "text" || text.size() > 4 * spoken_characters_max) continue;
        if (!text.empty()) text += '\n';
        text += part.text("text").value_or("");
    }
    return fit(text, spoken_characters_max);
}

Outcome success(const contract::Json& result) {
    JsonMembers members;
    for (const char* key : {"content", "structuredContent"})
        if (const auto part = result.find(key)) members.emplace_back(key, *part);
    return succeeded(fit_members(members, result_bytes_max), text_of(result));
}

Outcome no_answer(const Error& error) {
    if (error.reason == "answer_lost") return unknown("no_answer", error.detail);
    if (error.reason == "peer_refused") return failed("refused", error.detail);
    return failed(error.code == Code::overloaded ? "overloaded" : "unreachable", error.detail,
                  Retry::may);
}

std::string meta_of(const Job& job) {
    contract::JsonWriter meta;
    meta.object().key("lifeline/idempotencyKey").value(idempotency_key_of(job));
    meta.key("lifeline/sessionId").value(job.session_id).end();
    return meta.take();
}

}  // namespace

struct McpExecutor::Call {
    Job job;
    Done done;
    SteadyTime began;
    bool called_off = false;
};

Outcome mcp_outcome(const Result<contract::Json>& answer) {
    if (!answer) return no_answer(answer.error());
    const auto is_error = answer->find("isError");
    if (is_error && is_error->as_bool() == true) return failed("tool_error", text_of(*answer));
    return success(*answer);
}

McpExecutor::McpExecutor(Loop& loop, McpClient& client, Names names, Told told)
    : loop_(loop), client_(client), names_(std::move(names)), told_(std::move(told)) {}

McpExecutor::~McpExecutor() = default;

void McpExecutor::execute(Job job, Done done) {
    auto call = std::make_shared<Call>(std::move(job), std::move(done), loop_.clock().steady());
    const auto named = names_.find(call->job.action_type);
    const std::string& tool = named == names_.end() ? call->job.action_type : named->second;
    // Its answer comes from the loop, when the number of the request is known.
    auto request = std::make_shared<McpClient::RequestId>(0);
    McpClient::Told told;
    if (told_)
        told = [this, call, alive = std::weak_ptr(alive_)](const McpProgress& progress) {
            if (!alive.expired()) told_(call->job, {progress.message, progress.percent});
        };
    *request = client_.call_tool(
        tool, call->job.args_json, meta_of(call->job), call->job.timeout,
        [this, call, request, alive = std::weak_ptr(alive_)](const Result<contract::Json>& answer) {
            if (alive.expired()) return;
            calls_.erase(*request);
            ended(*call, answer);
        },
        std::move(told));
    calls_.emplace(*request, call);
}

void McpExecutor::ended(Call& call, const Result<contract::Json>& answer) {
    Outcome outcome = mcp_outcome(answer);
    const bool may_be_said =
        outcome.may_retry || (outcome.kind == Outcome::Kind::unknown && call.job.repeatable);
    if (!answer && call.called_off && may_be_said)
        outcome = cancelled("Called off: " + answer.error().detail);
    outcome.took = std::chrono::duration_cast<Millis>(loop_.clock().steady() - call.began);
    call.done(std::move(outcome));
}

void McpExecutor::call_off(std::string_view session_id, std::string_view action_id) {
    for (const auto& [request, call] : calls_) {
        if (call->job.session_id != session_id || call->job.action_id != action_id) continue;
        call->called_off = true;
        client_.cancel(request, "called off");
    }
}

}  // namespace lifeline::orchestration
