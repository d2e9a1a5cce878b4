#pragma once

#include "load/shape.h"

namespace lifeline::load {

// 2,000 calls of three. In each, one event is in flight: when both others have it, the next member
// speaks.
class CallsShape final : public Shape {
public:
    explicit CallsShape(const Options& options);
    void start(Publisher& publisher) override;
    void received(std::size_t seat, const MessageName& name, Publisher& publisher) override;

private:
    static constexpr std::uint32_t members = 3;
    struct Call {
        std::uint32_t speaker = 0;
        std::uint32_t missing = 0;  // Others who do not have the event yet.
        std::uint64_t number = 0;
        Clock::time_point sent;
    };
    void speak(std::uint32_t call, Publisher& publisher);
    std::vector<Call> calls_;
};

// One publisher and 1,000 who listen; a fixed number of events is in flight, and the next follows
// when everybody has the oldest.
class FanoutShape final : public Shape {
public:
    explicit FanoutShape(const Options& options);
    void start(Publisher& publisher) override;
    void received(std::size_t seat, const MessageName& name, Publisher& publisher) override;

private:
    struct Event {
        std::uint32_t missing = 0;
        Clock::time_point sent;
    };
    void publish_next(Publisher& publisher);
    std::vector<Event> in_flight_;  // By number modulo their count.
    std::uint64_t next_ = 0;
};

// 64 publishers, each in a call of its own, each of whom waits for its own event.
class IngestShape final : public Shape {
public:
    explicit IngestShape(const Options& options);
    void start(Publisher& publisher) override;
    void received(std::size_t seat, const MessageName& name, Publisher& publisher) override;

private:
    void publish_next(std::size_t seat, Publisher& publisher);
    struct Sender {
        std::uint64_t next = 0;
        Clock::time_point sent;
    };
    std::vector<Sender> senders_;
};

// 200 calls of two at a fixed rate each, spread over time; nobody waits for anybody, so a server
// that falls behind is not spared. With --subscribers, so many more listen in each.
class LatencyShape final : public Shape {
public:
    explicit LatencyShape(const Options& options);
    void start(Publisher& publisher) override;
    void received(std::size_t seat, const MessageName& name, Publisher& publisher) override;
    void tick(Publisher& publisher) override;

private:
    static constexpr std::size_t remembered = 1024;
    std::size_t members_;
    Clock::duration period_;
    Clock::time_point due_;
    std::uint64_t published_ = 0;
    std::vector<Clock::time_point> sent_;  // By call and number, the last few of each.
};

// A fixed number of events in each of many calls of two: what is looked at is the server after.
class FillShape final : public Shape {
public:
    explicit FillShape(const Options& options);
    void start(Publisher& publisher) override;
    void received(std::size_t seat, const MessageName& name, Publisher& publisher) override;
    bool done() const override;

private:
    std::uint32_t events_;
    std::uint32_t in_flight_;
};

// One person in each of many calls, who says nothing.
class IdleShape final : public Shape {
public:
    explicit IdleShape(const Options& options);
    void start(Publisher&) override {}
    void received(std::size_t, const MessageName&, Publisher&) override {}
    bool done() const override { return true; }
};

}  // namespace lifeline::load
