#include "api/charge_trace.h"

#include <algorithm>
#include <memory>
#include <set>
#include <utility>

#include "api/account_query.h"
#include "api/api.h"
#include "billing/billing.h"
#include "contract/json_writer.h"
#include "metering/metering.h"
#include "outbox/outbox.h"

namespace lifeline::api {

namespace {

constexpr std::size_t records_at_once = 1000;

using Deliveries = std::vector<outbox::Delivery>;

// Asks the views one after the other: what was charged, what was used, where it went.
struct Tracing : std::enable_shared_from_this<Tracing> {
    Api& api;
    Asked asked;
    billing::ChargeTrace trace = {};
    std::set<std::string> wanted = {};
    std::vector<metering::UsageRow> records = {};

    Tracing(Api& of, Asked by) : api(of), asked(std::move(by)) {}

    void start() {
        api.parts().billing.with_cards<std::optional<billing::ChargeTrace>>(
            asked.loop(),
            [self = shared_from_this()](Result<std::optional<billing::ChargeTrace>> found) {
                if (!found) return self->asked.refuse(found.error());
                if (!*found)
                    return self->asked.refuse(Error{
                        Code::not_found,
                        "charge_not_found",
                        "the account has no charge or adjustment " + self->asked.captures.back(),
                        {}});
                self->trace = **std::move(found);
                self->wanted.insert(self->trace.record_ids.begin(), self->trace.record_ids.end());
                self->read_records({});
            },
            [account = asked.captures.front(), id = asked.captures.back()](
                billing::BillingStore& store) { return store.trace(account, id); });
    }

    // Those of its hour and meter, page by page: a record is not found by its id alone.
    void read_records(std::string after) {
        if (records.size() == wanted.size()) return read_deliveries();
        metering::UsageQuery query{.account_id = asked.captures.front(),
                                   .meter = trace.meter,
                                   .from = trace.window,
                                   .to = trace.window + std::chrono::hours(1),
                                   .after = std::move(after),
                                   .limit = records_at_once};
        api.parts().metering.usage(
            std::move(query), asked.loop(),
            [self = shared_from_this()](Result<std::vector<metering::UsageRow>> rows) {
                if (!rows) return self->asked.refuse(rows.error());
                const bool more = rows->size() == records_at_once;
                std::string last = rows->empty() ? std::string() : rows->back().record_id;
                for (auto& row : *rows)
                    if (self->wanted.contains(row.record_id))
                        self->records.push_back(std::move(row));
                if (more) return self->read_records(std::move(last));
                self->read_deliveries();
            });
    }

    void read_deliveries() {
        api.parts().outbox.ask<Deliveries>(
            asked.loop(),
            [self = shared_from_this()](const Result<Deliveries>& deliveries) {
                if (!deliveries) return self->asked.refuse(deliveries.error());
                self->answer(*deliveries);
            },
            [id = trace.entry.id](outbox::OutboxStore& store) { return store.deliveries_of(id); });
    }

    void answer(const Deliveries& deliveries) {
        std::ranges::sort(records, {}, &metering::UsageRow::position);
        contract::JsonWriter json;
        json.object().key("type").value(trace.entry.type);
        const bool costs = sees_all_accounts(asked.principal);
        json.key("entry").raw(costs ? trace.entry.payload_json
                                    : without_cost(trace.entry.payload_json));
        json.key("position").value(trace.entry.position);
        if (!trace.card_json.empty()) json.key("card").raw(trace.card_json);
        json.key("records").array();
        for (const auto& row : records) {
            json.object().key("record").raw(row.payload_json);
            json.key("seq").value(row.seq).key("position").value(row.position).end();
        }
        json.end().key("adjustments").array();
        for (const auto& row : trace.adjustments) json.raw(row.payload_json);
        json.end().key("deliveries").array();
        for (const auto& one : deliveries) {
            json.object().key("sink").value(one.sink).key("state").value(to_text(one.state));
            json.key("attempts").value(one.attempts);
            if (!one.dead_letter_id.empty()) json.key("deadLetterId").value(one.dead_letter_id);
            json.end();
        }
        json.end().end();
        asked.answer_json(200, json.take());
    }
};

}  // namespace

void trace_charge(Api& api, Asked asked) {
    if (const auto may = may_see_account(asked.principal, asked.captures.front()); !may)
        return asked.refuse(may.error());
    std::make_shared<Tracing>(api, std::move(asked))->start();
}

}  // namespace lifeline::api
