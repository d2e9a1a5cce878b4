#include "api/dead_letters.h"

#include <algorithm>
#include <utility>

#include "api/administer.h"
#include "api/api.h"
#include "api/body.h"
#include "contract/json.h"
#include "contract/json_writer.h"
#include "outbox/outbox.h"

// Charges that wait for a person.
namespace lifeline::api {

namespace {

using outbox::DeadLetter;
using outbox::DeadLetterQuery;

std::string_view fix_of(std::string_view because) {
    if (because == "conflict")
        return "The sink has something else under this id: compare both there, then discard this, "
               "or mend the sink and redrive it.";
    if (because == "unknown")
        return "Look whether the sink has it. Redrive it if it has not, discard it if it has.";
    if (because == "exhausted")
        return "It is certainly not there. See why the sink did not answer, then redrive it.";
    return "Mend what the message names, a customer or an item, then redrive it; or book it there "
           "by hand and discard it.";
}

void write_letter(contract::JsonWriter& json, const DeadLetter& letter, bool whole) {
    json.object().key("deadLetterId").value(letter.id).key("sink").value(letter.sink);
    json.key("accountId").value(letter.charge.account_id);
    json.key("chargeId").value(letter.charge.id);
    const bool usage = letter.charge.type == "billing.usage.recorded";
    const auto charge = contract::Json::parse(letter.charge.payload_json);
    const auto take = [&](std::string_view name, std::string_view from) {
        const auto text = charge ? charge->text(from) : std::nullopt;
        if (text) json.key(name).value(*text);
    };
    take("item", "item");
    take("window", usage ? "window" : "serviceWindow");
    take("quantity", usage ? "quantity" : "quantityDelta");
    take("amount", usage ? "amount" : "amountDelta");
    take("currency", "currency");
    json.key("because").value(letter.because).key("attempts").value(letter.attempts);
    if (letter.status) json.key("status").value(*letter.status);
    json.key("message").value(letter.message).key("parkedAt").value(letter.parked_at);
    json.key("fix").value(fix_of(letter.because));
    if (whole) json.key("charge").raw(letter.charge.payload_json);
    json.end();
}

std::string page_of(const std::vector<DeadLetter>& rows, std::size_t limit) {
    contract::JsonWriter json;
    json.object().key("deadLetters").array();
    for (const DeadLetter& row : rows) write_letter(json, row, false);
    json.end();
    if (rows.size() == limit) json.key("next").value(std::to_string(rows.back().position));
    json.end();
    return json.take();
}

// `own` is the account of who asks; empty: all are.
Result<std::string> account_within(const std::string& own, std::string_view asked_for) {
    if (own.empty() || asked_for.empty() || asked_for == own)
        return own.empty() ? std::string(asked_for) : own;
    return fail(Code::not_allowed, "forbidden", "this is another account's");
}

Result<DeadLetterQuery> query_of(const Asked& asked) {
    const auto own = account_overseen(asked.principal);
    if (!own) return fail(own.error());
    const auto& request = asked.request();
    const auto text = [&request](std::string_view name) {
        const auto* value = request.query(name);
        return value == nullptr ? std::string() : *value;
    };
    DeadLetterQuery query{.sink = text("sink"), .because = text("because")};
    auto account = account_within(*own, text("account"));
    if (!account) return fail(account.error());
    query.account_id = *std::move(account);
    constexpr std::string_view causes[] = {"", "permanent", "conflict", "unknown", "exhausted"};
    if (std::ranges::find(causes, query.because) == std::end(causes))
        return fail(Code::malformed, "query_invalid",
                    "because is permanent, conflict, unknown or exhausted");
    const auto cursor = number_query(request, "cursor", 1, INT64_MAX, 0);
    if (!cursor) return fail(cursor.error());
    const auto limit = number_query(request, "limit", 1, 1000, 100);
    if (!limit) return fail(limit.error());
    query.after = static_cast<std::uint64_t>(*cursor);
    query.limit = static_cast<std::size_t>(*limit);
    return query;
}

// Both bodies have the same members under the same names.
Result<SinkDesk::Moving> moving_of(const Asked& asked, const contract::Body& body, bool discards) {
    const auto own = account_to_look_at(asked.principal);
    if (!own) return fail(own.error());
    const auto json = contract::Json::parse(body.json());
    if (!json) return fail(json.error());
    const auto text = [&json](std::string_view name) {
        return std::string(json->text(name).value_or(""));
    };
    auto account = account_within(*own, text("accountId"));
    if (!account) return fail(account.error());
    SinkDesk::Moving moving{
        .discards = discards, .by = asked.principal.user_id, .reason = text("reason")};
    moving.of = {
        .sink = text("sink"), .account_id = *std::move(account), .because = text("because")};
    if (const auto dry = json->find("dryRun")) moving.dry_run = dry->as_bool().value_or(false);
    const auto ids = json->find("deadLetters");
    if (!ids) return moving;
    for (const auto& id : ids->items()) moving.ids.emplace_back(id.as_text().value_or(""));
    if (moving.ids.empty())
        return fail(Error{Code::malformed, "out_of_range",
                          "names none: leave it out for all that the rest fits", "/deadLetters"});
    return moving;
}

void move(Api& api, Asked asked, contract::BodyType type, bool discards) {
    const auto body = read_body(asked, type);
    if (!body) return asked.refuse(body.error());
    auto moving = moving_of(asked, *body, discards);
    if (!moving) return asked.refuse(moving.error());
    Loop& loop = asked.loop();
    const bool dry_run = moving->dry_run;
    api.parts().sinks.move(
        *std::move(moving), loop,
        [asked = std::move(asked), dry_run](const Result<std::vector<std::string>>& ids) mutable {
            if (!ids) return asked.refuse(ids.error());
            contract::JsonWriter json;
            json.object().key("deadLetters").array();
            for (const std::string& id : *ids) json.value(id);
            json.end().key("dryRun").value(dry_run).end();
            asked.answer_json(200, json.take());
        });
}

}  // namespace

void list_dead_letters(Api& api, Asked asked) {
    const auto query = query_of(asked);
    if (!query) return asked.refuse(query.error());
    Loop& loop = asked.loop();
    api.parts().outbox.ask<std::vector<DeadLetter>>(
        loop,
        [asked = std::move(asked),
         limit = query->limit](const Result<std::vector<DeadLetter>>& rows) mutable {
            if (!rows) return asked.refuse(rows.error());
            asked.answer_json(200, page_of(*rows, limit));
        },
        [query = *query](outbox::OutboxStore& store) { return store.dead_letters(query); });
}

void get_dead_letter(Api& api, Asked asked) {
    const auto own = account_overseen(asked.principal);
    if (!own) return asked.refuse(own.error());
    const std::string id = asked.captures.front();
    Loop& loop = asked.loop();
    api.parts().outbox.ask<std::optional<DeadLetter>>(
        loop,
        [asked = std::move(asked), own = *own,
         id](const Result<std::optional<DeadLetter>>& letter) mutable {
            if (!letter) return asked.refuse(letter.error());
            if (!*letter || (!own.empty() && (*letter)->charge.account_id != own))
                return asked.refuse(Error{
                    Code::not_found, "dead_letter_not_found", "no charge waits under " + id, {}});
            contract::JsonWriter json;
            write_letter(json, **letter, true);
            asked.answer_json(200, json.take());
        },
        [id](outbox::OutboxStore& store) { return store.dead_letter(id); });
}

void redrive_dead_letters(Api& api, Asked asked) {
    move(api, std::move(asked), contract::BodyType::redrive_dead_letters, false);
}

void discard_dead_letters(Api& api, Asked asked) {
    move(api, std::move(asked), contract::BodyType::discard_dead_letters, true);
}

}  // namespace lifeline::api
