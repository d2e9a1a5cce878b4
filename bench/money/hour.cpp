#include "money/hour.h"

#include <fmt/format.h>

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "contract/event.h"
#include "metering/call_usage.h"
#include "money/card.h"
#include "money/plain_rows.h"
#include "money/talk.h"
#include "pricing/rate.h"
#include "reconciliation/evidence_store.h"

namespace lifeline::money {

namespace {

constexpr std::size_t at_once = 64;
constexpr std::size_t chunk = 4096;
// Short calls of many agents: of few events very many records. 52 of each call.
constexpr Talking talking{.turns = 10, .partials = 0, .agents = 10, .action_every = 1};
constexpr std::size_t records_of = 52;
constexpr std::size_t steps_of = talking.turns + 3;

class Making {
public:
    Making(const std::string& dir, const Hour& hour) : hour_(hour), rows_(dir, hour.dump) {
        auto opened = reconciliation::EvidenceStore::open(dir + "/reconciliation.db",
                                                          {.epoch = epoch, .head = INT64_MAX});
        CHECK(opened);
        store_.emplace(*std::move(opened));
        auto card = pricing::parse_card(card_text);
        CHECK(card);
        card_ = *std::move(card);
    }

    void make() {
        house("sys_metering", "system.tick", tick("start"));
        house("sys_metering", "billing.meters.activated",
              fmt::format(R"({{"effectiveFrom":"2026-01-01T00:00Z","meters":{},"sha256":"{}"}})",
                          meters_->json(), meters_->sha256()));
        house("sys_billing", "billing.card.activated", card_payload(card_));
        calls();
        now_ = WallTime(counted_hour + std::chrono::hours(1));
        house("sys_metering", "system.tick", tick("hour"));
        house("sys_metering", "billing.window.closed",
              fmt::format(R"({{"upToPosition":{},"window":"{}"}})", position_,
                          text_of(counted_hour)));
        charges();
        write();
        CHECK(store_->settle(journal::Settle::log));
    }

private:
    struct Going {
        Talk talk;
        metering::CallUsage usage;
        std::uint64_t seq = 0;
        bool over = false;
    };

    // So that all of them are over within fifty-five minutes.
    void calls() {
        const std::size_t calls = (hour_.records + records_of - 1) / records_of;
        const std::size_t rounds = (calls / at_once + 2) * steps_of;
        const Millis pause(std::max<std::size_t>(1, 55 * 60 * 1'000 / rounds));
        std::deque<Going> going;
        for (std::size_t begun = 0; begun < calls || !going.empty(); now_ += pause) {
            while (begun < calls && going.size() < at_once) {
                Talk talk(begun++, hour_.accounts, talking);
                metering::CallUsage usage({talk.session(), talk.account()}, meters_);
                going.push_back({std::move(talk), std::move(usage)});
            }
            for (Going& one : going) step(one);
            std::erase_if(going, [](const Going& one) { return one.over; });
        }
        CHECK(now_ < WallTime(counted_hour + std::chrono::hours(1)));
    }

    void step(Going& one) {
        const auto all = one.talk.next(now_);
        std::vector<metering::UsageRecord> due;
        for (const Said& said : all) {
            const std::string bytes =
                contract::event_json(fmt::format("ll_{:010}", position_ + 1), one.talk.session(),
                                     format_rfc3339(now_), said.type, said.payload);
            const auto event = checker_.read_stored(bytes);
            CHECK(event);
            // Who comes and goes is nothing that reconciliation keeps.
            if (said.type.starts_with("call.participant.")) continue;
            one.usage.take(*event, {++one.seq, sha_.of({bytes})}, {now_, steady()}, due);
            house(one.talk.session(), said.type, said.payload);
        }
        for (const metering::UsageRecord& record : due) keep(one.usage, record);
        one.over = all.empty();
    }

    void keep(const metering::CallUsage& usage, const metering::UsageRecord& record) {
        const metering::CallName& call = usage.name();
        const metering::Meter& meter = *usage.meters().find(record.key.meter);
        house(call.session_id, "billing.usage.measured",
              signed_by_nobody(metering::record_json(call, record, meter)));
        const pricing::Item* const item =
            pricing::item_for(card_, record.key.meter, record.key.dims);
        CHECK(item != nullptr && record.window == counted_hour);
        rows_.add(call, record, item->name);
        billing::RecordsOf& line = lines_[{call.account_id, item->name}];
        line.meter = record.key.meter;
        line.unit = meter.unit;
        line.quantity += *record.quantity;
        line.ids.push_back(record.id);
    }

    void charges() {
        for (const auto& [line, records] : lines_) {
            const billing::ChargeKey key{line.first, line.second, counted_hour};
            const auto amount = pricing::amount_between(*card_.find(key.item), 0, records.quantity);
            CHECK(amount);
            const billing::DueEntry entry =
                billing::charge_entry(key, card_, records, *amount, std::nullopt);
            house(key.account_id, entry.type, entry.payload);
            house(key.account_id, "billing.delivery.completed",
                  fmt::format(R"({{"attempt":1,"chargeId":"{}","sink":"{}"}})", entry.id, sink));
            rows_.add(entry.id, key, records.quantity, pricing::to_text(*amount));
        }
    }

    // As it would stand in the journal.
    void house(const std::string& stream, std::string_view type, std::string_view payload) {
        told_.push_back({.stream = stream,
                         .event = {.position = ++position_,
                                   .type = std::string(type),
                                   .wall = now_,
                                   .steady = steady(),
                                   .payload = std::string(payload)}});
        if (told_.size() >= chunk) write();
        if (position_ % 500'000 == 0) fmt::print(stderr, "{} events made\n", position_);
    }
    void write() {
        CHECK(store_->apply(told_, {now_, steady()}, position_));
        told_.clear();
    }

    SteadyTime steady() const { return SteadyTime(now_ - WallTime(counted_hour)); }
    static std::string tick(std::string_view because) {
        return fmt::format(R"({{"because":"{}","openCalls":0,"window":"{}"}})", because,
                           text_of(counted_hour));
    }

    Hour hour_;
    PlainRows rows_;
    std::optional<reconciliation::EvidenceStore> store_;
    pricing::Card card_;
    std::shared_ptr<const metering::Meters> meters_ =
        std::make_shared<const metering::Meters>(metering::Meters::builtin());
    contract::EventChecker checker_;
    Sha256 sha_;
    WallTime now_ = WallTime(counted_hour);
    std::uint64_t position_ = 0;
    std::vector<reconciliation::Told> told_;
    std::map<std::pair<std::string, std::string>, billing::RecordsOf> lines_;
};

}  // namespace

void make_hour(const std::string& dir, const Hour& hour) {
    Making(dir, hour).make();
}

}  // namespace lifeline::money
