#include "api/billing.h"

#include <fmt/format.h>

#include <optional>
#include <set>
#include <utility>

#include "api/account_query.h"
#include "api/administer.h"
#include "api/api.h"
#include "api/body.h"
#include "api/export_stream.h"
#include "billing/billing.h"
#include "contract/json_writer.h"
#include "proof/statement_form.h"

// Cards, charges and statements.
namespace lifeline::api {

namespace {

// By which this account pays, or will; without an account, all.
std::string cards_json(const billing::BillingStore& store,
                       const std::optional<std::string>& account) {
    std::set<std::string_view> own{billing::standard_card};
    const auto* assigned = account ? store.assignments(*account) : nullptr;
    if (assigned != nullptr)
        for (const auto& one : assigned->all()) own.insert(one.card);
    contract::JsonWriter json;
    json.object().key("cards").array();
    for (const auto& [name, versions] : store.book().cards())
        for (const pricing::Card& card : versions) {
            const bool shown = card.kind == pricing::CardKind::price && own.contains(name);
            if (account && !shown) continue;
            json.object().key("sha256").value(card.sha256);
            json.key("card").raw(card.json).end();
        }
    json.end().end();
    return json.take();
}

std::string page_of(const std::vector<billing::EntryRow>& rows, bool more, bool costs) {
    contract::JsonWriter json;
    json.object().key("entries").array();
    for (const billing::EntryRow& row : rows) {
        json.object().key("type").value(row.type).key("entry");
        json.raw(costs ? row.payload_json : without_cost(row.payload_json));
        json.key("seq").value(row.seq).key("position").value(row.position).end();
    }
    json.end();
    if (more) json.key("next").value(std::to_string(rows.back().position));
    json.end();
    return json.take();
}

net::Response file_of(const pricing::Statement& statement, std::string_view format) {
    net::Response response;
    response.set("Cache-Control", "no-store");
    if (format == "csv") {
        response.set("Content-Type", "text/csv; charset=utf-8");
        response.body = pricing::render_csv(statement);
    } else {
        response.set("Content-Type", "text/html; charset=utf-8");
        response.set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
        response.body = pricing::render_html(statement);
    }
    return response;
}

// With the events behind it, so that it can be checked without us.
void prove_statement(Api& api, Asked asked, const std::string& account_id, Month month,
                     billing::CostCard cost) {
    Loop& loop = asked.loop();
    api.parts().billing.proof(
        account_id, month, cost, loop,
        [&api, asked = std::move(asked)](Result<billing::ProofPlan> plan) mutable {
            if (!plan) return asked.refuse(plan.error());
            auto made = api.parts().proofs.archive(
                proof::request_for(*std::move(plan), asked.loop().clock().wall()));
            send_export(std::move(asked), std::move(made));
        });
}

}  // namespace

void list_cards(Api& api, Asked asked) {
    const auto overseen = account_overseen(asked.principal);
    if (!overseen) return asked.refuse(overseen.error());
    std::optional<std::string> account;
    if (!sees_all_accounts(asked.principal)) account = *overseen;
    Loop& loop = asked.loop();
    api.parts().billing.with_cards<std::string>(
        loop,
        [asked = std::move(asked)](Result<std::string> cards) mutable {
            if (!cards) return asked.refuse(cards.error());
            asked.answer_json(200, *std::move(cards));
        },
        [account = std::move(account)](billing::BillingStore& store) -> Result<std::string> {
            return cards_json(store, account);
        });
}

void activate_card(Api& api, Asked asked) {
    if (const auto may = may_administer(asked.principal); !may) return asked.refuse(may.error());
    const auto body = read_body(asked, contract::BodyType::activate_card);
    if (!body) return asked.refuse(body.error());
    auto card = pricing::parse_card(body->raw(contract::body::activate_card::card));
    if (!card) {
        Error error = card.error();
        error.pointer = "/card" + error.pointer;
        return asked.refuse(error);
    }
    contract::JsonWriter json;
    json.object().key("sha256").value(card->sha256).key("card").raw(card->json).end();
    const std::string by = asked.principal.user_id;
    Loop& loop = asked.loop();
    api.parts().cards.activate(
        *std::move(card), by, loop,
        [asked = std::move(asked), json = json.take()](const Result<bool>& fresh) mutable {
            if (!fresh) return asked.refuse(fresh.error());
            asked.answer_json(*fresh ? 201 : 200, std::move(json));
        });
}

void assign_card(Api& api, Asked asked) {
    if (const auto may = may_administer(asked.principal); !may) return asked.refuse(may.error());
    const auto body = read_body(asked, contract::BodyType::assign_card);
    if (!body) return asked.refuse(body.error());
    namespace f = contract::body::assign_card;
    CardDesk::Assigning assigning{.account_id = asked.captures.front(),
                                  .assignment = {std::string(body->text(f::card)),
                                                 *parse_window(body->text(f::effective_from))},
                                  .by = asked.principal.user_id,
                                  .reason = std::string(body->text(f::reason))};
    Loop& loop = asked.loop();
    api.parts().cards.assign(std::move(assigning), loop,
                             [asked = std::move(asked)](const Status& assigned) mutable {
                                 if (!assigned) return asked.refuse(assigned.error());
                                 asked.answer_nothing();
                             });
}

void list_charges(Api& api, Asked asked) {
    const std::string account_id = asked.captures.front();
    if (const auto may = may_see_account(asked.principal, account_id); !may)
        return asked.refuse(may.error());
    const auto& request = asked.request();
    const auto from = hour_query(request, "from");
    if (!from) return asked.refuse(from.error());
    const auto to = hour_query(request, "to");
    if (!to) return asked.refuse(to.error());
    const auto cursor = number_query(request, "cursor", 1, INT64_MAX, 0);
    if (!cursor) return asked.refuse(cursor.error());
    const auto limit = number_query(request, "limit", 1, 1000, 100);
    if (!limit) return asked.refuse(limit.error());
    billing::ChargeQuery query{.account_id = account_id,
                               .from = *from,
                               .to = *to,
                               .after = static_cast<std::uint64_t>(*cursor),
                               .limit = static_cast<std::size_t>(*limit)};
    const bool costs = sees_all_accounts(asked.principal);
    Loop& loop = asked.loop();
    api.parts().billing.entries(std::move(query), loop,
                                [asked = std::move(asked), limit = *limit, costs](
                                    const Result<std::vector<billing::EntryRow>>& rows) mutable {
                                    if (!rows) return asked.refuse(rows.error());
                                    const bool more =
                                        rows->size() == static_cast<std::size_t>(limit);
                                    asked.answer_json(200, page_of(*rows, more, costs));
                                });
}

void get_statement(Api& api, Asked asked) {
    const std::string account_id = asked.captures.front();
    if (const auto may = may_see_account(asked.principal, account_id); !may)
        return asked.refuse(may.error());
    const auto month = parse_month(asked.captures.back());
    if (!month)
        return asked.refuse(
            Error{Code::malformed, "query_invalid", "a month is named like 2026-02", {}});
    const auto* format = asked.request().query("format");
    const std::string form = format == nullptr ? "json" : *format;
    if (form != "json" && form != "csv" && form != "html" && form != "proof")
        return asked.refuse(
            Error{Code::malformed, "query_invalid", "format is json, csv, html or proof", {}});
    const auto* costs = asked.request().query("costs");
    if (costs != nullptr && (*costs != "true" || form != "proof"))
        return asked.refuse(Error{Code::malformed,
                                  "query_invalid",
                                  "costs=true goes with format=proof, and nothing else",
                                  {}});
    if (costs != nullptr && !sees_all_accounts(asked.principal))
        return asked.refuse(
            Error{Code::not_allowed, "forbidden", "what things cost is shown to admins", {}});
    if (form == "proof")
        return prove_statement(
            api, std::move(asked), account_id, *month,
            costs != nullptr ? billing::CostCard::included : billing::CostCard::left_out);
    Loop& loop = asked.loop();
    api.parts().billing.statement(
        account_id, *month, loop,
        [asked = std::move(asked), form](const Result<pricing::Statement>& statement) mutable {
            if (!statement) return asked.refuse(statement.error());
            if (form == "json") return asked.answer_json(200, pricing::render_json(*statement));
            asked.answer(file_of(*statement, form));
        });
}

}  // namespace lifeline::api
