#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "metering/test_usage.h"

// Random calls, and beside each what it used, counted by a plain model that knows nothing of hours,
// records or rounding: whatever happens, the records of a call add up to the model's numbers.
namespace lifeline::metering {
namespace {

struct Model {
    std::int64_t duration_us = 0;
    bool connected = false;
    std::map<std::string, std::int64_t> used;  // By "meter kind": as measured.
    std::map<std::string, std::int64_t> told;  // What each report says by now.
    std::set<std::string> unknown;             // Reports of which nobody knows.

    void pass(Millis time) {
        if (connected) duration_us += Micros(time).count();
    }
};

class History {
public:
    explicit History(std::uint64_t seed)
        : random_(seed), meters_(random_meters()), call_(meters_, 16) {}

    void run() {
        const std::size_t steps = 5 + random_.below(60);
        for (std::size_t i = 0; i < steps; ++i) step();
        end();
        for (std::size_t i = random_.below(4); i > 0; --i) {
            pass();
            late();
        }
    }
    void check() {
        std::map<std::string, std::int64_t> raw;
        std::map<std::string, std::int64_t> charged;
        std::set<std::string> ids;
        std::map<std::string, std::set<std::string>> hours;
        for (const UsageRecord& record : call_.due) {
            ASSERT_TRUE(ids.insert(record.id).second) << "a fact has one record";
            const std::string key = name_of(record.key);
            if (record.raw) {
                raw[key] += *record.raw;
                charged[key] += *record.quantity;
                EXPECT_EQ(record.cumulative, raw[key]);
            }
            if (!record.end_cause.empty()) {
                EXPECT_TRUE(hours[key].insert(text_of(record.window)).second) << "one an hour";
            }
            EXPECT_LE(record.from, record.to);
            EXPECT_GT(record.evidence.count, 0U);
        }
        if (meters_.find(meter_names::duration) != nullptr)
            model_.used[std::string(meter_names::duration)] = model_.duration_us / 1000;
        for (const auto& [key, used] : model_.used) {
            EXPECT_EQ(raw[key], used) << key;
            const Meter& meter = *meters_.find(key.substr(0, key.find(' ')));
            EXPECT_EQ(charged[key], rounded(used, meter.rounding)) << key;
        }
        for (const auto& [key, used] : raw)
            EXPECT_EQ(used, model_.used[key]) << key << " was never used";
    }

private:
    static std::string name_of(const UsageKey& key) {
        std::string name = key.meter;
        for (const auto& [dim, value] : key.dims) name += " " + value;
        return name;
    }
    Meters random_meters() {
        std::string json = "[";
        for (const char* name :
             {"action.count", "agent.tokens", "call.duration_ms", "stt.ms", "transcript.chars"}) {
            static constexpr std::array modes{"up", "nearest", "down"};
            if (json.size() > 1) json += ",";
            json += R"({"meter":")" + std::string(name) + R"(","version":1,"unit":"u",)" +
                    R"("increment":")" +
                    std::to_string(1 + random_.below(2) * random_.below(70'000)) +
                    R"(","minimum":")" + std::to_string(random_.below(2) * random_.below(90'000)) +
                    R"(","mode":")" + modes.at(random_.below(3)) + R"("})";
        }
        return *Meters::parse(*contract::Json::parse(json + "]"));
    }
    void pass() {
        const Millis time(random_.below(4) == 0 ? random_.below(2 * 3'600'000)
                                                : random_.below(90'000));
        const Window before = window_of(call_.now().wall);
        model_.pass(time);
        call_.pass(time);
        if (random_.below(12) == 0) call_.jump_wall(Millis(random_.below(600'000)));
        if (window_of(call_.now().wall) != before && random_.below(8) != 0) call_.hour_began();
    }
    void step() {
        pass();
        switch (random_.below(9)) {
            case 0:
                if (!model_.connected) {
                    was_connected_ ? call_.reconnected() : call_.connected();
                    model_.connected = was_connected_ = true;
                }
                break;
            case 1:
                if (model_.connected) call_.reconnecting();
                model_.connected = false;
                break;
            case 2:
                restart();
                break;
            case 3:
                act();
                break;
            case 4:
                said();
                break;
            default:
                report();
        }
    }
    void end() {
        pass();
        call_.ended();
        model_.connected = false;
    }
    // A process that dies, or stops; nothing that happens until the next begins is anybody's.
    void restart() {
        if (random_.below(2) == 0) call_.run_stops();
        const Moment last = call_.now();
        call_.pass(Millis(random_.below(3 * 3'600'000)));
        call_.run_began(last);
    }
    void late() { random_.below(2) == 0 ? report() : said(); }
    void act() {
        const std::string id = "act_" + std::to_string(++made_);
        const std::string type = random_.below(2) == 0 ? "send" : "read";
        call_.action("requested", id, R"(,"actionType":")" + type + R"(","summary":"s")");
        if (random_.below(4) == 0) return call_.action("cancelled", id, R"(,"cause":"denied")");
        for (std::size_t i = 1 + random_.below(3); i > 0; --i)
            call_.action(
                "started", id,
                R"(,"executor":"http","attempt":1,"leaseUntil":"2026-02-16T10:00:00.000Z")");
        if (random_.below(3) == 0) {
            call_.action("outcome_unknown", id, R"(,"lastKnown":"x")");
            pass();
            const bool done = random_.below(2) == 0;
            call_.action("resolved", id,
                         std::string(R"(,"resolution":")") + (done ? "succeeded" : "not_executed") +
                             R"(","by":"u","evidence":"e")");
            model_.used["action.count " + type + (done ? " succeeded" : " not_executed")] += done;
            return;
        }
        call_.action("succeeded", id, R"(,"durationMs":1)");
        ++model_.used["action.count " + type + " succeeded"];
    }
    void said() {
        const std::size_t chars = 1 + random_.below(40);
        call_.said("utt_" + std::to_string(++made_), std::string(chars, 'a'));
        model_.used["transcript.chars user"] += static_cast<std::int64_t>(chars);
    }
    void report() {
        if (!model_.told.empty() && random_.below(3) == 0) return correct();
        const std::string id = "use_" + std::to_string(++made_);
        const auto quantity = static_cast<std::int64_t>(random_.below(5'000));
        const bool known = random_.below(5) != 0;
        std::string rest;
        if (random_.below(4) == 0)
            rest = R"(,"at":")" +
                   format_rfc3339(call_.now().wall - Millis(random_.below(3 * 3'600'000))) + R"(")";
        const int times = random_.below(6) == 0 ? 2 : 1;
        for (int i = 0; i < times; ++i)
            call_.reported(id, known ? "\"" + std::to_string(quantity) + "\"" : "null", rest);
        model_.told[id] = known ? quantity : 0;
        model_.used["stt.ms"] += known ? quantity : 0;
    }
    void correct() {
        auto one = model_.told.begin();
        std::advance(one, static_cast<std::ptrdiff_t>(random_.below(model_.told.size())));
        const auto quantity = static_cast<std::int64_t>(random_.below(5'000));
        call_.reconciled(one->first, std::to_string(quantity));
        model_.used["stt.ms"] += quantity - one->second;
        one->second = quantity;
    }

    SeededRandom random_;
    Meters meters_;
    TestUsage call_;
    Model model_;
    bool was_connected_ = false;
    int made_ = 0;
};

TEST(UsageProperty, RecordsAddUpToWhatWasUsed) {
    constexpr int histories = 2'000;
    RecordProperty("histories", histories);
    for (std::uint64_t seed = 1; seed <= histories; ++seed) {
        History history(seed);
        history.run();
        history.check();
        if (testing::Test::HasFailure()) FAIL() << "seed " << seed;
    }
}

}  // namespace
}  // namespace lifeline::metering
