#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "orchestration/executor.h"
#include "orchestration/mcp_client.h"
#include "orchestration/progress.h"

namespace lifeline::orchestration {

// Runs tools of one MCP server.
//
// | what came of tools/call                             | outcome             | again?        |
// |-----------------------------------------------------|---------------------|---------------|
// | the server could not be started or reached          | failed unreachable  | yes           |
// | a JSON-RPC error (unknown tool, bad arguments)      | failed refused      | no            |
// | a result with isError                               | failed tool_error   | no            |
// | a result                                            | succeeded           |               |
// | crash, end of the stream, no answer in time         | unknown no_answer   | if repeatable |
// |                                                     |                     | (then failed) |
// | called off before it was sent, or while repeatable  | cancelled           |               |
//
// The server is told twice what is once: `_meta` has "lifeline/idempotencyKey" and
// "lifeline/sessionId". Of a result the text parts are the summary (512 characters) and
// {"content":[...]} is the result, with structuredContent when there is one, both cut to fit.
class McpExecutor final : public Executor {
public:
    // The tool's name at the server for an action type; types without one keep their own name.
    using Names = std::map<std::string, std::string, std::less<>>;

    // How far an attempt is; null: nobody wants to know.
    using Told = std::function<void(const Job&, Progress)>;

    McpExecutor(Loop& loop, McpClient& client, Names names = {}, Told told = {});
    ~McpExecutor() override;

    void execute(Job job, Done done) override;
    void call_off(std::string_view session_id, std::string_view action_id) override;

private:
    struct Call;
    void ended(Call& call, const Result<contract::Json>& answer);

    Loop& loop_;
    McpClient& client_;
    Names names_;
    Told told_;
    std::map<McpClient::RequestId, std::shared_ptr<Call>> calls_;
    std::shared_ptr<int> alive_ = std::make_shared<int>();
};

// Pure: the table above, but for what was called off.
Outcome mcp_outcome(const Result<contract::Json>& answer);

}  // namespace lifeline::orchestration
