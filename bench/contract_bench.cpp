// The contract's checker on one core: events and publish frames of about 300 bytes, from bytes to a
// typed event that owns its bytes. One JSON line a shape:
//
//   contract_bench [--seconds S]
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "contract/event.h"
#include "contract/frames.h"

namespace lifeline::contract {
namespace {

double cpu_seconds() {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_utime.tv_sec) +
           static_cast<double>(usage.ru_utime.tv_usec) * 1e-6 +
           static_cast<double>(usage.ru_stime.tv_sec) +
           static_cast<double>(usage.ru_stime.tv_usec) * 1e-6;
}

// Events as a call has them: partials, finals and deltas, 300 bytes on average.
std::vector<std::string> sample_events() {
    std::vector<std::string> events;
    const std::string said =
        "I would like to move the last two jobs in front of the others and to "
        "leave the summers out, if that is all right";
    for (int i = 0; i < 1000; ++i) {
        const auto id = fmt::format("evt_01JKQ8V4Z7F3N0{:012}", i);
        const std::string text = said.substr(0, static_cast<std::size_t>(i % 60));
        std::string_view type = "transcript.partial";
        std::string payload = fmt::format(
            R"({{"utteranceId":"utt_{}","speaker":"user","text":"{}","startMs":{},"endMs":{},"rev":{}}})",
            i, text, 1000 * i, 1000 * i + 700, i % 9);
        if (i % 4 == 1) {
            type = "transcript.final";
            payload = fmt::format(
                R"({{"utteranceId":"utt_{}","speaker":"user","text":"{}","startMs":{},"endMs":{},"confidence":0.94}})",
                i, text, 1000 * i, 1000 * i + 900);
        } else if (i % 4 == 2) {
            type = "orchestration.turn.delta";
            payload = fmt::format(
                R"({{"turnId":"turn_{}","itemId":"item_0","deltaText":"{} {}","offset":{}}})", i,
                text, text.substr(0, 20), i);
        }
        events.push_back(event_json(id, "sess_01JKQ8V4Z7F3N0R2T4W6Y8B0D2",
                                    "2026-02-16T10:00:00.000Z", type, payload));
    }
    return events;
}

template <class Check>
void measure(std::string_view who, const std::vector<std::string>& texts, double seconds,
             Check check) {
    std::size_t bytes = 0;
    for (const auto& text : texts) bytes += text.size();
    std::uint64_t done = 0;
    const double begin = cpu_seconds();
    double spent = 0;
    while (spent < seconds) {
        for (int round = 0; round < 20; ++round) {
            for (const auto& text : texts) check(text);
        }
        done += 20 * texts.size();
        spent = cpu_seconds() - begin;
    }
    fmt::print(
        "{{\"bench\":\"contract\",\"who\":\"{}\",\"eventBytes\":{},\"perCoreSecond\":{:.0f},"
        "\"nanoseconds\":{:.0f}}}\n",
        who, bytes / texts.size(), static_cast<double>(done) / spent,
        spent * 1e9 / static_cast<double>(done));
}

void run(double seconds) {
    const auto events = sample_events();
    EventChecker checker;
    measure("event", events, seconds, [&](const std::string& text) { CHECK(checker.check(text)); });
    measure("stored event", events, seconds,
            [&](const std::string& text) { CHECK(checker.read_stored(text)); });

    std::vector<std::string> frames;
    for (const auto& event : events) {
        frames.push_back(fmt::format(R"({{"op":"publish","event":{}}})", event));
    }
    FrameReader reader;
    measure("publish frame", frames, seconds,
            [&](const std::string& text) { CHECK(reader.read(text)); });

    std::string out;
    std::uint64_t seq = 0;
    measure("event frame out", events, seconds, [&](const std::string& text) {
        out.clear();
        append_event_frame(out, ++seq, text, {"user", "usr_01JKQ8T1"}, "",
                           "2026-02-16T10:00:00.000Z");
        CHECK(out.size() > text.size());
    });
}

}  // namespace
}  // namespace lifeline::contract

int main(int argc, char** argv) {
    double seconds = 2;
    if (argc == 3 && std::string_view(argv[1]) == "--seconds") seconds = std::atof(argv[2]);
    lifeline::contract::run(seconds);
}
