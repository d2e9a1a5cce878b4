#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/loop.h"
#include "base/webhook_signature.h"
#include "journal/heads.h"
#include "net/http_client.h"

namespace lifeline::orchestration {

// Gives the journal's head away, signed, at its start, every so often and at its end: to a file of
// the data folder, to another that the operator names, and to a URL of theirs. What others keep of
// it is what a history written anew does not agree with. Nothing waits for it, and nothing fails
// because of it: what cannot be written or told is logged, and told again with growing pauses.
// Lives on its loop; files are the worker's.
class HeadPublisher {
public:
    using Post = std::function<void(net::FetchRequest, net::HttpClient::Done)>;

    struct Options {
        journal::Folder folder = {};
        std::string file = {};  // Beside the folder's own; empty: none.
        std::string url = {};   // Empty: nobody is told.
        WebhookSigner signer = {};
        Millis every = std::chrono::hours(1);
        Millis timeout = std::chrono::seconds(10);
        Millis retry_first = std::chrono::seconds(1);
        Millis retry_last = std::chrono::minutes(10);
        std::size_t waiting_max = 1'000;  // Beyond that the oldest is given up.
        std::size_t kept_max = 100;       // To be asked for.
    };

    // Fails where the folder has no key.
    static Result<std::unique_ptr<HeadPublisher>> create(Loop& home, Worker& worker, Post post,
                                                         Options options);
    HeadPublisher(Loop& home, Worker& worker, Post post, Options options, journal::SealKey key);
    ~HeadPublisher();
    HeadPublisher(const HeadPublisher&) = delete;
    HeadPublisher& operator=(const HeadPublisher&) = delete;

    // The first at once.
    void start();
    // The last, to the files; nothing is told any more. `done` comes on the loop.
    void finish(lifeline::Job done);

    // The newest, the oldest of them first; also those of before the last restart.
    const std::deque<journal::SignedHead>& heads() const { return heads_; }
    const journal::SealKey& key() const { return key_; }
    std::uint64_t given_up() const { return given_up_; }

private:
    struct Notice {
        std::string id;
        std::string body;
        unsigned attempts = 0;
    };

    void publish(std::function<void()> then);
    void published(const Result<journal::SignedHead>& head);
    void keep(const journal::SignedHead& head);
    void tell_on();
    void answered(const Result<net::Response>& answer);

    Loop& home_;
    Worker& worker_;
    Post post_;
    Options options_;
    journal::SealKey key_;
    std::deque<journal::SignedHead> heads_;
    std::deque<Notice> waiting_;  // The first is the one on its way, or waits to be told again.
    bool telling_ = false;
    bool finished_ = false;
    std::uint64_t given_up_ = 0;
    Loop::TimerId timer_ = 0;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::orchestration
