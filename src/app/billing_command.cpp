#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>

#include "app/billing_tables.h"
#include "app/commands.h"
#include "app/output_file.h"
#include "app/remote.h"
#include "base/window.h"
#include "contract/canonical.h"
#include "contract/json_writer.h"
#include "net/url.h"

// What usage costs, as people look at it: all of it is asked of a running server.
namespace lifeline::app {

namespace {

struct Options {
    RemoteOptions remote;
    bool json = false;
    bool costs = false;
    std::string account;
    std::string card;
    std::string file;
    std::string reason;
    std::string session;
    std::string meter;
    std::string from;
    std::string to;
    std::string month;
    std::string format = "text";
    std::string output;
    std::string charge;
    std::uint64_t version = 0;
};

using contract::Json;
using Each = std::function<void(const Json&)>;

std::string of_account(const Options& options, std::string_view rest) {
    return "/v1/billing/accounts/" + net::percent_encode(options.account) + std::string(rest);
}

// Page after page of a list; what else is in a page is given to `page`.
Status each_of(const Options& options, std::string_view what, std::string_view name,
               const Each& each, const Each& page = {}) {
    std::string query = "?limit=1000";
    for (const auto& [key, value] :
         {std::pair<const char*, const std::string&>{"session", options.session},
          {"meter", options.meter},
          {"from", options.from},
          {"to", options.to}})
        if (!value.empty()) query += fmt::format("&{}={}", key, net::percent_encode(value));
    std::string cursor;
    do {
        const auto reply =
            ask_server(options.remote, "GET",
                       of_account(options, what) + query +
                           (cursor.empty() ? "" : "&cursor=" + net::percent_encode(cursor)));
        if (!reply) return fail(reply.error());
        if (const auto list = reply->json.find(name))
            for (const Json& one : list->items()) each(one);
        if (page) page(reply->json);
        cursor = std::string(reply->json.text("next").value_or(""));
    } while (!cursor.empty());
    return {};
}

// All of a list: as the server says it, or as a table.
int show_all(const Options& options, std::string_view what, std::string_view name, Listing table,
             const std::function<std::vector<std::string>(const Json&)>& cells) {
    contract::JsonWriter json;
    json.object().key(name).array();
    const auto listed = each_of(options, what, name, [&](const Json& one) {
        if (options.json)
            json.raw(contract::canonical_json(one));
        else
            table.row(cells(one));
    });
    if (!listed) return report(listed.error());
    json.end().end();
    std::printf("%s", options.json ? (json.take() + "\n").c_str() : table.table().c_str());
    return 0;
}

int usage(const Options& options) {
    return show_all(options, "/usage", "records", usage_table(), usage_cells);
}

int charges(const Options& options) {
    return show_all(options, "/charges", "entries", charges_table(), charge_cells);
}

int list_cards(const Options& options) {
    const auto reply = ask_server(options.remote, "GET", "/v1/billing/cards");
    if (!reply) return report(reply.error());
    Listing table({{"CARD", "card"},
                   {"VERSION", "version"},
                   {"KIND", "kind"},
                   {"CURRENCY", "currency"},
                   {"FROM", "effectiveFrom"},
                   {"SHA256", "sha256"}});
    if (const auto cards = reply->json.find("cards"))
        for (const Json& one : cards->items()) table.row(card_cells(one));
    table.print(options.json ? Listing::Output::json : Listing::Output::table, "cards");
    return 0;
}

// The version that is asked for, or the last.
int show_card(const Options& options) {
    const auto reply = ask_server(options.remote, "GET", "/v1/billing/cards");
    if (!reply) return report(reply.error());
    std::optional<Json> found;
    if (const auto cards = reply->json.find("cards"))
        for (const Json& one : cards->items()) {
            const auto card = one.find("card");
            if (!card || card->text("card") != options.card) continue;
            const auto version = card->find("version");
            if (options.version == 0 ||
                (version && version->as_integer() == static_cast<std::int64_t>(options.version)))
                found = *card;
        }
    if (!found)
        return report({Code::not_found,
                       "card_not_found",
                       "there is no such card; lifeline cards list shows all",
                       {}});
    if (options.json) {
        std::printf("%s\n", contract::canonical_json(*found).c_str());
        return 0;
    }
    std::printf("%s", card_text(*found).c_str());
    return 0;
}

int activate(const Options& options) {
    std::ifstream file(options.file, std::ios::binary);
    if (!file)
        return report({Code::not_found, "file_not_found", options.file + " cannot be read", {}});
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    const auto card = Json::parse(bytes);
    if (!card) return report(card.error());
    contract::JsonWriter body;
    body.object().key("card").raw(contract::canonical_json(*card)).end();
    const auto reply = ask_server(options.remote, "POST", "/v1/billing/cards", body.take());
    if (!reply) return report(reply.error());
    Listing table({{"", "card"},
                   {"", "version"},
                   {"", "kind"},
                   {"", "currency"},
                   {"", "effectiveFrom"},
                   {"", "sha256"}});
    const auto cells = card_cells(reply->json);
    table.row(cells);
    return done(options.json,
                fmt::format("{} version {} {} from {} on", cells[0], cells[1],
                            reply->fresh ? "is in force" : "was in force already:", cells[4]),
                table);
}

int assign(const Options& options) {
    const auto reply = ask_server(
        options.remote, "POST", of_account(options, "/card"),
        json_object(
            {{"card", options.card}, {"effectiveFrom", options.from}, {"reason", options.reason}}));
    if (!reply) return report(reply.error());
    Listing table({{"", "accountId"}, {"", "card"}, {"", "effectiveFrom"}});
    table.row({options.account, options.card, options.from});
    return done(
        options.json,
        fmt::format("{} pays by {} from {} on", options.account, options.card, options.from),
        table);
}

int statement(const Options& options) {
    const std::string form = options.json ? "json" : options.format;
    const auto text = text_from_server(
        options.remote, of_account(options, "/statements/" + net::percent_encode(options.month)) +
                            "?format=" + (form == "text" ? "json" : form) +
                            (options.costs ? "&costs=true" : ""));
    if (!text) return report(text.error());
    std::string shown = *text;
    if (form == "text") {
        const auto json = Json::parse(*text);
        if (!json) return report(json.error());
        shown = statement_text(*json);
    }
    // For people, or for a file that is compared byte for byte.
    if (options.output.empty() && !shown.ends_with('\n')) shown += '\n';
    auto out = OutputFile::open(options.output);
    if (!out) return report(out.error());
    if (const auto written = out->write(shown); !written) return report(written.error());
    if (const auto finished = out->finish(); !finished) return report(finished.error());
    return 0;
}

int trace(const Options& options) {
    const auto reply =
        ask_server(options.remote, "GET",
                   of_account(options, "/charges/" + net::percent_encode(options.charge)));
    if (!reply) return report(reply.error());
    std::printf("%s", options.json ? (contract::canonical_json(reply->json) + "\n").c_str()
                                   : trace_text(reply->json).c_str());
    return 0;
}

int margin(const Options& options) {
    Listing table = margin_table();
    std::string last;
    contract::JsonWriter json;
    json.object().key("pages").array();
    const auto listed = each_of(
        options, "/margin", "items", [&](const Json& one) { table.row(margin_cells(one)); },
        [&](const Json& page) {
            json.raw(contract::canonical_json(page));
            last = margin_sum(page);
        });
    if (!listed) return report(listed.error());
    json.end().end();
    std::printf("%s", options.json ? (json.take() + "\n").c_str() : (table.table() + last).c_str());
    return 0;
}

void add_range(Command made, Options& options) {
    made.option("ACCOUNT", options.account, "The account").required();
    made.option("--from", options.from, "Hours from this one on, like 2026-02-16T10:00Z");
    made.option("--to", options.to, "Hours before this one");
}

void add_cards(Command app) {
    auto cards = app.family("cards", "What usage costs");
    add_server_command(cards, "list", "Every version of every card", &list_cards);
    {
        auto [made, options] =
            add_server_command(cards, "show", "What stands in a card", &show_card);
        made.option("CARD", options->card, "Its name").required();
        made.option("--version", options->version, "Which (default: the last)");
    }
    {
        auto [made, options] =
            add_server_command(cards, "activate", "Put a version in force", &activate);
        made.option("FILE", options->file, "The card, as JSON").required();
    }
    auto [made, options] =
        add_server_command(cards, "assign", "Put an account on another card", &assign);
    made.option("ACCOUNT", options->account, "The account").required();
    made.option("CARD", options->card, "By which it pays").required();
    made.option("--from", options->from, "From this hour on, like 2026-03-01T00:00Z").required();
    made.option("--reason", options->reason, "Why, for the record of it");
}

}  // namespace

void add_billing(Command app) {
    add_cards(app);
    {
        auto [made, options] =
            add_server_command(app, "usage", "What an account's calls used", &usage);
        add_range(made, *options);
        made.option("--session", options->session, "Only this call");
        made.option("--meter", options->meter, "Only this meter");
    }
    {
        auto [made, options] =
            add_server_command(app, "charges", "What an account is charged", &charges);
        add_range(made, *options);
    }
    {
        auto [made, options] =
            add_server_command(app, "margin", "What an account's usage brings and costs", &margin);
        add_range(made, *options);
    }
    {
        auto [made, options] =
            add_server_command(app, "statement", "A month of an account", &statement);
        made.option("ACCOUNT", options->account, "The account").required();
        made.option("MONTH", options->month, "Like 2026-02").required();
        made.option("--format", options->format, "As what")
            .one_of({"text", "json", "csv", "html", "proof"})
            .shown();
        made.flag("--costs", options->costs,
                  "Of a proof: with the card of what usage costs, so that this is checked, too");
        made.option("-o,--output", options->output, "Into this file; standard output without it");
    }
    auto [made, options] = add_server_command(
        app, "trace", "From a charge to the records and events behind it", &trace);
    made.option("ACCOUNT", options->account, "The account").required();
    made.option("CHARGE", options->charge, "Of lifeline charges").required();
}

}  // namespace lifeline::app
