#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "base/random.h"
#include "books.h"
#include "contract/json.h"

// Random histories of two accounts over a month's end, measured and charged by what measures and
// charges in the server, and counted again. With no fault everything agrees; of one fault, one line
// differs, by its own class and in its own layer.
namespace lifeline::money {
namespace {

using reconciliation::Class;
using reconciliation::Group;
using reconciliation::Layer;
using reconciliation::Report;
using reconciliation::Row;
using reconciliation::to_text;

const Window first_hour = *parse_window("2026-02-27T21:00Z");
const Window end_of_month = *parse_window("2026-02-28T23:00Z");

// Items of which at least so much is paid in a month.
std::string card(int version, const std::string& from, int price, const std::string& least) {
    const std::string body =
        R"({"card":"standard","currency":"EUR","effectiveFrom":")" + from +
        R"(","items":[{"item":"minutes","meter":"call.duration_ms","per":"60000",)"
        R"("included":"600000","minimumNano":")" +
        least + R"(","tiers":[{"upTo":"3600000","unitNano":")" + std::to_string(price) +
        R"("},{"unitNano":"7777777"}]},)" +
        R"({"item":"actions","meter":"action.count","match":{"outcome":"succeeded"},"per":"1",)"
        R"("minimumNano":")" +
        least +
        R"(","tiers":[{"upTo":"3","unitNano":"50000000"},{"unitNano":"10000001"}]},)"
        R"({"item":"hearing","meter":"stt.ms","per":"7","minimumNano":")" +
        least +
        R"(","tiers":[{"unitNano":"100"}]}],)"
        R"("kind":"price","version":)" +
        std::to_string(version) + "}";
    const auto parsed = pricing::parse_card(body);
    EXPECT_TRUE(parsed.has_value()) << parsed.error().detail;
    return body.substr(0, body.size() - 1) + R"(,"sha256":")" + parsed->sha256 + R"("})";
}

// What was used, by "account meter", said by who did it.
using Model = std::map<std::string, std::int64_t>;

// LIFELINE_HISTORIES=10: ten times as many, for whoever has the time.
std::uint64_t so_many(std::uint64_t histories) {
    const char* times = std::getenv("LIFELINE_HISTORIES");
    const std::uint64_t more = times == nullptr ? 1 : std::strtoull(times, nullptr, 10);
    return histories * std::max<std::uint64_t>(1, more);
}

std::int64_t rounded_up(std::int64_t quantity, int increment) {
    return (quantity + increment - 1) / increment * increment;
}

class History {
public:
    // With `least` it goes on until the month is over, and something is said late of it.
    explicit History(std::uint64_t seed, const std::string& least = "0") : random_(seed) {
        books.tick("start");
        const int duration = random_.below(2) == 0 ? 1 : 1000;
        const int hearing = random_.below(2) == 0 ? 1 : 100;
        const auto meters = *metering::Meters::parse(*contract::Json::parse(
            "[" + meter("action.count", 1, 0) + "," + meter("call.duration_ms", duration, 0) + "," +
            meter("stt.ms", hearing, 0) + "," + meter("transcript.chars", 1, 0) + "]"));
        books.append("sys_metering", "billing.meters.activated",
                     R"({"sha256":")" + meters.sha256() +
                         R"(","effectiveFrom":"2026-01-01T00:00Z","meters":)" + meters.json() +
                         "}");
        books.append("sys_billing", "billing.card.activated",
                     card(1, "2026-01-01T00:00Z", 20'000'000, least));
        if (random_.below(2) == 0)
            books.append("sys_billing", "billing.card.activated",
                         card(2, "2026-02-27T23:00Z", 33'333'333, least));
        for (std::size_t i = 1 + random_.below(4); i > 0; --i) begin();
        for (std::size_t i = 10 + random_.below(40); i > 0; --i) step();
        for (Call& call : calls_) end(call);
        for (std::size_t i = random_.below(4); i > 0; --i) said_late();
        for (int i = 0; i < 3; ++i) hour_passes();
        if (least != "0") {
            while (closed_ <= end_of_month) hour_passes();
            for (std::size_t i = random_.below(4); i > 0; --i) said_late();
            hour_passes();
        }
        deliver();
        // The whole of a call is rounded, whatever hours it is cut into.
        for (const Call& call : calls_) {
            model[call.account + " call.duration_ms"] += rounded_up(call.lasted, duration);
            model[call.account + " stt.ms"] += rounded_up(call.heard, hearing);
        }
    }

    Books books;
    Model model;

private:
    struct Call {
        std::string session;
        std::string account;
        bool connected = false;
        bool before = false;
        bool over = false;
        std::int64_t lasted = 0;
        std::int64_t heard = 0;
    };

    static std::string meter(const std::string& name, int increment, int minimum) {
        return R"({"meter":")" + name + R"(","version":1,"unit":"u","increment":")" +
               std::to_string(increment) + R"(","minimum":")" + std::to_string(minimum) +
               R"(","mode":"up"})";
    }
    void tell(const Call& call, const std::string& type, const std::string& payload) {
        books.append(call.session, type, payload);
        if (random_.below(3) != 0) books.settle();
    }
    void pass(Millis time) {
        for (Call& call : calls_)
            if (call.connected && !down_) call.lasted += time.count();
        books.pass(time);
    }
    void begin() {
        Call call{.session = "sess_" + std::to_string(calls_.size() + 1),
                  .account = random_.below(2) == 0 ? "acct_1" : "acct_2"};
        books.append(call.session, "call.created",
                     R"({"callId":")" + call.session + R"(","ownerId":"ada","accountId":")" +
                         call.account + R"(","channel":"web"})");
        calls_.push_back(std::move(call));
    }
    Call& any() { return calls_[random_.below(calls_.size())]; }
    void step() {
        if (random_.below(6) == 0) {
            hour_passes();
        } else {
            pass(Millis(random_.below(240'000)));
        }
        if (random_.below(15) == 0) books.wall += Millis(random_.below(900'000));
        if (random_.below(15) == 0) set_clock_back();
        Call& call = any();
        switch (random_.below(7)) {
            case 0:
            case 1:
                if (call.connected || call.over) return;
                call.connected = true;
                return tell(call, call.before ? "call.reconnected" : "call.connected",
                            call_payload(call, std::exchange(call.before, true)));
            case 2:
                if (!call.connected) return;
                call.connected = false;
                return tell(call, "call.reconnecting",
                            R"({"callId":")" + call.session +
                                R"(","attempt":1,"at":"2026-02-27T21:00:00.000Z"})");
            case 3:
                return act(call);
            case 4:
                return report(call, random_.below(3) == 0);
            case 5:
                return restart();
            default:
                if (random_.below(8) == 0) end(call);
        }
    }
    static std::string call_payload(const Call& call, bool again) {
        const std::string id = R"({"callId":")" + call.session + R"(",)";
        return again ? id + R"("attempt":1,"at":"2026-02-27T21:00:00.000Z","outageMs":1})"
                     : id + R"("connectedAt":"2026-02-27T21:00:00.000Z"})";
    }
    void end(Call& call) {
        if (call.over) return;
        call.over = true;
        call.connected = false;
        tell(call, "call.ended",
             R"({"callId":")" + call.session +
                 R"(","endedAt":"2026-02-27T21:00:00.000Z","durationSeconds":1,)"
                 R"("endReason":"completed"})");
    }
    void act(Call& call) {
        const std::string id = "act_" + std::to_string(++made_);
        const std::string head = R"({"actionId":")" + id + R"(")";
        tell(call, "orchestration.action.requested",
             head + R"(,"actionType":"send","summary":"s"})");
        for (std::size_t i = random_.below(3); i > 0; --i) {
            tell(call, "orchestration.action.started",
                 head +
                     R"(,"executor":"http","attempt":1,"leaseUntil":"2026-02-27T21:00:00.000Z"})");
            if (i > 1) continue;
            if (random_.below(3) == 0) {
                tell(call, "orchestration.action.outcome_unknown", head + R"(,"lastKnown":"x"})");
                pass(Millis(random_.below(4'000'000)));
                tell(call, "orchestration.action.resolved",
                     head + R"(,"resolution":"succeeded","by":"u","evidence":"e"})");
            } else {
                tell(call, "orchestration.action.succeeded", head + R"(,"durationMs":1})");
            }
            ++model[call.account + " action.count"];
            return;
        }
        tell(call, "orchestration.action.cancelled", head + R"(,"cause":"denied"})");
    }
    void report(Call& call, bool late) {
        const std::string id = "use_" + std::to_string(++made_);
        const auto quantity = static_cast<std::int64_t>(random_.below(5'000));
        const bool known = random_.below(4) != 0;
        std::string payload =
            R"({"reportId":")" + id + R"(","meter":"stt.ms","unit":"u",)" + R"("quantity":)" +
            (known ? "\"" + std::to_string(quantity) + "\"" : "null") + R"(,"source":"provider")";
        if (late)
            payload +=
                R"(,"at":")" +
                format_rfc3339(std::max(WallTime(first_hour), books.wall - Millis(5'000'000))) +
                "\"";
        for (std::size_t i = 1 + random_.below(2); i > 0; --i)
            tell(call, "billing.usage.reported", payload + "}");
        if (!known || random_.below(4) == 0)
            tell(call, "billing.usage.reconciled",
                 R"({"reportId":")" + id + R"(","quantity":")" + std::to_string(quantity) +
                     R"(","source":"provider"})");
        call.heard += quantity;
    }
    void said_late() { report(any(), random_.below(2) == 0); }
    // A process that dies or stops: until the next begins nobody is charged.
    // Also into an hour that was written down and closed.
    void set_clock_back() {
        books.wall = std::max(WallTime(first_hour), books.wall - Millis(random_.below(2'400'000)));
    }
    void restart() {
        books.tick(random_.below(2) == 0 ? "stop" : "minute");
        down_ = true;
        pass(Millis(random_.below(900'000)));
        down_ = false;
        books.tick("start");
        books.settle();
    }
    void hour_passes() {
        const Window next = window_of(books.wall) + std::chrono::hours(1);
        pass(WallTime(next) - books.wall + Millis(random_.below(60'000)));
        books.tick("hour");
        if (random_.below(3) != 0) pass(Millis(600'000 + random_.below(300'000)));
        books.settle();
        for (; closed_ < window_of(books.wall); closed_ += std::chrono::hours(1))
            books.close(closed_);
    }
    void deliver() {
        const auto lines = books.lines;
        for (const auto& line : lines) {
            const bool charge = line.type == "billing.usage.recorded";
            if (!charge && line.type != "billing.adjustment.created") continue;
            const auto json = *contract::Json::parse(line.payload);
            books.append(line.stream, "billing.delivery.completed",
                         R"({"sink":"stripe","chargeId":")" +
                             std::string(*json.text(charge ? "idempotencyKey" : "adjustmentId")) +
                             R"(","outcome":"delivered","attempts":1})");
        }
    }

    SeededRandom random_;
    std::vector<Call> calls_;
    Window closed_ = first_hour;
    bool down_ = false;
    int made_ = 0;
};

std::string story(const Report& report) {
    std::string told;
    for (const Row& row : report.rows)
        if (row.verdict.klass != Class::match)
            told += row.key.account + " " + text_of(row.key.window) + " " + row.key.meter + " " +
                    row.key.sink + " " + std::string(to_text(row.verdict.klass)) + "/" +
                    std::string(to_text(row.verdict.layer)) + " E " + std::to_string(row.counted) +
                    " M " + std::to_string(row.measured) + " B " + std::to_string(row.booked) +
                    "\n";
    return told;
}

Report reconcile(const std::vector<Books::Line>& lines, std::size_t chunk = 64) {
    auto evidence = Books::evidence_of(lines, chunk);
    const Window last = window_of(lines.back().wall) - std::chrono::hours(1);
    return Books::report_of(evidence, first_hour, last, lines.back().position);
}

TEST(ReconciliationHistories, WithNoFaultEverythingAgrees) {
    const std::uint64_t histories = so_many(40);
    RecordProperty("histories", static_cast<int>(histories));
    for (std::uint64_t seed = 1; seed <= histories; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        History history(seed);
        const auto& lines = history.books.lines;
        const Report report = reconcile(lines);
        EXPECT_EQ(report.of(Class::match), report.rows.size()) << story(report);
        // As of any position, and however it was read, the same bytes.
        EXPECT_EQ(report_json(report), report_json(reconcile(lines, 1 + (seed % 7) * 40)));
        const std::uint64_t half = lines.size() / 2;
        auto all = Books::evidence_of(lines, 64);
        auto until_then = Books::evidence_of(
            {lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(half)}, 64);
        const Window last = window_of(lines.back().wall) - std::chrono::hours(1);
        EXPECT_EQ(report_json(Books::report_of(all, first_hour, last, half)),
                  report_json(Books::report_of(until_then, first_hour, last, half)));
        Model counted;
        for (const Row& row : report.rows)
            if (row.key.sink.empty()) counted[row.key.account + " " + row.key.meter] += row.counted;
        std::erase_if(counted, [](const auto& one) { return one.second == 0; });
        std::erase_if(history.model, [](const auto& one) { return one.second == 0; });
        EXPECT_EQ(counted, history.model);
        if (testing::Test::HasFailure()) FAIL();
    }
}

// What is written of a month's item is what was used of it, or the least, whatever came when.
TEST(ReconciliationHistories, MinimumsAgreeAndEverybodyIsToldOfThem) {
    const pricing::Int128 least = 3'000'000'000;
    const std::uint64_t histories = so_many(20);
    RecordProperty("histories", static_cast<int>(histories));
    int minimums = 0;
    for (std::uint64_t seed = 1; seed <= histories; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        const History history(seed, pricing::to_text(least));
        const auto& lines = history.books.lines;
        const Report report = reconcile(lines);
        EXPECT_EQ(report.of(Class::match), report.rows.size()) << story(report);
        struct Sum {
            std::int64_t quantity = 0;
            pricing::Int128 usage = 0;
            pricing::Int128 all = 0;
        };
        std::map<std::string, Sum> sums;
        for (const auto& line : lines) {
            const bool charge = line.type == "billing.usage.recorded";
            if (!charge && line.type != "billing.adjustment.created") continue;
            const auto json = *contract::Json::parse(line.payload);
            const auto number = [&](const char* key) {
                return *pricing::parse_int128(json.text(key).value_or("0"));
            };
            if (!json.text(charge ? "window" : "serviceWindow")->starts_with("2026-02")) continue;
            Sum& sum = sums[line.stream + " " + std::string(*json.text("item"))];
            const auto amount = number(charge ? "amount" : "amountDelta");
            sum.quantity +=
                static_cast<std::int64_t>(number(charge ? "quantity" : "quantityDelta"));
            sum.all += amount;
            if (json.text("kind") == "price_fix")
                ++minimums;
            else
                sum.usage += amount;
        }
        for (const auto& [of, sum] : sums) {
            const auto expected = sum.quantity > 0 ? std::max(sum.usage, least) : sum.usage;
            EXPECT_EQ(pricing::to_text(sum.all), pricing::to_text(expected)) << of;
        }
        if (testing::Test::HasFailure()) FAIL();
    }
    EXPECT_GT(minimums, 0);
}

// What stands in a history besides, as one fault would put it there.
struct Fault {
    const char* name;
    const char* of;  // Which events it may befall.
    std::function<void(std::vector<Books::Line>&, std::size_t)> break_it;
    std::function<bool(const Row& before, const Row& after)> is_itself;
};

void replace(std::string& in, const std::string& key, const std::string& with) {
    const std::size_t at = in.find("\"" + key + "\":\"");
    ASSERT_NE(at, std::string::npos) << key;
    const std::size_t begin = at + key.size() + 4;
    in.replace(begin, in.find('"', begin) - begin, with);
}

std::string text_of_line(const Books::Line& line, const std::string& key) {
    return std::string(contract::Json::parse(line.payload)->text(key).value_or(""));
}

void add_to(Books::Line& line, const std::string& key, std::int64_t delta) {
    replace(line.payload, key, std::to_string(std::stoll(text_of_line(line, key)) + delta));
}

// Appended: what is wrong is said once more, by somebody else.
Books::Line& again(std::vector<Books::Line>& lines, std::size_t at) {
    Books::Line line = lines.back();
    ++line.position;
    line.stream = lines[at].stream;
    line.type = lines[at].type;
    line.payload = lines[at].payload;
    lines.push_back(std::move(line));
    return lines.back();
}

bool is(const Row& row, Class klass, Layer layer) {
    return row.verdict.klass == klass && row.verdict.layer == layer;
}

std::vector<Fault> faults() {
    const auto less = [](Layer layer) {
        return [layer](const Row&, const Row& after) {
            const std::int64_t left = layer == Layer::meter ? after.measured : after.booked;
            return is(after, left == 0 ? Class::missing : Class::under_charge, layer);
        };
    };
    const auto always = [](Class klass, Layer layer) {
        return [=](const Row&, const Row& after) { return is(after, klass, layer); };
    };
    using Lines = std::vector<Books::Line>;
    const char* record = "billing.usage.measured";
    const char* charge = "billing.usage.recorded";
    return {
        {"lost record", record,
         [](Lines& lines, std::size_t at) {
             lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(at));
         },
         less(Layer::meter)},
        {"too much measured", record,
         [](Lines& lines, std::size_t at) { add_to(lines[at], "quantity", 1); },
         always(Class::over_charge, Layer::meter)},
        {"other unit", record,
         [](Lines& lines, std::size_t at) { replace(lines[at].payload, "unit", "s"); },
         always(Class::unit_mismatch, Layer::meter)},
        {"two contents of a record", record,
         [](Lines& lines, std::size_t at) { add_to(again(lines, at), "quantity", 7); },
         always(Class::conflict, Layer::meter)},
        {"one fact under two records", record,
         [](Lines& lines, std::size_t at) {
             replace(again(lines, at).payload, "recordId", "mr_x");
         },
         always(Class::duplicate, Layer::meter)},
        {"foreign record", record,
         [](Lines& lines, std::size_t at) {
             Books::Line& line = again(lines, at);
             replace(line.payload, "recordId", "mr_x");
             replace(line.payload, "sessionId", "sess_none");
         },
         always(Class::orphan, Layer::meter)},
        {"lost charge", charge,
         [](Lines& lines, std::size_t at) {
             lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(at));
         },
         less(Layer::book)},
        {"other price", charge,
         [](Lines& lines, std::size_t at) { add_to(lines[at], "amount", 1); },
         always(Class::price_mismatch, Layer::rate)},
        {"too much charged", charge,
         [](Lines& lines, std::size_t at) { add_to(lines[at], "quantity", 1); },
         always(Class::over_charge, Layer::book)},
        {"charged twice", charge,
         [](Lines& lines, std::size_t at) {
             replace(again(lines, at).payload, "idempotencyKey", "bu_x");
         },
         always(Class::duplicate, Layer::book)},
        {"other currency", charge,
         [](Lines& lines, std::size_t at) { replace(lines[at].payload, "currency", "USD"); },
         always(Class::unit_mismatch, Layer::book)},
    };
}

// What a finding has to name: of a fault in measuring the call; of one in the books the charge, or
// what it was of where it is lost.
std::string name_of(const Fault& fault, const Books::Line& line) {
    const std::string name = fault.name;
    if (name == "foreign record") return "sess_none";
    if (line.type == "billing.usage.measured") return text_of_line(line, "sessionId");
    if (name != "lost charge") return text_of_line(line, "idempotencyKey");
    const auto json = *contract::Json::parse(line.payload);
    return std::string(json.find("recordIds")->items().at(0).as_text().value_or(""));
}

// Lines of the accounts themselves; what a sink has follows from them.
std::map<reconciliation::Key, Row> own_rows(const Report& report) {
    std::map<reconciliation::Key, Row> rows;
    for (const Row& row : report.rows)
        if (row.key.sink.empty()) rows.emplace(row.key, row);
    return rows;
}

TEST(ReconciliationHistories, OneFaultIsFoundAsItself) {
    const std::uint64_t histories = so_many(110);
    RecordProperty("histories", static_cast<int>(histories));
    const auto all = faults();
    std::map<std::string, int> found;
    for (std::uint64_t seed = 1; seed <= histories; ++seed) {
        const Fault& fault = all[seed % all.size()];
        SCOPED_TRACE("seed " + std::to_string(seed) + ", " + fault.name);
        History history(seed);
        const auto& lines = history.books.lines;
        const auto before = own_rows(reconcile(lines));
        SeededRandom random(seed);
        std::vector<std::size_t> may;
        std::set<std::string> adjusted;  // Of which what is late is compared by itself.
        for (const auto& line : lines)
            if (line.type == "billing.adjustment.created")
                adjusted.insert(line.stream + text_of_line(line, "meter") +
                                text_of_line(line, "serviceWindow"));
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (lines[i].type != fault.of) continue;
            const auto json = *contract::Json::parse(lines[i].payload);
            const std::string quantity(json.text("quantity").value_or("0"));
            if (quantity == "0" || adjusted.contains(text_of_line(lines[i], "accountId") +
                                                     text_of_line(lines[i], "meter") +
                                                     text_of_line(lines[i], "window")))
                continue;
            may.push_back(i);
        }
        if (may.empty()) continue;
        const std::size_t at = may[random.below(may.size())];
        const std::string account = text_of_line(lines[at], "accountId");
        const std::string meter = text_of_line(lines[at], "meter");
        const std::string window = text_of_line(lines[at], "window");
        auto broken = lines;
        fault.break_it(broken, at);
        const Report report = reconcile(broken);
        int differ = 0;
        for (const auto& [key, row] : own_rows(report)) {
            if (row.verdict.klass == Class::match) continue;
            ++differ;
            EXPECT_EQ(key.account + key.meter + text_of(key.window), account + meter + window);
            const auto was = before.find(key);
            EXPECT_TRUE(fault.is_itself(was == before.end() ? row : was->second, row));
            const bool measured = lines[at].type == "billing.usage.measured";
            const auto& names = measured ? row.calls : row.differing;
            const std::string name = name_of(fault, lines[at]);
            EXPECT_NE(std::ranges::find(names, name), names.end()) << name;
        }
        EXPECT_EQ(differ, 1) << story(report);
        if (testing::Test::HasFailure()) FAIL() << story(report) << lines[at].payload;
        ++found[fault.name];
    }
    EXPECT_EQ(found.size(), all.size());
    for (const auto& [name, times] : found) EXPECT_GT(times, 2) << name;
}

// A line of an account as the books have it, and each of its charges and corrections.
struct Booked {
    std::int64_t quantity = 0;
    std::int64_t amount = 0;
    std::vector<std::int64_t> each = {};
    std::vector<std::string> ids = {};
};
using BookedLines = std::map<std::tuple<std::string, std::string, std::string>, Booked>;

BookedLines booked_of(const std::vector<Books::Line>& lines) {
    BookedLines booked;
    for (const Books::Line& line : lines) {
        const bool charge = line.type == "billing.usage.recorded";
        if (!charge && line.type != "billing.adjustment.created") continue;
        Booked& of = booked[{line.stream, text_of_line(line, "item"),
                             text_of_line(line, charge ? "window" : "serviceWindow")}];
        of.each.push_back(std::stoll(text_of_line(line, charge ? "quantity" : "quantityDelta")));
        of.quantity += of.each.back();
        of.amount += std::stoll(text_of_line(line, charge ? "amount" : "amountDelta"));
        of.ids.push_back(text_of_line(line, charge ? "idempotencyKey" : "adjustmentId"));
    }
    return booked;
}

Books::Line& append(std::vector<Books::Line>& lines, const std::string& stream,
                    const std::string& type, const std::string& payload) {
    Books::Line line = lines.back();
    ++line.position;
    line.stream = stream;
    line.type = type;
    line.payload = payload;
    lines.push_back(std::move(line));
    return lines.back();
}

// What the sink says of a line in place of what it was sent.
struct SinkFault {
    const char* name;
    std::function<std::string(const Booked&, std::int64_t one)> says;
    std::function<Class(const Booked&, std::int64_t one)> is;
};

std::string has(std::int64_t quantity) {
    return R"("quantity":")" + std::to_string(quantity) + "\"";
}

Class than_booked(std::int64_t has, std::int64_t booked) {
    if (has == 0) return Class::missing;
    return has < booked ? Class::under_charge : Class::over_charge;
}

std::vector<SinkFault> sink_faults() {
    const auto always = [](Class klass) {
        return [=](const Booked&, std::int64_t) { return klass; };
    };
    constexpr std::int64_t foreign = 1'000'000'007;
    return {
        {"lost one", [](const Booked& of, std::int64_t one) { return has(of.quantity - one); },
         [](const Booked& of, std::int64_t one) {
             return than_booked(of.quantity - one, of.quantity);
         }},
        {"counted twice", [](const Booked& of, std::int64_t one) { return has(of.quantity + one); },
         [](const Booked& of, std::int64_t one) {
             return std::ranges::find(of.each, -one) == of.each.end()
                        ? Class::duplicate
                        : than_booked(of.quantity + one, of.quantity);
         }},
        {"foreign, in a sum",
         [](const Booked& of, std::int64_t) { return has(of.quantity + foreign); },
         always(Class::over_charge)},
        {"foreign, by its id",
         [](const Booked& of, std::int64_t) {
             return R"("charges":["bu_foreign"],)" + has(of.quantity);
         },
         always(Class::orphan)},
        {"other amount",
         [](const Booked& of, std::int64_t) {
             return R"("amount":")" + std::to_string(of.amount + 1) + "\"," + has(of.quantity);
         },
         always(Class::price_mismatch)},
        {"other currency",
         [](const Booked& of, std::int64_t) { return R"("currency":"USD",)" + has(of.quantity); },
         always(Class::unit_mismatch)},
        {"does not say", [](const Booked&, std::int64_t) { return R"("quantity":null)"; },
         always(Class::unverifiable)},
    };
}

std::vector<const Row*> not_matching(const Report& report) {
    std::vector<const Row*> rows;
    for (const Row& row : report.rows)
        if (row.verdict.klass != Class::match) rows.push_back(&row);
    return rows;
}

TEST(ReconciliationHistories, OneFaultAtTheSinkIsFoundAsItself) {
    const std::uint64_t histories = so_many(14);
    RecordProperty("histories", static_cast<int>(histories));
    const auto all = sink_faults();
    std::map<std::string, int> found;
    for (std::uint64_t seed = 1; seed <= histories; ++seed) {
        History history(seed);
        const auto& lines = history.books.lines;
        const BookedLines booked = booked_of(lines);
        SeededRandom random(seed);
        // Of one history several faults, each by itself.
        for (std::size_t i = 0; i < 3 && !booked.empty(); ++i) {
            const SinkFault& fault = all[(seed * 3 + i) % all.size()];
            SCOPED_TRACE("seed " + std::to_string(seed) + ", " + fault.name);
            const auto& [line, of] = *std::next(
                booked.begin(), static_cast<std::ptrdiff_t>(random.below(booked.size())));
            const std::int64_t one = of.each[random.below(of.each.size())];
            if (one == 0) continue;
            const auto& [account, item, window] = line;
            auto broken = lines;
            append(broken, account, "billing.counted.elsewhere",
                   R"({"sink":"stripe","source":"sink","item":")" + item + R"(","window":")" +
                       window + R"(",)" + fault.says(of, one) + "}");
            const Report report = reconcile(broken);
            const auto differ = not_matching(report);
            ASSERT_EQ(differ.size(), 1U) << story(report);
            const reconciliation::Key& key = differ.front()->key;
            EXPECT_EQ(key.account + key.item + text_of(key.window) + key.sink,
                      account + item + window + "stripe");
            EXPECT_TRUE(is(*differ.front(), fault.is(of, one), Layer::deliver)) << story(report);
            for (const std::string& id : of.ids)
                EXPECT_NE(std::ranges::find(differ.front()->ids, id), differ.front()->ids.end());
            ++found[fault.name];
        }
        if (testing::Test::HasFailure()) FAIL();
    }
    for (const SinkFault& fault : all) EXPECT_GT(found[fault.name], 1) << fault.name;
}

// Nobody is to do anything yet, or nobody can say.
TEST(ReconciliationHistories, WhatWaitsAndWhatNobodyKnowsIsSaidSo) {
    const std::uint64_t histories = so_many(14);
    RecordProperty("histories", static_cast<int>(histories));
    int late = 0;
    for (std::uint64_t seed = 101; seed < 101 + histories; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        History history(seed);
        const auto& lines = history.books.lines;

        // What came late is not booked yet, and then for longer than it may be.
        const auto adjusted = std::ranges::find_if(lines, [](const Books::Line& line) {
            return line.type == "billing.adjustment.created" &&
                   text_of_line(line, "quantityDelta") != "0";
        });
        if (adjusted != lines.end()) {
            auto owed = lines;
            owed.erase(owed.begin() + (adjusted - lines.begin()));
            const Report report = reconcile(owed);
            const auto differ = not_matching(report);
            ASSERT_EQ(differ.size(), 1U) << story(report);
            EXPECT_TRUE(is(*differ.front(), Class::late, Layer::book)) << story(report);
            EXPECT_EQ(differ.front()->key.account + text_of(differ.front()->key.window),
                      adjusted->stream + text_of_line(*adjusted, "serviceWindow"));
            const Window last = window_of(owed.back().wall) - std::chrono::hours(1);
            append(owed, "sys_metering", "system.tick", R"({"because":"hour"})").wall +=
                std::chrono::days(40);
            auto evidence = Books::evidence_of(owed, 64);
            const Report then = Books::report_of(evidence, first_hour, last, owed.back().position);
            const auto expired = not_matching(then);
            ASSERT_EQ(expired.size(), 1U) << story(then);
            EXPECT_TRUE(is(*expired.front(), Class::late_expired, Layer::book)) << story(then);
            ++late;
        }

        // A report of which nobody knows how much it was.
        auto unknown = lines;
        append(unknown, "sess_1", "billing.usage.reported",
               R"({"reportId":"use_x","meter":"stt.ms","unit":"u","quantity":null,"at":")" +
                   format_rfc3339(WallTime(first_hour) + Millis(3'000'000)) + R"("})");
        const Report report = reconcile(unknown);
        const auto differ = not_matching(report);
        ASSERT_EQ(differ.size(), 1U) << story(report);
        EXPECT_TRUE(is(*differ.front(), Class::unverifiable, Layer::meter)) << story(report);
        EXPECT_EQ(differ.front()->key.meter, "stt.ms");
        EXPECT_EQ(differ.front()->calls, std::vector<std::string>{"sess_1"});

        // An hour that is not closed, and no other.
        auto open = lines;
        const auto closing = std::ranges::find_if(
            open, [](const Books::Line& line) { return line.type == "billing.window.closed"; });
        ASSERT_NE(closing, open.end());
        const std::string window = text_of_line(*closing, "window");
        open.erase(closing);
        for (const Row& row : reconcile(open).rows)
            EXPECT_EQ(row.verdict.klass == Class::pending, text_of(row.key.window) == window)
                << to_text(row.verdict.klass) << " " << text_of(row.key.window);

        // What comes after the horizon is measured, and waits for a person; so do the hours whose
        // price it moves.
        const Window last = window_of(lines.back().wall) - std::chrono::hours(1);
        history.books.wall += std::chrono::days(40);
        history.books.append(
            "sess_1", "billing.usage.reported",
            R"({"reportId":"use_y","meter":"stt.ms","unit":"u","quantity":"70000","at":")" +
                format_rfc3339(WallTime(first_hour) + Millis(3'000'000)) +
                R"(","source":"provider"})");
        history.books.settle();
        EXPECT_EQ(lines.back().type, "billing.usage.measured");
        auto evidence = Books::evidence_of(lines, 64);
        const Report too_late = Books::report_of(evidence, first_hour, last, lines.back().position);
        int booked = 0;
        for (const Row* row : not_matching(too_late)) {
            EXPECT_EQ(row->verdict.klass, Class::late_expired) << story(too_late);
            EXPECT_EQ(row->key.item, "hearing");
            if (row->verdict.layer != Layer::book) continue;
            ++booked;
            EXPECT_EQ(row->measured - row->booked, 70'000);
        }
        EXPECT_EQ(booked, 1) << story(too_late);
        if (testing::Test::HasFailure()) FAIL();
    }
    EXPECT_GT(late, 2);
}

// What one account lacks and another has too much of is no agreement.
TEST(ReconciliationHistories, WhatOffsetsOverAccountsIsFoundTwice) {
    int found = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        History history(seed);
        auto broken = history.books.lines;
        std::map<std::string, Books::Line*> one_of;
        for (Books::Line& line : broken)
            if (line.type == "billing.usage.recorded") one_of.try_emplace(line.stream, &line);
        if (one_of.size() < 2) continue;
        add_to(*one_of["acct_1"], "quantity", 1);
        add_to(*one_of["acct_2"], "quantity", -1);
        const Report report = reconcile(broken);
        std::set<std::string> accounts;
        for (const Row* row : report.findings()) accounts.insert(row->key.account);
        EXPECT_EQ(accounts.size(), 2U) << seed;
        ++found;
    }
    EXPECT_GT(found, 3);
}

}  // namespace
}  // namespace lifeline::money
