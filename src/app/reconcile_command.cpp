#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <tuple>

#include "app/commands.h"
#include "app/remote.h"
#include "app/statement_file.h"
#include "base/window.h"
#include "contract/json_writer.h"
#include "net/url.h"

// Counting again, and what follows from it: all of it is asked of a running server.
namespace lifeline::app {

namespace {

constexpr std::size_t rows_at_once = 1000;
constexpr const char* reconciliations = "/v1/billing/reconciliations";

struct Options {
    RemoteOptions remote;
    bool json = false;
    bool csv = false;
    std::string window;
    std::string from;
    std::string to;
    std::string account;
    std::string state;
    std::string finding;
    std::string reason;
    std::string file;
    std::string source;
    std::string kind;
    std::string item;
    std::string quantity = "0";
    std::string amount = "0";
    std::string corrects;
    std::string alert;
    bool all = false;
};

std::string text_in(const contract::Json& json, std::string_view key) {
    return std::string(json.text(key).value_or(""));
}

std::int64_t number_in(const contract::Json& json, std::string_view key) {
    const auto number = json.find(key);
    return number ? number->as_integer().value_or(0) : 0;
}

std::string of_account(const std::string& account, std::string_view rest) {
    return "/v1/billing/accounts/" + net::percent_encode(account) + std::string(rest);
}

// The hour after this one, for a range that does not include its end.
std::string hour_after(const std::string& window) {
    const auto hour = parse_window(window);
    return hour ? text_of(*hour + std::chrono::hours(1)) : window;
}

// Whether all that differs in this run was written off.
Result<bool> accepted(const Options& options, const std::string& path) {
    const auto report = ask_server(options.remote, "GET", path);
    if (!report) return fail(report.error());
    const auto rows = report->json.find("rows");
    for (const auto& row : rows ? rows->items() : std::vector<contract::Json>()) {
        if (text_in(row, "group") != "needs_you") continue;
        const auto finding =
            ask_server(options.remote, "GET",
                       of_account(text_in(row, "account"),
                                  "/findings/" + net::percent_encode(text_in(row, "findingId"))));
        if (!finding) return fail(finding.error());
        if (text_in(finding->json, "state") != "written_off") return false;
    }
    return true;
}

// 0 where everything agrees, is not due yet, or was written off.
int run(const Options& options) {
    const std::string from = options.window.empty() ? options.from : options.window;
    const std::string to = options.window.empty() ? options.to : hour_after(options.window);
    std::string body = json_object({{"from", from}, {"to", to}});
    const auto reply = ask_server(options.remote, "POST", reconciliations, std::move(body));
    if (!reply) return report(reply.error());
    const auto runs = reply->json.find("runs");
    bool fine = true;
    contract::JsonWriter json;
    json.object().key("runs").array();
    for (const auto& one : runs ? runs->items() : std::vector<contract::Json>()) {
        const std::string path = fmt::format("{}/{}", reconciliations, text_in(one, "runId"));
        if (number_in(one, "findings") > 0) {
            const auto all = accepted(options, path);
            if (!all) return report(all.error());
            fine = fine && *all;
        }
        const std::string_view form = options.json ? "json" : options.csv ? "csv" : "text";
        const auto made = text_from_server(options.remote, fmt::format("{}?format={}", path, form));
        if (!made) return report(made.error());
        if (options.json)
            json.raw(*made);
        else
            std::printf("%s", made->c_str());
    }
    json.end().end();
    if (options.json) std::printf("%s\n", json.take().c_str());
    return fine ? 0 : 1;
}

// The accounts that are meant: the one that is named, or all.
Result<std::vector<std::string>> accounts_of(const Options& options) {
    if (!options.account.empty()) return std::vector{options.account};
    std::vector<std::string> accounts;
    const auto listed = for_each_listed(
        options.remote, "/v1/accounts", "accounts",
        [&](const contract::Json& account) { accounts.push_back(text_in(account, "accountId")); });
    if (!listed) return fail(listed.error());
    return accounts;
}

Listing findings_table() {
    return Listing({{"FINDING", "findingId"},
                    {"ACCOUNT", "accountId"},
                    {"STATE", "state"},
                    {"WINDOW", "window"},
                    {"ITEM", "item"},
                    {"CLASS", "class"},
                    {"WHERE", "layer"},
                    {"SINK", "sink"},
                    {"DIFFERENCE", "quantityDelta"},
                    {"AMOUNT", "amountDelta"},
                    {"WHAT TO DO", "fix"}});
}

int list(const Options& options) {
    const auto accounts = accounts_of(options);
    if (!accounts) return report(accounts.error());
    Listing table = findings_table();
    for (const std::string& account : *accounts) {
        std::string cursor;
        do {
            const auto page =
                ask_server(options.remote, "GET",
                           of_account(account, "/findings?limit=500") +
                               (options.state.empty() ? "" : "&state=" + options.state) +
                               (cursor.empty() ? "" : "&cursor=" + net::percent_encode(cursor)));
            if (!page) return report(page.error());
            if (const auto findings = page->json.find("findings"))
                for (const auto& one : findings->items())
                    if (!options.state.empty() || text_in(one, "state") != "closed")
                        table.row_of(one);
            cursor = text_in(page->json, "next");
        } while (!cursor.empty());
    }
    table.print(options.json ? Listing::Output::json : Listing::Output::table, "findings");
    return 0;
}

int resolve(const Options& options) {
    const auto accounts = accounts_of(options);
    if (!accounts) return report(accounts.error());
    const std::string body = json_object({{"reason", options.reason}, {"state", options.state}});
    Error last{Code::not_found, "finding_not_found", "", {}};
    for (const std::string& account : *accounts) {
        const auto reply = ask_server(
            options.remote, "POST",
            of_account(account, "/findings/" + net::percent_encode(options.finding)), body);
        if (reply) {
            Listing table = findings_table();
            table.row_of(reply->json);
            return done(options.json,
                        fmt::format("{} is {} now", options.finding, text_in(reply->json, "state")),
                        table);
        }
        last = reply.error();
        if (last.reason != "finding_not_found") break;
    }
    return report(last);
}

int import(const Options& options) {
    std::ifstream file(options.file, std::ios::binary);
    if (!file)
        return report({Code::not_found, "file_not_found", options.file + " cannot be read", {}});
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    const auto rows = statement_rows(bytes);
    if (!rows) return report(rows.error());
    std::string import_id;
    for (std::size_t first = 0; first < rows->size(); first += rows_at_once) {
        contract::JsonWriter json;
        json.object().key("source").value(options.source).key("rows").array();
        for (std::size_t i = first; i < std::min(first + rows_at_once, rows->size()); ++i)
            json.raw((*rows)[i]);
        json.end().end();
        const auto reply = ask_server(options.remote, "POST",
                                      of_account(options.account, "/imports"), json.take());
        if (!reply) {
            std::fprintf(stderr, "%zu of %zu rows are imported\n", first, rows->size());
            return report(reply.error());
        }
        import_id = text_in(reply->json, "importId");
    }
    Listing table({{"", "importId"}, {"", "rows"}});
    table.row({import_id, std::to_string(rows->size())});
    return done(options.json,
                fmt::format("imported {} rows of {}; the next run compares them (lifeline "
                            "reconcile)",
                            rows->size(), options.source),
                table);
}

int list_alerts(const Options& options) {
    Listing table({{"ALERT", "alertId"},
                   {"SAYS", "type"},
                   {"ACCOUNT", "accountId"},
                   {"FINDING", "findingId"},
                   {"SINCE", "parkedAt"},
                   {"ATTEMPTS", "attempts"},
                   {"LAST ANSWER", "message"}});
    bool some = false;
    const auto listed = for_each_listed(
        options.remote, "/v1/billing/alerts", "alerts", [&](const contract::Json& alert) {
            some = true;
            table.row({text_in(alert, "alertId"), text_in(alert, "type"),
                       text_in(alert, "accountId"), text_in(alert, "findingId"),
                       text_in(alert, "parkedAt"), std::to_string(number_in(alert, "attempts")),
                       text_in(alert, "message")});
        });
    if (!listed) return report(listed.error());
    table.print(options.json ? Listing::Output::json : Listing::Output::table, "alerts");
    if (!options.json && some)
        std::printf(
            "Mend what reconciliation.alert.url names, then: lifeline reconcile alerts "
            "resend --all\n");
    return 0;
}

// The one that is named, or all that wait.
int move_alerts(const Options& options, std::string_view how, std::string_view done_so) {
    if (options.alert.empty() != options.all)
        return report({Code::malformed, "query_invalid", "name one alert, or --all", {}});
    std::vector<std::string> ids;
    if (!options.alert.empty()) ids.push_back(options.alert);
    if (options.all) {
        const auto listed = for_each_listed(
            options.remote, "/v1/billing/alerts", "alerts",
            [&](const contract::Json& alert) { ids.push_back(text_in(alert, "alertId")); });
        if (!listed) return report(listed.error());
    }
    Listing table({{"", "alertId"}, {"", "state"}});
    std::optional<Error> refused;
    std::size_t moved = 0;
    for (const std::string& id : ids) {
        const auto reply =
            ask_server(options.remote, "POST",
                       fmt::format("/v1/billing/alerts/{}/{}", net::percent_encode(id), how));
        if (!reply) {
            refused = reply.error();
            continue;
        }
        table.row_of(reply->json);
        ++moved;
    }
    if (options.json)
        table.print(Listing::Output::json, "alerts");
    else
        std::printf("%zu %s\n", moved, std::string(done_so).c_str());
    return refused ? report(*refused) : 0;
}

int resend_alerts(const Options& options) {
    return move_alerts(options, "resend", "told again; what nobody takes is listed again");
}

int discard_alerts(const Options& options) {
    return move_alerts(options, "discard", "told no more");
}

int adjust(const Options& options) {
    std::string body = json_object({{"kind", options.kind},
                                    {"serviceWindow", options.window},
                                    {"item", options.item},
                                    {"quantityDelta", options.quantity},
                                    {"amountDelta", options.amount},
                                    {"corrects", options.corrects},
                                    {"reason", options.reason}});
    const auto reply = ask_server(options.remote, "POST",
                                  of_account(options.account, "/adjustments"), std::move(body));
    if (!reply) return report(reply.error());
    const std::string id = text_in(reply->json, "adjustmentId");
    Listing table({{"", "adjustmentId"}});
    table.row({id});
    return done(options.json, "booked " + id, table);
}

}  // namespace

void add_reconcile(Command app) {
    auto [reconcile, counted] = add_server_command(
        app, "reconcile", "Count closed hours again, and compare all that was charged", &run);
    reconcile.flag("--csv", counted->csv, "CSV");
    reconcile.either("--json", "--csv");
    reconcile.option("--window", counted->window, "Only this hour: 2026-02-16T10:00Z");
    reconcile.option("--from", counted->from, "Hours from this one on");
    reconcile.option("--to", counted->to, "Hours before this one");
    {
        auto [made, options] = add_server_command(reconcile, "findings",
                                                  "What differs, and what to do about it", &list);
        made.option("--account", options->account, "Only of this account");
        made.option("--state", options->state, "Only in this state (default: all but closed)")
            .one_of({"open", "retrying", "acknowledged", "adjusted", "written_off", "disputed",
                     "closed"});
    }
    {
        auto [made, options] =
            add_server_command(reconcile, "resolve", "Say what becomes of a finding", &resolve);
        made.option("FINDING", options->finding, "Its id").required();
        made.option("--account", options->account, "Whose it is (default: looked for)");
        made.option("--state", options->state, "What it is now; adjusted books the difference")
            .required()
            .one_of({"acknowledged", "adjusted", "written_off", "disputed", "closed"});
        made.option("--reason", options->reason, "Why, for the record of it").required();
    }
    {
        auto [made, options] = add_server_command(
            reconcile, "import", "Give what somebody else counted, to be compared", &import);
        made.option("FILE", options->file, "CSV (window,item,quantity,amount,currency) or JSON")
            .required();
        made.option("--account", options->account, "Whose usage it is").required();
        made.option("--source", options->source, "Who says so: a sink's name, or another word")
            .required();
    }
    {
        auto [alerts, listed] =
            add_server_command(reconcile, "alerts", "Alerts that nobody took", &list_alerts);
        for (const auto& [name, what, runs] :
             {std::tuple("resend", "Tell them again, once the URL takes them", &resend_alerts),
              std::tuple("discard", "Tell them no more", &discard_alerts)}) {
            auto [made, options] = add_server_command(alerts, name, what, runs);
            made.option("ALERT", options->alert, "Its id");
            made.flag("--all", options->all, "All that wait");
        }
    }
    {
        auto [made, options] = add_server_command(
            app, "adjust", "Correct what an account was charged for an hour", &adjust);
        made.option("--account", options->account, "Which account").required();
        made.option("--window", options->window, "The hour: 2026-02-16T10:00Z").required();
        made.option("--item", options->item, "The line of the card").required();
        made.option("--kind", options->kind, "Why")
            .required()
            .one_of({"under", "over", "duplicate", "price_fix", "write_off"});
        made.option("--quantity", options->quantity, "How much more (or less, -5) was used");
        made.option("--amount", options->amount, "How much more is to be paid, in nano-units");
        made.option("--corrects", options->corrects, "The charge that it corrects");
        made.option("--reason", options->reason, "Why, for the record of it").required();
    }
}

}  // namespace lifeline::app
