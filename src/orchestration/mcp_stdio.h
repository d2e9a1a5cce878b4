#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "net/child_process.h"
#include "orchestration/mcp_transport.h"

namespace lifeline::orchestration {

// MCP over the standard input and output of a child process: one message a line. What it writes to
// its standard error goes to our log, at debug.
class McpStdio final : public McpTransport {
public:
    McpStdio(AsioLoop& loop, std::string name, net::ChildCommand command);
    ~McpStdio() override;

    Status open(Listener& listener) override;
    void agreed(std::string_view) override {}
    void send(Message message) override;
    void give_up(std::int64_t) override {}
    void close() override;

private:
    // One life of the program.
    struct Life;
    void heard(const Life& life, std::string_view line);
    void exited(const Life& life, const net::ChildExit& exit);

    AsioLoop& loop_;
    std::string name_;
    net::ChildCommand command_;
    Listener* listener_ = nullptr;
    std::unique_ptr<Life> life_;
    std::unique_ptr<Life> ending_;  // The one before, which was asked to end.
    std::shared_ptr<int> alive_ = std::make_shared<int>();
};

}  // namespace lifeline::orchestration
