#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

#include "base/log.h"
#include "sinks/reply.h"
#include "sinks/test_world.h"

namespace lifeline::sinks {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using Meaning = Reply::Meaning;

std::vector<Reply> PlainAdapter::replies(std::span<const Item> items,
                                         const Result<net::Response>& answer) const {
    std::vector replies(items.size(), reply_of(answer));
    if (!answer || answer->status != 200) return replies;
    std::string_view rest = answer->body;
    for (Reply& reply : replies) {
        const std::string_view word = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(word.size() + 1);
        reply.of = Reply::Of::charge;
        reply.meaning = word == "taken" ? Meaning::delivered
                        : word == "had" ? Meaning::duplicate
                                        : Meaning::transient;
    }
    return replies;
}

Found PlainAdapter::found(const Charge&, const Result<net::Response>& answer) const {
    using What = Found::What;
    if (!answer || answer->status != 200) return {.what = What::failed, .message = "no answer"};
    if (answer->body == "yes") return {.what = What::present};
    if (answer->body == "no") return {.what = What::absent};
    return {.what = What::sum, .sum = std::stoll(answer->body)};
}

World::World(std::uint64_t seed, Capability declared, SinkNature nature)
    : chance_(seed), adapter_(declared), nature_(nature) {
    begin();
}

void World::live() {
    for (int step = 0; step < 40; ++step) {
        for (auto more = chance_.below(3); more > 0; --more) charge();
        if (often(12)) down_ = !down_;
        if (often(10)) crash();
        if (often(6)) people();
        if (publisher_ && !publisher_->lane().stopped().empty() && often(3)) publisher_->resume();
        loop_.run_for(Millis(static_cast<std::int64_t>(chance_.below(7'200'000))));
    }
    faults_ = false;
    down_ = false;
    crash();  // What waits for an answer that never comes is begun anew.
    for (int round = 0; round < 6; ++round) {
        publisher_->resume();
        people();
        loop_.run_for(days(1));
    }
}

void World::charge() {
    Charge charge = usage_charge(fmt::format("bu_{}", ++last_id_));
    charge.account = fmt::format("acct_{}", chance_.below(2));
    const auto hour = std::chrono::floor<hours>(now()) - hours(2);
    charge.time = hour;
    charge.window = format_rfc3339(charge.time);
    // Few different ones, so that sums are ambiguous now and then.
    charge.quantity = 1 + static_cast<std::int64_t>(chance_.below(4));
    if (often(5)) charge.quantity = -charge.quantity;
    charge.recorded = now();
    journal_.emplace(charge.id, Record{.charge = charge, .when = now()});
    publisher_->add(charge, fresh(now()));
}

// What had left arrives; what would have come back does not, and what was not written is not.
void World::crash() {
    ++crashes_;
    publisher_.reset();
    loop_.drop_all();
    loop_.run_for(often(3) ? Millis(static_cast<std::int64_t>(chance_.below(40)) * hours(1))
                           : Millis(minutes(1)));
    begin();
}

void World::begin() {
    publisher_.emplace(loop_, chance_, adapter_, *this, *this, "model");
    for (const auto& [id, record] : journal_) {
        const Charge& its = record.charge;
        switch (record.kind) {
            case Record::Kind::completed:
                break;
            case Record::Kind::recorded:
                publisher_->add(its, reopened(its, now()));
                break;
            case Record::Kind::redriven:
                publisher_->add(its,
                                reopened_redriven(its, adapter_.capability(), record.when, now()));
                break;
            case Record::Kind::parked:
            case Record::Kind::discarded: {
                Delivery letter = sinks::parked(its, record.because, record.attempts, "why");
                if (record.kind == Record::Kind::discarded) discard(letter);
                publisher_->add(its, std::move(letter));
                break;
            }
        }
    }
}

// They look at the sink where nobody else knows, and redrive whatever is not there.
void World::people() {
    for (auto& [id, record] : journal_) {
        if (record.kind != Record::Kind::parked) continue;
        const auto* entry = publisher_->lane().find(id);
        if (entry == nullptr || entry->delivery.stage != Delivery::Stage::parked) continue;
        const bool there = record.because == Because::unknown && receipts_.contains(id);
        record.kind = there ? Record::Kind::discarded : Record::Kind::redriven;
        record.when = now();
        // The event is written; of what comes after it a crash may take all.
        if (faults_ && often(20)) return crash();
        if (there) {
            EXPECT_TRUE(publisher_->discard(id));
        } else {
            EXPECT_TRUE(publisher_->redrive(id));
        }
    }
}

std::string World::take(const std::string& id) {
    if (faults_ && often(15)) return "later";  // A partial batch.
    auto& receipt = receipts_[id];
    const bool knows =
        receipt.times > 0 && (!nature_.remembers || now() - receipt.first < *nature_.remembers);
    if (knows) return often(2) ? "had" : "taken";  // Silent, or an error that says so.
    receipt.first = now();
    ++receipt.times;
    return "taken";
}

std::string World::ask(const std::string& id) {
    ++asked_;
    const Charge& charge = journal_.at(id).charge;
    const auto shown = [this](const Receipt& receipt) {
        return now() - receipt.first >= nature_.shows_after;
    };
    if (adapter_.capability().read_back == ReadBack::record) {
        const auto found = receipts_.find(id);
        return found != receipts_.end() && shown(found->second) ? "yes" : "no";
    }
    std::int64_t sum = 0;
    for (const auto& [other, receipt] : receipts_) {
        const Charge& its = journal_.at(other).charge;
        if (its.account == charge.account && its.window == charge.window && shown(receipt))
            sum += its.quantity * static_cast<std::int64_t>(receipt.times);
    }
    return std::to_string(sum);
}

void World::carry(Request request, Done done) {
    const auto answer_with = [this, &done](Result<net::Response> answer) {
        soon([done = std::move(done),
              answer = std::move(answer)]() mutable { done(std::move(answer)); },
             20'000);
    };
    const auto status = [](unsigned code, net::Headers headers = {}) {
        return net::Response{.status = code, .headers = std::move(headers), .body = {}};
    };
    if (down_) {
        if (often(2)) return answer_with(status(503));
        return answer_with(fail(Code::unavailable, "peer_unavailable", "nobody there"));
    }
    const auto fate = faults_ ? chance_.below(12) : 99;
    if (fate == 0) return answer_with(fail(Code::unavailable, "peer_unavailable", "not connected"));
    if (fate == 1) return answer_with(status(429, {{"Retry-After", "40"}}));
    if (fate == 2) return answer_with(status(500));
    if (fate == 3) return answer_with(fail(Code::unavailable, "answer_lost", "never arrived"));
    net::Response answer{.status = 200, .headers = {}, .body = {}};
    if (request.method == "GET") {
        answer.body = ask(request.path);
    } else {
        for (std::size_t at = 0; at < request.body.size();) {
            const std::size_t feed = request.body.find('\n', at);
            answer.body += take(request.body.substr(at, feed - at)) + "\n";
            at = feed + 1;
        }
    }
    if (fate == 4) return answer_with(fail(Code::unavailable, "answer_lost", "it did arrive"));
    if (fate == 5) return answer_with(status(502));  // It did arrive, too.
    if (fate == 6) return;                           // And nothing ever comes back, until a crash.
    answer_with(std::move(answer));
}

void World::completed(const Charge& charge, const Delivery&, Written done) {
    soon(
        [this, id = charge.id, done = std::move(done)]() mutable {
            if (faults_ && often(30)) return done(fail(Code::unavailable, "storage_unavailable"));
            journal_.at(id).kind = Record::Kind::completed;
            done({});
        },
        50);
}

void World::parked(const Charge& charge, const Delivery& delivery, Written done) {
    soon(
        [this, id = charge.id, because = delivery.because, attempts = delivery.sends,
         done = std::move(done)]() mutable {
            if (faults_ && often(30)) return done(fail(Code::unavailable, "storage_unavailable"));
            ++parked_;
            Record& record = journal_.at(id);
            record.kind = Record::Kind::parked;
            record.because = because;
            record.attempts = attempts;
            done({});
        },
        50);
}

void World::counted(const Charge& charge, Counted done) {
    std::int64_t sum = 0;
    for (const auto& [id, record] : journal_)
        if (record.kind == Record::Kind::completed && record.charge.account == charge.account &&
            record.charge.window == charge.window)
            sum += record.charge.quantity;
    soon([sum, done = std::move(done)]() mutable { done(sum); }, 50);
}

World::Judgement World::judge() const {
    Judgement judgement{
        .charges = journal_.size(), .crashes = crashes_, .asked = asked_, .parked = parked_};
    for (const auto& [id, record] : journal_) {
        if (record.kind != Record::Kind::completed && record.kind != Record::Kind::discarded)
            ++judgement.unfinished;
        const auto receipt = receipts_.find(id);
        if (receipt == receipts_.end()) {
            ++judgement.lost;
        } else if (receipt->second.times > 1) {
            ++judgement.doubled;
        }
    }
    return judgement;
}

namespace {

struct Kind {
    const char* name;
    Capability declared;
    SinkNature nature;
};

const Capability aggregate{.dedupe_window = hours(24),
                           .oldest = days(90),
                           .read_back = ReadBack::aggregate,
                           .settles = minutes(15),
                           .per_key = 1};
const Capability record{.dedupe_window = hours(24),
                        .read_back = ReadBack::record,
                        .settles = minutes(5),
                        .batch_max = 5};

World::Judgement lived(std::uint64_t seed, const Kind& kind) {
    World world(seed, kind.declared, kind.nature);
    world.live();
    return world.judge();
}

class PublisherProperty : public testing::Test {
protected:
    // Dead letters are what this is about; a line for each would be thousands.
    PublisherProperty() { log::set_level(log::Level::error); }
};

TEST_F(PublisherProperty, WhatTheSinkCountedOnceIsWhatWasCharged) {
    const Kind kinds[] = {
        {"aggregate", aggregate, {.remembers = hours(24), .shows_after = minutes(14)}},
        {"record", record, {.remembers = hours(24), .shows_after = minutes(4)}},
        {"blind", {.dedupe_window = hours(24)}, {.remembers = hours(24)}},
        {"for ever", {.batch_max = 3}, {.remembers = std::nullopt}},
    };
    constexpr int histories = 500;
    RecordProperty("histories", histories * static_cast<int>(std::size(kinds)));
    World::Judgement all;
    for (const Kind& kind : kinds) {
        for (std::uint64_t seed = 1; seed <= histories; ++seed) {
            SCOPED_TRACE(fmt::format("{} {}", kind.name, seed));
            const auto judged = lived(seed, kind);
            ASSERT_EQ(judged.lost, 0U) << "lost";
            ASSERT_EQ(judged.doubled, 0U) << "doubled";
            ASSERT_EQ(judged.unfinished, 0U) << "unfinished";
            all.charges += judged.charges;
            all.crashes += judged.crashes;
            all.asked += judged.asked;
            all.parked += judged.parked;
        }
    }
    // Or it would have proved nothing.
    EXPECT_GT(all.charges, 50'000U);
    EXPECT_GT(all.crashes, 5'000U);
    EXPECT_GT(all.asked, 1'000U);
    EXPECT_GT(all.parked, 1'000U);
    RecordProperty("charges", std::to_string(all.charges));
    RecordProperty("asked", std::to_string(all.asked));
    RecordProperty("parked", std::to_string(all.parked));
}

// Each believes of the sink what is not so; each is found out.
TEST_F(PublisherProperty, NoticesAMachineThatIsWrong) {
    Capability resends = record;
    resends.dedupe_window.reset();
    Capability impatient = record;
    impatient.dedupe_window = hours(2);
    impatient.settles = Millis(0);
    Capability hasty = aggregate;
    hasty.dedupe_window = hours(2);
    hasty.settles = Millis(0);
    const SinkNature slow{.remembers = hours(2), .shows_after = hours(6)};
    const Kind mutants[] = {
        {"sends again outside the window without asking", resends, {.remembers = hours(24)}},
        {"asks before it can be seen", impatient, slow},
        {"believes a sum that has not settled", hasty, slow},
    };
    for (const Kind& mutant : mutants) {
        SCOPED_TRACE(mutant.name);
        std::uint64_t seed = 1;
        while (seed <= 200 && lived(seed, mutant).doubled == 0) ++seed;
        EXPECT_LE(seed, 200U) << "no history in which it doubles a charge";
    }
}

}  // namespace
}  // namespace lifeline::sinks
