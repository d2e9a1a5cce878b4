#include "orchestration/mcp_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "contract/json_writer.h"
#include "contract/reason.h"

namespace lifeline::orchestration {

namespace {

// Requests of the server that are answered between two answers of its own.
constexpr std::size_t replies_max = 32;
constexpr int method_not_found = -32601;

Error peer_unavailable(std::string why) {
    return {Code::unavailable, "peer_unavailable", std::move(why)};
}
Error answer_lost(std::string why) {
    return {Code::unavailable, "answer_lost", std::move(why)};
}

}  // namespace

struct McpClient::Request {
    std::string method;
    std::string params;
    Done<contract::Json> done;
    Told told = {};
    SteadyTime until;
    Loop::TimerId timer = 0;
    bool sent = false;
    bool again = false;       // It was sent in a session that the server did not know.
    unsigned opening = 0;     // With which opening it was sent.
    bool called_off = false;  // Waited for only in case it is answered all the same.
};

struct McpClient::Listing {
    std::vector<McpTool> tools;
    std::size_t pages = 0;
    SteadyTime until;
    Done<std::vector<McpTool>> done;
};

McpClient::McpClient(Loop& loop, std::unique_ptr<McpTransport> transport, McpClientOptions options)
    : loop_(loop), transport_(std::move(transport)), options_(std::move(options)) {}

McpClient::~McpClient() {
    transport_->close();
    for (auto& [id, request] : requests_)
        if (request->timer != 0) loop_.cancel_timer(request->timer);
}

McpClient::RequestId McpClient::call_tool(std::string_view tool, std::string_view args_json,
                                          std::string_view meta_json, Millis timeout,
                                          Done<contract::Json> done, Told told) {
    std::string meta(meta_json);
    if (told) {
        // The request's own number: no other request that is under way has it.
        const bool alone = meta == "{}";
        meta.insert(1, fmt::format(R"("progressToken":{}{})", last_id_ + 1, alone ? "" : ","));
    }
    contract::JsonWriter params;
    params.object().key("name").value(tool).key("arguments").raw(args_json);
    params.key("_meta").raw(meta).end();
    const RequestId id = ask("tools/call", params.take(), timeout, std::move(done));
    if (const auto found = requests_.find(id); found != requests_.end())
        found->second->told = std::move(told);
    return id;
}

McpClient::RequestId McpClient::ask(std::string method, std::string params, Millis timeout,
                                    Done<contract::Json> done) {
    const RequestId id = ++last_id_;
    if (requests_.size() >= options_.in_flight_max) {
        loop_.post([done = std::move(done)]() mutable {
            done(fail(Code::overloaded, "overloaded", "too many requests to one server"));
        });
        return id;
    }
    auto request = std::make_unique<Request>();
    request->method = std::move(method);
    request->params = std::move(params);
    request->done = std::move(done);
    request->until = loop_.clock().steady() + timeout;
    request->timer = loop_.start_timer(timeout, [this, id] { timed_out(id); });
    requests_.emplace(id, std::move(request));
    loop_.post([this, id, alive = std::weak_ptr(alive_)] {
        if (!alive.expired()) begin(id);
    });
    return id;
}

void McpClient::begin(RequestId id) {
    const auto found = requests_.find(id);
    if (found == requests_.end()) return;
    if (state_ == State::ready) return transmit(id, *found->second);
    if (state_ == State::opening) return;  // It waits.
    const SteadyTime now = loop_.clock().steady();
    if (not_before_ && now < *not_before_) {
        const auto wait = std::chrono::ceil<Millis>(*not_before_ - now);
        return settle(id, fail(peer_unavailable(fmt::format("{}; tried again in {} ms",
                                                            last_failure_, wait.count()))));
    }
    open();
}

// What is already here waits, and goes out when the server has said who it is.
void McpClient::open() {
    if (const auto opened = transport_->open(*this); !opened) return broke(opened.error().detail);
    state_ = State::opening;
    ++opening_;
    unasked_bytes_ = 0;
    replies_ = 0;
    contract::JsonWriter params;
    params.object().key("protocolVersion").value(mcp_protocol_version);
    params.key("capabilities").object().end();
    params.key("clientInfo").object().key("name").value("lifeline");
    params.key("version").value(options_.version).end().end();
    initialize_ = ++last_id_;
    auto request = std::make_unique<Request>();
    request->method = "initialize";
    request->params = params.take();
    request->done = [this](Result<contract::Json> answer) { initialized(std::move(answer)); };
    request->until = loop_.clock().steady() + options_.initialize_timeout;
    request->timer =
        loop_.start_timer(options_.initialize_timeout, [this, id = initialize_] { timed_out(id); });
    Request& sent = *requests_.emplace(initialize_, std::move(request)).first->second;
    transmit(initialize_, sent);
}

void McpClient::initialized(Result<contract::Json> answer) {
    initialize_ = 0;
    if (!answer) return broke(answer.error().detail);
    const auto version = answer->text("protocolVersion");
    if (!version || !knows_mcp_version(*version))
        return broke(fmt::format("it speaks a version that is not known here: {}",
                                 fit(version.value_or("none"), 64)));
    state_ = State::ready;
    backoff_ = Millis(0);
    not_before_.reset();
    transport_->agreed(*version);
    notify("notifications/initialized", "{}");
    log::info("mcp={} ready protocol={}", options_.name, *version);
    std::vector<RequestId> waiting;
    for (const auto& [id, request] : requests_)
        if (!request->sent) waiting.push_back(id);
    for (const RequestId id : waiting)
        if (const auto found = requests_.find(id); found != requests_.end())
            transmit(id, *found->second);
}

void McpClient::transmit(RequestId id, Request& request) {
    const auto left = std::chrono::ceil<Millis>(request.until - loop_.clock().steady());
    request.sent = true;
    request.opening = opening_;
    transport_->send({.json = mcp_request(id, request.method, request.params),
                      .request = id,
                      .timeout = std::max(left, Millis(1))});
}

void McpClient::notify(std::string_view method, std::string_view params) {
    transport_->send({.json = mcp_notification(method, params)});
}

void McpClient::on_message(std::string_view json) {
    auto message = parse_mcp_message(json);
    if (!message) {
        log::debug("mcp={} said what is no message: {}", options_.name, message.error().reason);
        unreadable(message.error());
        return unasked(json.size());
    }
    const bool answers =
        message->kind == McpMessage::Kind::result || message->kind == McpMessage::Kind::error;
    const auto found = answers ? requests_.find(message->id) : requests_.end();
    if (found != requests_.end() && found->second->sent) return answered(std::move(*message));
    if (message->kind == McpMessage::Kind::request) asked(*message);
    if (message->kind == McpMessage::Kind::notification) progressed(*message);
    unasked(json.size());
}

// It is of the budget like all that answers nothing: a server could say it without end.
void McpClient::progressed(const McpMessage& message) {
    if (message.method != "notifications/progress" || !message.body) return;
    const auto progress = mcp_progress_from(*message.body);
    if (!progress) return;
    const auto found = requests_.find(progress->token);
    if (found == requests_.end() || !found->second->sent || !found->second->told) return;
    found->second->told(*progress);
}

void McpClient::answered(McpMessage message) {
    unasked_bytes_ = 0;
    replies_ = 0;
    transport_->give_up(message.id);
    if (message.kind == McpMessage::Kind::result) return settle(message.id, *message.body);
    settle(message.id, fail(Code::conflict, "peer_refused", mcp_error_text(*message.body)));
}

// Right JSON of which the contract takes no part: when one answer is awaited, this was it.
void McpClient::unreadable(const Error& error) {
    if (error.reason == "json_invalid" || error.reason == "bad_format") return;
    const auto waits = [](const auto& entry) { return entry.second->sent; };
    if (std::ranges::count_if(requests_, waits) != 1) return;
    const RequestId id = std::ranges::find_if(requests_, waits)->first;
    transport_->give_up(id);
    settle(id, fail(answer_lost("its answer cannot be read: " + error.reason)));
}

// We offer nothing that a server could ask for; that it is alive it may hear.
void McpClient::asked(const McpMessage& message) {
    if (++replies_ > replies_max) return;
    transport_->send({.json = message.method == "ping"
                                  ? mcp_reply(message.id_json)
                                  : mcp_refusal(message.id_json, method_not_found,
                                                "this client offers nothing")});
}

void McpClient::unasked(std::size_t bytes) {
    unasked_bytes_ += bytes;
    if (unasked_bytes_ > options_.unasked_bytes_max) on_down("it talks without being asked");
}

void McpClient::on_request_lost(std::int64_t id, McpLoss loss, std::string why) {
    const auto found = requests_.find(id);
    if (found == requests_.end()) return;
    Request& request = *found->second;
    switch (loss) {
        case McpLoss::not_sent:
            return settle(id, fail(peer_unavailable(std::move(why))));
        case McpLoss::lost:
            return settle(id, fail(answer_lost(std::move(why))));
        case McpLoss::refused:
            return settle(id, fail(Code::conflict, "peer_refused", std::move(why)));
        case McpLoss::session:
            // Once: a server that forgets every session would have us begin for ever.
            if (request.again || id == initialize_)
                return settle(id, fail(peer_unavailable(std::move(why))));
            request.again = true;
            request.sent = false;
            if (request.opening == opening_) state_ = State::closed;
            return begin(id);
    }
}

void McpClient::on_down(std::string why) {
    transport_->close();
    broke(why);
}

// Nothing comes of what is in flight. What was not sent has not happened.
void McpClient::broke(const std::string& why) {
    state_ = State::closed;
    initialize_ = 0;
    transport_->close();
    last_failure_ = why;
    backoff_ = std::clamp(backoff_ * 2, options_.restart_first, options_.restart_last);
    not_before_ = loop_.clock().steady() + backoff_;
    log::warn("mcp={} is down: {}", options_.name, why);
    auto requests = std::exchange(requests_, {});
    for (auto& [id, request] : requests) {
        if (request->timer != 0) loop_.cancel_timer(request->timer);
        if (request->method == "initialize") continue;
        // Not from inside: whoever hears it may ask again.
        const bool sent = request->sent;
        loop_.post([done = std::move(request->done), sent, why]() mutable {
            done(fail(sent ? answer_lost(why) : peer_unavailable(why)));
        });
    }
}

void McpClient::settle(RequestId id, Result<contract::Json> answer) {
    auto node = requests_.extract(id);
    if (!node) return;
    Request& request = *node.mapped();
    if (request.timer != 0) loop_.cancel_timer(request.timer);
    if (id == initialize_) return request.done(std::move(answer));
    loop_.post([done = std::move(request.done), answer = std::move(answer)]() mutable {
        done(std::move(answer));
    });
}

void McpClient::timed_out(RequestId id) {
    const auto found = requests_.find(id);
    if (found == requests_.end()) return;
    Request& request = *found->second;
    request.timer = 0;
    const bool sent = request.sent;
    transport_->give_up(id);
    if (id == initialize_)
        return settle(id, fail(peer_unavailable("it did not answer initialize")));
    if (request.called_off)
        return settle(id, fail(answer_lost("it was called off, and is silent")));
    if (!sent) return settle(id, fail(peer_unavailable("it was not ready in time")));
    contract::JsonWriter params;
    params.object().key("requestId").value(id).key("reason").value("no answer in time").end();
    settle(id, fail(answer_lost("no answer in time")));
    if (state_ == State::ready) notify("notifications/cancelled", params.take());
}

void McpClient::cancel(RequestId id, std::string_view why) {
    const auto found = requests_.find(id);
    if (found == requests_.end() || found->second->called_off) return;
    Request& request = *found->second;
    if (!request.sent) return settle(id, fail(peer_unavailable("called off")));
    request.called_off = true;
    contract::JsonWriter params;
    params.object().key("requestId").value(id).key("reason").value(why).end();
    if (state_ == State::ready) notify("notifications/cancelled", params.take());
    const SteadyTime grace = loop_.clock().steady() + options_.cancel_grace;
    if (grace >= request.until) return;  // Its own time is over before.
    loop_.cancel_timer(request.timer);
    request.timer = loop_.start_timer(options_.cancel_grace, [this, id] { timed_out(id); });
}

void McpClient::list_tools(Millis timeout, Done<std::vector<McpTool>> done) {
    auto listing = std::make_shared<Listing>();
    listing->until = loop_.clock().steady() + timeout;
    listing->done = std::move(done);
    next_page(listing, "{}");
}

void McpClient::next_page(const std::shared_ptr<Listing>& listing, std::string params) {
    const auto left = std::chrono::ceil<Millis>(listing->until - loop_.clock().steady());
    ask("tools/list", std::move(params), std::max(left, Millis(1)),
        [this, listing, alive = std::weak_ptr(alive_)](Result<contract::Json> answer) {
            if (!alive.expired()) page(listing, std::move(answer));
        });
}

void McpClient::page(const std::shared_ptr<Listing>& listing, Result<contract::Json> answer) {
    if (!answer) return listing->done(fail(answer.error()));
    const auto tools = answer->find("tools");
    if (!tools || !tools->is_array())
        return listing->done(fail(Code::conflict, "peer_refused", "its list of tools is none"));
    for (const contract::Json& item : tools->items())
        if (auto tool = mcp_tool_from(item); tool && listing->tools.size() < options_.tools_max)
            listing->tools.push_back(std::move(*tool));
    const auto cursor = answer->text("nextCursor");
    if (!cursor || listing->tools.size() >= options_.tools_max ||
        ++listing->pages >= options_.pages_max)
        return listing->done(std::move(listing->tools));
    contract::JsonWriter params;
    params.object().key("cursor").value(*cursor).end();
    next_page(listing, params.take());
}

}  // namespace lifeline::orchestration
