#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "api/sink_desk.h"
#include "app/sink_feed.h"
#include "app/turns.h"

namespace lifeline::app {

// All sinks of the configuration, and what people do about them. Lives on `home`; may be asked from
// any loop.
class SinkOffice {
public:
    using Desk = api::SinkDesk;
    struct Parts {
        Loop& home;
        outbox::Outbox& outbox;
        StreamWriter& writer;
    };

    explicit SinkOffice(Parts parts) : parts_(parts), turns_(parts.home) {}
    ~SinkOffice() { *alive_ = false; }
    SinkOffice(const SinkOffice&) = delete;
    SinkOffice& operator=(const SinkOffice&) = delete;

    // Before it starts.
    void add(SinkFeed::Parts parts, SinkFeed::Settings settings) {
        feeds_.push_back(std::make_unique<SinkFeed>(std::move(parts), std::move(settings)));
    }
    // Once the outbox has come up to the journal.
    void start();
    // From then on nothing is sent; `stopped` once what was under way is recorded, or soon.
    void stop(Job stopped);

    void list(Loop& from, journal::Done<std::vector<Desk::Sink>> done);
    void resume(const Desk::Resuming& resuming, Loop& from, journal::Done<Desk::Sink> done);
    void move(Desk::Moving moving, Loop& from, journal::Done<std::vector<std::string>> done);
    void deliveries_of(const std::string& charge_id, Loop& from,
                       journal::Done<std::vector<outbox::Delivery>> done);
    void read_back(Desk::Asking asking, Loop& from, journal::Done<Desk::ReadBack> done);

private:
    struct Move;
    SinkFeed* feed(std::string_view name);
    void find(std::shared_ptr<Move> move);
    void found(std::shared_ptr<Move> move);
    void write(std::shared_ptr<Move> move);
    void written(const std::shared_ptr<Move>& move, const outbox::DeadLetter& letter,
                 const Status& status);

    Parts parts_;
    std::vector<std::unique_ptr<SinkFeed>> feeds_;
    Turns turns_;  // So that of two who want the same letter only one gets it.
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::app
