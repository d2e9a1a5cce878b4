#pragma once

#include <deque>
#include <memory>
#include <string>

#include "net/child_process.h"
#include "orchestration/mcp_transport.h"

namespace lifeline::orchestration {

// MCP over the standard input and output of a child process: one message a line. What it writes to
// its standard error goes to our log, at debug.
class McpStdio final : public McpTransport, private net::ChildHandler {
public:
    McpStdio(AsioLoop& loop, std::string name, net::ChildCommand command);
    ~McpStdio() override;

    Status open(Listener& listener) override;
    void agreed(std::string_view) override {}
    void send(Message message) override;
    void give_up(std::int64_t) override {}
    void close() override;

private:
    void on_line(std::string_view line) override;
    void on_error_line(std::string_view line) override;
    void on_exit(const net::ChildExit& exit) override;

    AsioLoop& loop_;
    std::string name_;
    net::ChildCommand command_;
    Listener* listener_ = nullptr;
    std::unique_ptr<net::ChildProcess> child_;
    std::shared_ptr<int> alive_ = std::make_shared<int>();
};

}  // namespace lifeline::orchestration
