#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/loop.h"
#include "base/webhook_signature.h"
#include "contract/event.h"
#include "journal/follower.h"
#include "journal/journal.h"
#include "net/http_client.h"

namespace lifeline::orchestration {

// Tells a URL of the operator's that a person is being asked, so that they can be reached who are
// not in the call: a message with the question and a link to it, signed as Standard Webhooks.
// Nothing in it opens anything: whoever follows the link still has to say who they are. Reads the
// journal, so no call waits for it; tries again with growing pauses until it is taken or the
// question is over. What was asked before a restart is not told again. Lives on its loop.
class ConfirmationHook {
public:
    using Post = std::function<void(net::FetchRequest, net::HttpClient::Done)>;

    struct Options {
        std::string url;
        WebhookSigner signer = {};
        // Where people open the page, for a link to the question; it may change. Null or empty: no
        // link is sent.
        std::function<std::string()> page = {};
        Millis timeout = std::chrono::seconds(10);
        Millis retry_first = std::chrono::seconds(1);
        Millis retry_last = std::chrono::seconds(60);
        std::size_t waiting_max = 4096;  // Beyond that the oldest is given up.
        std::size_t in_flight_max = 8;
    };

    ConfirmationHook(Loop& home, journal::Journal& journal, Post post, Options options);
    ~ConfirmationHook();
    ConfirmationHook(const ConfirmationHook&) = delete;
    ConfirmationHook& operator=(const ConfirmationHook&) = delete;

    // From what is in the journal now.
    void start();
    // Something was appended. From any thread.
    void poke();
    std::uint64_t given_up() const { return given_up_; }

private:
    struct Notice {
        std::string id;
        std::string body;
        WallTime expires_at;
        unsigned attempts = 0;
    };
    using NoticePtr = std::shared_ptr<Notice>;

    void take(std::vector<journal::JournalEvent> events);
    void add(const std::string& stream, const journal::StoredEvent& stored);
    void send_on();
    void send(const NoticePtr& notice);
    void answered(const NoticePtr& notice, const Result<net::Response>& answer);

    Loop& home_;
    journal::Journal& journal_;
    Post post_;
    Options options_;
    contract::EventChecker checker_;
    std::deque<NoticePtr> waiting_;
    std::size_t in_flight_ = 0;
    std::uint64_t given_up_ = 0;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    journal::Follower follower_;
};

}  // namespace lifeline::orchestration
