#include "orchestration/mcp_http.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "net/event_stream.h"
#include "orchestration/outcome.h"

namespace lifeline::orchestration {

namespace {

constexpr std::size_t session_bytes_max = 256;
constexpr std::size_t refusal_bytes_max = 4096;

bool is_event_stream(const net::Response& head) {
    const std::string* type = net::find_header(head.headers, "Content-Type");
    constexpr std::string_view wanted = "text/event-stream";
    return type != nullptr && net::equal_ignoring_case(type->substr(0, wanted.size()), wanted);
}

bool is_success(const net::Response& head) {
    return head.status / 100 == 2;
}

bool is_visible(char c) {
    return c > ' ' && c <= '~';
}

}  // namespace

struct McpHttp::Post {
    explicit Post(std::size_t bytes_max) : events(bytes_max) {}

    std::int64_t request = 0;
    std::string session;  // In which it was sent.
    net::EventStreamReader events;
    std::string body;   // What is no stream.
    bool over = false;  // Nobody waits for it any more.
};

McpHttp::McpHttp(Loop& loop, net::HttpClient& client, McpHttpOptions options)
    : loop_(loop), client_(client), options_(std::move(options)) {}

McpHttp::~McpHttp() = default;

// What is still under way in an older session ends as it may.
Status McpHttp::open(Listener& listener) {
    listener_ = &listener;
    session_.clear();
    protocol_.clear();
    return {};
}

void McpHttp::agreed(std::string_view protocol_version) {
    protocol_ = protocol_version;
}

net::FetchRequest McpHttp::compose(Message message) const {
    net::FetchRequest request;
    request.url = options_.url;
    request.method = "POST";
    request.body = std::move(message.json);
    request.egress = options_.egress;
    request.timeout = message.timeout;
    request.body_bytes_max = options_.answer_bytes_max;
    request.headers = options_.headers;
    request.headers.push_back({"Content-Type", "application/json"});
    request.headers.push_back({"Accept", "application/json, text/event-stream"});
    if (!session_.empty()) request.headers.push_back({"Mcp-Session-Id", session_});
    if (!protocol_.empty()) request.headers.push_back({"MCP-Protocol-Version", protocol_});
    return request;
}

void McpHttp::send(Message message) {
    auto post = std::make_shared<Post>(options_.answer_bytes_max);
    post->request = message.request;
    post->session = session_;
    net::FetchRequest request = compose(std::move(message));
    request.hear = [this, post, alive = std::weak_ptr(alive_)](const net::Response& head,
                                                               std::string_view piece) {
        return alive.expired() ? net::Hear::enough : hear(*post, head, piece);
    };
    auto id = std::make_shared<net::HttpClient::FetchId>(0);
    *id = client_.fetch(std::move(request), [this, id, post, alive = std::weak_ptr(alive_)](
                                                const Result<net::Response>& result) {
        if (alive.expired()) return;
        posts_.erase(*id);
        if (!post->over) ended(*post, result);
    });
    posts_.emplace(*id, std::move(post));
}

net::Hear McpHttp::hear(Post& post, const net::Response& head, std::string_view piece) {
    if (post.over || listener_ == nullptr) return net::Hear::enough;
    if (!is_success(head)) {
        post.body += piece.substr(0, refusal_bytes_max - post.body.size());
        return net::Hear::on;
    }
    const std::string* session = net::find_header(head.headers, "Mcp-Session-Id");
    if (session != nullptr && protocol_.empty() && session->size() <= session_bytes_max &&
        std::ranges::all_of(*session, is_visible))
        session_ = *session;
    if (!is_event_stream(head)) {
        post.body += piece;
        return net::Hear::on;
    }
    const bool fits = post.events.feed(piece, [&](const net::StreamEvent& event) {
        if (!post.over && listener_ != nullptr) listener_->on_message(event.data);
    });
    return fits && !post.over ? net::Hear::on : net::Hear::enough;
}

void McpHttp::ended(Post& post, const Result<net::Response>& result) {
    if (!result) {
        const bool arrived = net::may_have_arrived(result.error());
        return lost(post, arrived ? McpLoss::lost : McpLoss::not_sent, result.error().detail);
    }
    const unsigned status = result->status;
    if (is_success(*result)) {
        if (!post.body.empty() && listener_ != nullptr) listener_->on_message(post.body);
        if (!post.over) lost(post, McpLoss::lost, "it ended without an answer");
        return;
    }
    const std::string why = fmt::format("it answered {} {}", status, fit(post.body, 256));
    const bool of_the_way = status == 502 || status == 504 || status > 511;
    if (of_the_way) return lost(post, McpLoss::lost, why);
    const bool of_the_session = !post.session.empty() && (status == 400 || status == 404);
    lost(post, of_the_session ? McpLoss::session : McpLoss::refused, why);
}

void McpHttp::lost(const Post& post, McpLoss loss, std::string why) {
    if (post.request != 0 && listener_ != nullptr)
        listener_->on_request_lost(post.request, loss, std::move(why));
}

void McpHttp::give_up(std::int64_t request) {
    const auto found = std::ranges::find_if(posts_, [&](const auto& entry) {
        return entry.second->request == request && !entry.second->over;
    });
    if (found == posts_.end()) return;
    found->second->over = true;
    client_.cancel(found->first, net::HttpClient::Cancel::anyhow);
}

void McpHttp::close() {
    listener_ = nullptr;
    for (const auto& [fetch, post] : posts_) {
        post->over = true;
        client_.cancel(fetch, net::HttpClient::Cancel::anyhow);
    }
    posts_.clear();
    if (session_.empty()) return;
    // The server may forget it; whether it does is its own business.
    net::FetchRequest farewell = compose({.json = {}, .timeout = std::chrono::seconds(5)});
    farewell.method = "DELETE";
    session_.clear();
    client_.fetch(std::move(farewell), [](const Result<net::Response>&) {});
}

}  // namespace lifeline::orchestration
