#include "orchestration/mcp_stdio.h"

#include <algorithm>
#include <utility>

#include "base/asio_loop.h"
#include "base/log.h"
#include "orchestration/outcome.h"

namespace lifeline::orchestration {

struct McpStdio::Life final : net::ChildHandler {
    explicit Life(McpStdio& of) : owner(of) {}

    void on_line(std::string_view line) override { owner.heard(*this, line); }
    void on_error_line(std::string_view line) override {
        log::debug("mcp={} says {}", owner.name_, fit(line, line.size()));
    }
    void on_exit(const net::ChildExit& exit) override { owner.exited(*this, exit); }

    McpStdio& owner;
    std::unique_ptr<net::ChildProcess> child;
};

McpStdio::McpStdio(AsioLoop& loop, std::string name, net::ChildCommand command)
    : loop_(loop), name_(std::move(name)), command_(std::move(command)) {}

McpStdio::~McpStdio() = default;

Status McpStdio::open(Listener& listener) {
    close();
    auto life = std::make_unique<Life>(*this);
    auto child = net::ChildProcess::start(loop_, command_, *life);
    if (!child) return fail(child.error());
    life->child = std::move(*child);
    life_ = std::move(life);
    listener_ = &listener;
    return {};
}

void McpStdio::send(Message message) {
    // A line is a message. Line ends can only stand between the tokens of JSON.
    std::ranges::replace(message.json, '\n', ' ');
    std::ranges::replace(message.json, '\r', ' ');
    const Status sent = life_ ? life_->child->send_line(message.json)
                              : Status(fail(Code::unavailable, "peer_unavailable", "it is gone"));
    if (sent || message.request == 0) return;
    loop_.post(
        [this, id = message.request, why = sent.error().detail, alive = std::weak_ptr(alive_)] {
            if (!alive.expired() && listener_ != nullptr)
                listener_->on_request_lost(id, McpLoss::not_sent, why);
        });
}

// It is asked to end, and has its time for that. The one before has had its own.
void McpStdio::close() {
    listener_ = nullptr;
    if (!life_) return;
    life_->child->stop();
    ending_ = std::move(life_);
}

void McpStdio::heard(const Life& life, std::string_view line) {
    if (&life == life_.get() && listener_ != nullptr) listener_->on_message(line);
}

void McpStdio::exited(const Life& life, const net::ChildExit& exit) {
    if (&life == ending_.get()) {
        ending_.reset();
        return;
    }
    const auto over = std::move(life_);
    if (Listener* const listener = std::exchange(listener_, nullptr))
        listener->on_down("its process " + exit.text());
}

}  // namespace lifeline::orchestration
