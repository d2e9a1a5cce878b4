#include <cstdio>
#include <memory>

#include "app/commands.h"
#include "app/remote.h"
#include "contract/json_writer.h"
#include "net/url.h"

// What accounts may use: asked of a running server.
namespace lifeline::app {

namespace {

struct Options {
    RemoteOptions remote;
    bool json = false;
    bool hard = false;
    std::string account;
    std::string budget;
    std::string scope = "account";
    std::string period = "month";
    std::string meter;
    std::string limit;
    std::string warn_at;
    std::string amount;
    std::string currency = "EUR";
    std::string expires_at;
    std::string reason;
};

std::string of_account(const Options& options, std::string_view rest) {
    return "/v1/billing/accounts/" + net::percent_encode(options.account) + std::string(rest);
}

Listing::Output output(const Options& options) {
    return options.json ? Listing::Output::json : Listing::Output::table;
}

Listing budgets_table() {
    return Listing({{"BUDGET", "budgetId"},
                    {"OF", "scope"},
                    {"IN EACH", "period"},
                    {"METER", "meter"},
                    {"LIMIT", "limit"},
                    {"USED", "used"}});
}

int list(const Options& options) {
    const auto reply = ask_server(options.remote, "GET", of_account(options, "/budgets"));
    if (!reply) return report(reply.error());
    Listing table = budgets_table();
    if (const auto budgets = reply->json.find("budgets"))
        for (const auto& one : budgets->items()) table.row_of(one);
    table.print(output(options), "budgets");
    return 0;
}

int change(const Options& options) {
    contract::JsonWriter json;
    json.object().key("scope").value(options.scope);
    json.key("period").value(options.scope == "call" ? "call" : options.period);
    if (!options.meter.empty()) json.key("meter").value(options.meter);
    if (!options.limit.empty()) json.key("limit").value(options.limit);
    // As it is given; what is no list of whole numbers, the server refuses.
    if (!options.warn_at.empty()) json.key("warnAt").raw("[" + options.warn_at + "]");
    if (options.hard) json.key("hard").value(true);
    if (!options.reason.empty()) json.key("reason").value(options.reason);
    json.end();
    const auto reply = ask_server(
        options.remote, "PUT",
        of_account(options, "/budgets/" + net::percent_encode(options.budget)), json.take());
    if (!reply) return report(reply.error());
    Listing table = budgets_table();
    table.row_of(reply->json);
    return done(options.json,
                options.limit.empty() ? "The budget is lifted." : "The budget holds from now on.",
                table);
}

int grant(const Options& options) {
    const auto reply = ask_server(options.remote, "POST", of_account(options, "/credit"),
                                  json_object({{"amount", options.amount},
                                               {"currency", options.currency},
                                               {"expiresAt", options.expires_at},
                                               {"reason", options.reason}}));
    if (!reply) return report(reply.error());
    Listing table({{"CREDIT", "creditId"},
                   {"AMOUNT", "amount"},
                   {"CURRENCY", "currency"},
                   {"RUNS OUT", "expiresAt"}});
    table.row_of(reply->json);
    return done(options.json, "The account may use this much more.", table);
}

int show(const Options& options) {
    const auto reply = ask_server(options.remote, "GET", of_account(options, "/balance"));
    if (!reply) return report(reply.error());
    Listing table({{"ENTRY", "name"}, {"DEBIT", "debit"}, {"CREDIT", "credit"}});
    if (const auto entries = reply->json.find("entries"))
        for (const auto& one : entries->items()) table.row_of(one);
    table.print(output(options), "entries");
    if (options.json) return 0;
    if (const auto available = reply->json.text("available"))
        std::printf("available %s\n", std::string(*available).c_str());
    else
        std::printf("no credit was granted: the account is not limited by any\n");
    if (const auto unpaid = reply->json.text("unpaid"))
        std::printf("unpaid    %s\n", std::string(*unpaid).c_str());
    return 0;
}

Command asked(Command command, Options& options) {
    command.option("ACCOUNT", options.account, "Whose").required();
    command.flag("--json", options.json, "As JSON");
    add_server_options(command, options.remote);
    return command;
}

}  // namespace

void add_budgets(Command app) {
    const auto options = std::make_shared<Options>();
    const Command budgets = app.family("budget", "What accounts may use");
    asked(budgets.command("list", "The budgets of an account"), *options).runs([options] {
        return list(*options);
    });
    const Command set =
        asked(budgets.command("set", "Sets one, for calls that go on, too"), *options);
    set.option("BUDGET", options->budget, "Its name").required();
    set.option("--limit", options->limit, "Base units of the meter, or nano-units of the currency")
        .required();
    set.option("--scope", options->scope, "Of all calls together, or of each")
        .one_of({"account", "call"});
    set.option("--period", options->period, "Begins anew").one_of({"day", "month", "total"});
    set.option("--meter", options->meter, "Only this meter; otherwise what it costs");
    set.option("--warn-at", options->warn_at, "Percent at which a warning comes: 50,80");
    set.flag("--hard", options->hard, "Ends calls when it is used up; otherwise it is only said");
    set.option("--reason", options->reason, "Why");
    set.runs([options] { return change(*options); });
    const Command lift = asked(budgets.command("lift", "Takes one away"), *options);
    lift.option("BUDGET", options->budget, "Its name").required();
    lift.option("--scope", options->scope, "As it was set").one_of({"account", "call"});
    lift.option("--reason", options->reason, "Why");
    lift.runs([options] { return change(*options); });

    const Command credit = app.family("credit", "What accounts have paid ahead");
    const Command given =
        asked(credit.command("grant", "Lets an account use so much more"), *options);
    given.option("AMOUNT", options->amount, "In nano-units of the currency").required();
    given.option("--currency", options->currency, "Of the account's card").shown();
    given.option("--expires", options->expires_at, "When it runs out: 2026-12-31T00:00:00.000Z");
    given.option("--reason", options->reason, "Why").required();
    given.runs([options] { return grant(*options); });
    asked(credit.command("show", "What an account has, owes and may use"), *options)
        .runs([options] { return show(*options); });
}

}  // namespace lifeline::app
