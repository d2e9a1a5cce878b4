// Our MCP client by itself: mcp_probe stdio PROGRAM ARGUMENT... or mcp_probe http URL. Reads a line
// "list", or "call NAME ARGS", and writes one line of JSON about what came of it, until its input
// ends.
#include <cstdio>
#include <cstdlib>
#include <future>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/asio_loop.h"
#include "base/log.h"
#include "base/thread_worker.h"
#include "contract/json_writer.h"
#include "orchestration/mcp_executor.h"
#include "orchestration/mcp_http.h"
#include "orchestration/mcp_stdio.h"

namespace lifeline::orchestration {
namespace {

constexpr Millis patience = std::chrono::seconds(60);

std::string report(const Outcome& outcome, const std::vector<Progress>& progress) {
    contract::JsonWriter json;
    json.object().key("kind").value(to_text(outcome.kind)).key("code").value(outcome.code);
    json.key("message").value(outcome.message).key("mayRetry").value(outcome.may_retry);
    json.key("summary").value(outcome.summary).key("result").raw(outcome.result_json);
    json.key("progress").array();
    for (const Progress& told : progress) json.value(told.percent.value_or(-1));
    json.end().end();
    return json.take();
}

std::string report(const Result<std::vector<McpTool>>& tools) {
    contract::JsonWriter json;
    if (!tools) {
        json.object().key("error").value(tools.error().reason);
        json.key("detail").value(tools.error().detail).end();
        return json.take();
    }
    json.array();
    for (const McpTool& tool : *tools) {
        json.object().key("name").value(tool.name);
        json.key("readOnly").value(tool.read_only.value_or(false));
        json.key("inputSchema").raw(tool.input_schema_json).end();
    }
    json.end();
    return json.take();
}

class Probe {
public:
    explicit Probe(const std::vector<std::string>& words) {
        thread_ = std::thread([this] { loop_.run(); });
        on_loop([&] {
            std::unique_ptr<McpTransport> transport;
            if (words[0] == "http") {
                http_ = *net::HttpClient::create(loop_, worker_, {});
                transport = std::make_unique<McpHttp>(
                    loop_, *http_,
                    McpHttpOptions{.url = words[1], .egress = net::Egress::anywhere});
            } else {
                net::ChildCommand command{.argv = {words.begin() + 1, words.end()}};
                for (const char* name : {"PATH", "HOME"})
                    if (const char* value = std::getenv(name))
                        command.environment.push_back(std::string(name) + "=" + value);
                transport = std::make_unique<McpStdio>(loop_, "probed", std::move(command));
            }
            client_ = std::make_unique<McpClient>(loop_, std::move(transport), McpClientOptions{});
            executor_ = std::make_unique<McpExecutor>(
                loop_, *client_, McpExecutor::Names(),
                [this](const Job&, Progress told) { progress_.push_back(std::move(told)); });
        });
    }
    ~Probe() {
        on_loop([&] {
            executor_.reset();
            client_.reset();
            http_.reset();
        });
        loop_.stop();
        thread_.join();
    }

    std::string answer(const std::string& line) {
        std::promise<std::string> answer;
        on_loop([&] {
            if (line == "list") {
                client_->list_tools(patience, [&](const Result<std::vector<McpTool>>& tools) {
                    answer.set_value(report(tools));
                });
                return;
            }
            const auto name = line.find(' ') + 1;
            const auto args = line.find(' ', name) + 1;
            progress_.clear();
            executor_->execute(
                {.session_id = "sess_probe",
                 .action_id = "act_1",
                 .action_type = line.substr(name, args - name - 1),
                 .args_json = line.substr(args),
                 .timeout = patience},
                [&](const Outcome& outcome) { answer.set_value(report(outcome, progress_)); });
        });
        return answer.get_future().get();
    }

private:
    template <class Call>
    void on_loop(Call call) {
        std::promise<void> done;
        loop_.post([&] {
            call();
            done.set_value();
        });
        done.get_future().wait();
    }

    AsioLoop loop_;
    ThreadWorker worker_{"resolver"};
    std::thread thread_;
    std::unique_ptr<net::HttpClient> http_;
    std::unique_ptr<McpClient> client_;
    std::unique_ptr<McpExecutor> executor_;
    std::vector<Progress> progress_;
};

}  // namespace
}  // namespace lifeline::orchestration

int main(int count, char** words) {
    if (count < 3) {
        std::fputs("mcp_probe stdio PROGRAM ARGUMENT... | http URL\n", stderr);
        return 2;
    }
    lifeline::log::configure(lifeline::log::Level::error, lifeline::log::Format::text);
    lifeline::orchestration::Probe probe({words + 1, words + count});
    for (std::string line; std::getline(std::cin, line);) {
        std::puts(probe.answer(line).c_str());
        std::fflush(stdout);
    }
}
