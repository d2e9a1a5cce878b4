#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "api/sink_desk.h"
#include "app/stream_writer.h"
#include "findings/findings.h"

namespace lifeline::app {

// Asks sinks that can be read what they have of some hours, and writes down what they say
// (billing.counted.elsewhere), so that a report rests on the journal alone. Bounded: what was not
// answered in time is asked again with the next run, and what a sink then says of an hour makes
// that due once more. Lives on `home`.
class SinkQuestions {
public:
    using Desk = api::SinkDesk;
    // A sink that says how much it has of an account's item, whether we charged for it or not.
    struct Sums {
        std::string sink;
        std::vector<std::string> accounts;
        std::vector<std::string> items;
    };
    struct Parts {
        Loop& home;
        findings::Findings& findings;
        StreamWriter& writer;
        std::function<std::uint64_t()> head;  // The journal's position.
        std::vector<std::string> sinks;
        std::vector<Sums> sums = {};
        std::map<std::string, Window> from = {};  // Hours before are nothing to that sink.
        std::function<void(Desk::Asking, Loop&, journal::Done<Desk::ReadBack>)> read_back;
        Millis within = std::chrono::minutes(2);
        std::size_t questions_max = 2000;
        std::size_t left_max = 20'000;
        // So long a charge of which a sink never said anything is asked for.
        std::chrono::hours asked_for = std::chrono::days(7);
    };
    explicit SinkQuestions(Parts parts) : parts_(std::move(parts)) {}
    ~SinkQuestions() { *alive_ = false; }
    SinkQuestions(const SinkQuestions&) = delete;
    SinkQuestions& operator=(const SinkQuestions&) = delete;

    // peer_unavailable where one did not answer; the others were asked all the same.
    void ask(findings::Span of, journal::Done<void> done);
    // How many questions wait for the next run.
    std::size_t left() const { return left_.size(); }

private:
    // Hour, sink, account, item: the oldest first.
    using Question = std::tuple<Window, std::string, std::string, std::string>;
    struct Charges;
    struct Round;
    using RoundPtr = std::shared_ptr<Round>;
    void gather(const RoundPtr& round, findings::Span of, const Charges& charges);
    void next(RoundPtr round);
    void answered(RoundPtr round, const Desk::Asking& asking, const Desk::ReadBack& said,
                  std::uint64_t as_of);
    void write(RoundPtr round, const Desk::Asking& asking, std::string payload);
    void finish(const RoundPtr& round);

    Parts parts_;
    std::set<Question> left_;
    std::set<std::pair<std::string, std::string>> mute_;  // Sinks that say nothing of an item.
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace lifeline::app
