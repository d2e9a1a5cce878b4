#include "load/shapes.h"

#include <algorithm>

#include "load/fatal.h"

namespace lifeline::load {

namespace {

float microseconds(Clock::duration span) {
    return std::chrono::duration<float, std::micro>(span).count();
}

std::uint32_t given_or(std::uint32_t given, std::uint32_t otherwise) {
    return given == 0 ? otherwise : given;
}

}  // namespace

// calls

CallsShape::CallsShape(const Options& options) : calls_(given_or(options.calls, 2000)) {
    constexpr Who places[members] = {Who::user, Who::agent, Who::guest};
    for (std::uint32_t call = 0; call < calls_.size(); ++call)
        for (std::uint32_t member = 0; member < members; ++member)
            seats_.push_back({call, member, places[member]});
}

void CallsShape::start(Publisher& publisher) {
    for (std::uint32_t call = 0; call < calls_.size(); ++call) speak(call, publisher);
}

void CallsShape::speak(std::uint32_t number, Publisher& publisher) {
    Call& call = calls_[number];
    call.missing = members - 1;
    call.sent = publisher.now();
    publisher.publish(number * members + call.speaker, call.number);
}

void CallsShape::received(std::size_t seat, const MessageName& name, Publisher& publisher) {
    if (seat == name.call * members + name.member) {
        ++counts_.own;
        return;
    }
    ++counts_.deliveries;
    Call& call = calls_[name.call];
    if (name.number != call.number || call.missing == 0) fatal("an event came twice");
    if (--call.missing > 0) return;
    counts_.waits_us.push_back(microseconds(publisher.now() - call.sent));
    ++call.number;
    call.speaker = (call.speaker + 1) % members;
    speak(name.call, publisher);
}

// fanout

FanoutShape::FanoutShape(const Options& options) : in_flight_(options.in_flight) {
    seats_.push_back({0, 0, Who::user});
    for (std::uint32_t i = 1; i <= given_or(options.subscribers, 1000); ++i)
        seats_.push_back({0, i, Who::viewer});
}

void FanoutShape::start(Publisher& publisher) {
    for (std::size_t i = 0; i < in_flight_.size(); ++i) publish_next(publisher);
}

void FanoutShape::publish_next(Publisher& publisher) {
    in_flight_[next_ % in_flight_.size()] = {static_cast<std::uint32_t>(seats_.size() - 1),
                                             publisher.now()};
    publisher.publish(0, next_++);
}

void FanoutShape::received(std::size_t seat, const MessageName& name, Publisher& publisher) {
    if (seat == 0) {
        ++counts_.own;
        return;
    }
    ++counts_.deliveries;
    Event& event = in_flight_[name.number % in_flight_.size()];
    if (event.missing == 0) fatal("an event came twice");
    if (--event.missing > 0) return;
    counts_.waits_us.push_back(microseconds(publisher.now() - event.sent));
    publish_next(publisher);
}

// ingest

IngestShape::IngestShape(const Options& options) : senders_(given_or(options.calls, 64)) {
    for (std::uint32_t call = 0; call < senders_.size(); ++call)
        seats_.push_back({call, 0, Who::user});
}

void IngestShape::start(Publisher& publisher) {
    for (std::size_t seat = 0; seat < senders_.size(); ++seat) publish_next(seat, publisher);
}

void IngestShape::publish_next(std::size_t seat, Publisher& publisher) {
    senders_[seat].sent = publisher.now();
    publisher.publish(seat, senders_[seat].next++);
}

void IngestShape::received(std::size_t seat, const MessageName& name, Publisher& publisher) {
    Sender& sender = senders_[seat];
    if (name.call != seat || name.number + 1 != sender.next) fatal("an event came twice");
    ++counts_.own;
    counts_.waits_us.push_back(microseconds(publisher.now() - sender.sent));
    publish_next(seat, publisher);
}

// latency

LatencyShape::LatencyShape(const Options& options) : members_(2 + options.subscribers) {
    const std::uint32_t calls = given_or(options.calls, 200);
    for (std::uint32_t call = 0; call < calls; ++call) {
        seats_.push_back({call, 0, Who::user});
        seats_.push_back({call, 1, Who::agent});
        for (std::uint32_t member = 2; member < members_; ++member)
            seats_.push_back({call, member, Who::viewer});
    }
    sent_.resize(calls * remembered);
    period_ = std::chrono::duration_cast<Clock::duration>(
        std::chrono::duration<double>(1 / (options.per_second * calls)));
}

void LatencyShape::start(Publisher&) {
    due_ = Clock::now();
}

void LatencyShape::tick(Publisher& publisher) {
    const std::size_t calls = seats_.size() / members_;
    for (const auto now = Clock::now(); due_ <= now; due_ += period_) {
        const std::size_t call = published_ % calls;
        const std::uint64_t number = published_ / calls;
        // From when it should have been sent, not from when this program got round to it.
        sent_[call * remembered + number % remembered] = due_;
        publisher.publish(call * members_, number);
        ++published_;
    }
}

void LatencyShape::received(std::size_t seat, const MessageName& name, Publisher&) {
    if (seat % members_ == 0) {
        ++counts_.own;
        return;
    }
    ++counts_.deliveries;
    counts_.waits_us.push_back(
        microseconds(Clock::now() - sent_[name.call * remembered + name.number % remembered]));
}

// fill

FillShape::FillShape(const Options& options)
    : events_(options.events), in_flight_(std::min(options.in_flight, options.events)) {
    for (std::uint32_t call = 0; call < given_or(options.calls, 1000); ++call) {
        seats_.push_back({call, 0, Who::user});
        seats_.push_back({call, 1, Who::agent});
    }
}

void FillShape::start(Publisher& publisher) {
    for (std::size_t seat = 0; seat < seats_.size(); seat += 2)
        for (std::uint64_t number = 0; number < in_flight_; ++number)
            publisher.publish(seat, number);
}

void FillShape::received(std::size_t seat, const MessageName& name, Publisher& publisher) {
    if (seat % 2 == 1) {
        ++counts_.deliveries;
        return;
    }
    ++counts_.own;
    if (name.number + in_flight_ < events_) publisher.publish(seat, name.number + in_flight_);
}

bool FillShape::done() const {
    return counts_.deliveries == std::uint64_t{events_} * seats_.size() / 2;
}

// idle

IdleShape::IdleShape(const Options& options) {
    for (std::uint32_t call = 0; call < given_or(options.calls, 19'000); ++call)
        seats_.push_back({call, 0, Who::user});
}

std::unique_ptr<Shape> make_shape(const Options& options) {
    if (options.shape == "calls") return std::make_unique<CallsShape>(options);
    if (options.shape == "fanout") return std::make_unique<FanoutShape>(options);
    if (options.shape == "ingest") return std::make_unique<IngestShape>(options);
    if (options.shape == "latency") return std::make_unique<LatencyShape>(options);
    if (options.shape == "fill") return std::make_unique<FillShape>(options);
    if (options.shape == "idle") return std::make_unique<IdleShape>(options);
    fatal("--shape is calls, fanout, ingest, latency, fill, idle, storm or replay, not {}",
          options.shape);
}

}  // namespace lifeline::load
