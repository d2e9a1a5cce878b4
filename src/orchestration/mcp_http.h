#pragma once

#include <map>
#include <memory>
#include <string>

#include "base/loop.h"
#include "net/http_client.h"
#include "orchestration/mcp_transport.h"

namespace lifeline::orchestration {

struct McpHttpOptions {
    std::string url;
    net::Egress egress = net::Egress::public_https;
    net::Headers headers = {};  // Beside the protocol's own; "Authorization" for instance.
    std::size_t answer_bytes_max = 4 << 20;  // Of all that comes in answer to one message.
};

// MCP over streamable HTTP: each message is a POST, the answer JSON or an event stream that is read
// until it has what was asked for. A stream that a server would keep open for messages of its own
// is not asked for.
class McpHttp final : public McpTransport {
public:
    // The client outlives this and is of the same loop.
    McpHttp(Loop& loop, net::HttpClient& client, McpHttpOptions options);
    ~McpHttp() override;

    Status open(Listener& listener) override;
    void agreed(std::string_view protocol_version) override;
    void send(Message message) override;
    void give_up(std::int64_t request) override;
    void close() override;

private:
    struct Post;
    net::FetchRequest compose(Message message) const;
    net::Hear hear(Post& post, const net::Response& head, std::string_view piece);
    void ended(Post& post, const Result<net::Response>& result);
    void lost(const Post& post, McpLoss loss, std::string why);

    Loop& loop_;
    net::HttpClient& client_;
    McpHttpOptions options_;
    Listener* listener_ = nullptr;
    std::string session_;   // What the server calls us; empty: nothing.
    std::string protocol_;  // As agreed; empty while initializing.
    std::map<net::HttpClient::FetchId, std::shared_ptr<Post>> posts_;
    std::shared_ptr<int> alive_ = std::make_shared<int>();
};

}  // namespace lifeline::orchestration
