#include "orchestration/head_publisher.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace lifeline::orchestration {

namespace {

// Runs on the worker.
Result<journal::SignedHead> write_head(const journal::SealKey& key, const journal::Folder& folder,
                                       const std::string& file, WallTime now) {
    const auto head = journal::marked_head(folder);
    if (!head) return fail(head.error());
    auto made = journal::sign_head(key, *head, now);
    const std::string line = journal::head_line(made);
    for (const std::string& path : {journal::heads_path(folder), file}) {
        if (path.empty()) continue;
        // A file that cannot be written is no reason to tell nobody.
        if (const auto added = journal::append_head(path, line); !added)
            log::error("head of the journal not written reason={} {}", added.error().reason,
                       added.error().detail);
    }
    return made;
}

}  // namespace

Result<std::unique_ptr<HeadPublisher>> HeadPublisher::create(Loop& home, Worker& worker, Post post,
                                                             Options options) {
    auto key = journal::SealKey::open(options.folder);
    if (!key) return fail(key.error());
    auto made = std::make_unique<HeadPublisher>(home, worker, std::move(post), std::move(options),
                                                std::move(*key));
    // Those that cannot be read are not there: a file of ours can be lost.
    if (const auto before = journal::load_heads(journal::heads_path(made->options_.folder)))
        for (const auto& head : *before) made->keep(head);
    return made;
}

HeadPublisher::HeadPublisher(Loop& home, Worker& worker, Post post, Options options,
                             journal::SealKey key)
    : home_(home),
      worker_(worker),
      post_(std::move(post)),
      options_(std::move(options)),
      key_(std::move(key)) {}

HeadPublisher::~HeadPublisher() {
    *alive_ = false;
}

void HeadPublisher::start() {
    if (finished_) return;
    publish([this] {
        if (finished_) return;
        timer_ = home_.start_timer(options_.every, [this, alive = alive_] {
            if (!*alive) return;
            timer_ = 0;
            start();
        });
    });
}

void HeadPublisher::finish(lifeline::Job done) {
    finished_ = true;
    if (timer_ != 0) home_.cancel_timer(std::exchange(timer_, 0));
    waiting_.clear();
    publish([done = std::make_shared<lifeline::Job>(std::move(done))] { (*done)(); });
}

void HeadPublisher::publish(std::function<void()> then) {
    worker_.submit([this, alive = alive_, key = key_, folder = options_.folder,
                    file = options_.file, now = home_.clock().wall(), &home = home_,
                    then = std::move(then)] {
        home.post([this, alive, then, head = write_head(key, folder, file, now)] {
            if (!*alive) return;
            published(head);
            then();
        });
    });
}

void HeadPublisher::published(const Result<journal::SignedHead>& head) {
    if (!head)
        return log::error("head of the journal not published reason={} {}", head.error().reason,
                          head.error().detail);
    keep(*head);
    if (options_.url.empty() || finished_) return;
    if (waiting_.size() >= options_.waiting_max) {
        // Not the first, which may be on its way.
        waiting_.erase(waiting_.begin() + 1);
        ++given_up_;
    }
    waiting_.push_back(
        {.id = fmt::format("head:{}:{}", head->head.position, head->at.time_since_epoch().count()),
         .body = journal::head_line(*head)});
    tell_on();
}

void HeadPublisher::keep(const journal::SignedHead& head) {
    heads_.push_back(head);
    if (heads_.size() > options_.kept_max) heads_.pop_front();
}

// One after the other, so that whoever keeps them has them in their order.
void HeadPublisher::tell_on() {
    if (telling_ || waiting_.empty()) return;
    telling_ = true;
    Notice& notice = waiting_.front();
    ++notice.attempts;
    net::FetchRequest request;
    request.url = options_.url;
    request.method = "POST";
    request.body = notice.body;
    request.egress = net::Egress::anywhere;  // The operator's own setting.
    request.timeout = options_.timeout;
    const std::string timestamp = webhook_timestamp(home_.clock().wall());
    request.headers.push_back({"Content-Type", "application/json"});
    request.headers.push_back({"webhook-id", notice.id});
    request.headers.push_back({"webhook-timestamp", timestamp});
    if (options_.signer.signs())
        request.headers.push_back(
            {"webhook-signature", options_.signer.sign(notice.id, timestamp, request.body)});
    post_(std::move(request), [this, alive = alive_](const Result<net::Response>& answer) {
        if (*alive) answered(answer);
    });
}

void HeadPublisher::answered(const Result<net::Response>& answer) {
    if (waiting_.empty()) return;  // It finished meanwhile.
    const bool taken = answer && answer->status >= 200 && answer->status < 300;
    if (taken) {
        telling_ = false;
        waiting_.pop_front();
        return tell_on();
    }
    const unsigned attempts = waiting_.front().attempts;
    log::warn("head of the journal not told attempt={} {}", attempts,
              answer ? std::to_string(answer->status) : answer.error().reason);
    const Millis pause =
        std::min(options_.retry_first * (1 << std::min(attempts - 1, 10u)), options_.retry_last);
    (void)home_.start_timer(pause, [this, alive = alive_] {
        if (!*alive) return;
        telling_ = false;
        tell_on();
    });
}

}  // namespace lifeline::orchestration
