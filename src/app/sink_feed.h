#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "api/sink_desk.h"
#include "app/stream_writer.h"
#include "base/loop.h"
#include "base/random.h"
#include "outbox/outbox.h"
#include "sinks/publisher.h"

namespace lifeline::app {

// As the adapters know it; refused where the journal has a charge that they cannot be told of.
Result<sinks::Charge> published(const outbox::Charge& charge);

// One sink of the configuration: brings it the charges that are open there, page by page, and
// writes what came of each into its account's stream. Never more are on their way than could
// become dead letters, so these are bounded and nothing is dropped. Lives on `home`.
class SinkFeed final : sinks::Ledger {
public:
    struct Parts {
        Loop& home;
        Random& random;
        outbox::Outbox& outbox;
        StreamWriter& writer;
        std::unique_ptr<sinks::Adapter> adapter;
        std::unique_ptr<sinks::Courier> courier;
    };
    struct Settings {
        std::string name;
        std::string kind;
        std::optional<Window> from;
        unsigned attempts = 12;
        std::size_t dead_letters_max = 10'000;
        // Where the journal was when this process began: what was booked after it was sent by
        // nobody before.
        std::uint64_t began = 0;
    };

    SinkFeed(Parts parts, Settings settings);
    ~SinkFeed() override;
    SinkFeed(const SinkFeed&) = delete;
    SinkFeed& operator=(const SinkFeed&) = delete;

    // Once the outbox has come up to the journal.
    void start();
    // Something may have become open.
    void look();
    // After it was recorded that a person wants it. However many it are, the sink is told of them
    // as it takes them, and what is booked meanwhile does not wait behind them all.
    void redrive(const outbox::DeadLetter& letter);
    void discard(const outbox::DeadLetter& letter);
    void resume();
    // Sends nothing more; `stopped` once nothing is under way, or soon.
    void stop(Job stopped);

    // Without its counts.
    api::SinkDesk::Sink state() const;
    const Settings& settings() const { return settings_; }
    const sinks::Adapter& adapter() const { return *parts_.adapter; }
    sinks::Courier& courier() { return *parts_.courier; }

private:
    struct Page {
        std::vector<outbox::Open> open;
        std::uint64_t up_to = 0;
    };
    struct Known {
        std::uint64_t parked = 0;
        std::vector<outbox::DeadLetter> doubtful;
    };
    void completed(const sinks::Charge& charge, const sinks::Delivery& delivery,
                   Written done) override;
    void parked(const sinks::Charge& charge, const sinks::Delivery& delivery,
                Written done) override;
    void counted(const sinks::Charge& charge, Counted done) override;

    void take_up(const Known& known);
    void take(Page page);
    void add_letter(const outbox::DeadLetter& letter);
    void send_redriven();
    // Of what cannot be read: it is a dead letter like others.
    void park_unread(const outbox::Charge& charge, const Error& why);
    void write_unread(const std::string& id);
    std::size_t room() const;
    bool is_full() const { return parked_ >= settings_.dead_letters_max; }
    void write(StreamWriter::Entry entry, const std::string& id, bool parks, Written done);
    void warn_of_letters();
    bool is_under_way() const;
    void wait_for_rest();

    Parts parts_;
    Settings settings_;
    std::uint64_t after_ = 0;  // All that was booked up to here was taken up.
    std::size_t open_ = 0;
    std::size_t parked_ = 0;
    std::size_t writing_ = 0;
    bool started_ = false;
    bool asking_ = false;
    bool again_ = false;
    bool warned_ = false;
    Job stopped_;
    unsigned waits_ = 0;
    Loop::TimerId timer_ = 0;
    // What no adapter can be told of, and is not written as parked yet: of which account, and why.
    struct Unread {
        std::string account_id;
        std::string message;
    };
    std::map<std::string, Unread> unread_;
    // Redriven and not on their way yet; and the ids of these and of those that are.
    std::deque<outbox::DeadLetter> redriven_;
    std::set<std::string> redriving_;
    // What ended while a page was on its way, which may still call it open.
    std::set<std::string> ended_meanwhile_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    std::optional<sinks::Publisher> publisher_;
};

}  // namespace lifeline::app
