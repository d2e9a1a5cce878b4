#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <vector>

#include "app/commands.h"
#include "app/remote.h"
#include "contract/json_writer.h"
#include "net/url.h"

// Where charges go, and those that are stuck on the way: all of it is asked of a running server.
namespace lifeline::app {

namespace {

constexpr const char* letters = "/v1/billing/dead-letters";
// More than this many are not sent again, or given up, by one slip of the hand.
constexpr std::size_t without_asking = 20;

struct Options {
    RemoteOptions remote;
    bool json = false;
    bool dry_run = false;
    bool yes = false;
    std::string name;
    std::string sink;
    std::string account;
    std::string because;
    std::string letter;
    std::vector<std::string> ids;
    std::string reason;
};

std::string text_in(const contract::Json& json, std::string_view key) {
    return std::string(json.text(key).value_or(""));
}

Listing sinks_table() {
    return Listing({{"SINK", "name"},
                    {"KIND", "kind"},
                    {"STATE", "state"},
                    {"WAITING", "waiting"},
                    {"DELIVERED", "delivered"},
                    {"PARKED", "parked"},
                    {"DISCARDED", "discarded"},
                    {"OLDEST", "oldest"},
                    {"MESSAGE", "message"}});
}

Listing letters_table() {
    return Listing({{"DEAD LETTER", "deadLetterId"},
                    {"SINK", "sink"},
                    {"ACCOUNT", "accountId"},
                    {"ITEM", "item"},
                    {"WINDOW", "window"},
                    {"QUANTITY", "quantity"},
                    {"BECAUSE", "because"},
                    {"ATTEMPTS", "attempts"},
                    {"STATUS", "status"},
                    {"PARKED", "parkedAt"},
                    {"MESSAGE", "message"}});
}

// What to do next, beside the answer and never in it.
void hint(const Options& options, const std::string& text) {
    if (!options.json) std::fprintf(stderr, "%s\n", text.c_str());
}

int list_sinks(const Options& options) {
    const auto reply = ask_server(options.remote, "GET", "/v1/billing/sinks");
    if (!reply) return report(reply.error());
    Listing table = sinks_table();
    bool stopped = false;
    bool parked = false;
    if (const auto sinks = reply->json.find("sinks"))
        for (const auto& sink : sinks->items()) {
            table.row_of(sink);
            stopped = stopped || text_in(sink, "state") == "stopped";
            const auto letters_of = sink.find("parked");
            parked = parked || (letters_of && letters_of->as_integer().value_or(0) > 0);
        }
    table.print(options.json ? Listing::Output::json : Listing::Output::table, "sinks");
    if (stopped)
        hint(options, "Mend what the message says, then: lifeline sinks resume NAME --reason ...");
    if (parked) hint(options, "Charges wait for a person: lifeline dlq list");
    return 0;
}

int resume(const Options& options) {
    const auto reply =
        ask_server(options.remote, "POST",
                   fmt::format("/v1/billing/sinks/{}/resume", net::percent_encode(options.name)),
                   json_object({{"reason", options.reason}}));
    if (!reply) return report(reply.error());
    Listing table = sinks_table();
    table.row_of(reply->json);
    return done(options.json, fmt::format("{} is {}", options.name, text_in(reply->json, "state")),
                table);
}

std::string filters_of(const Options& options) {
    std::string query;
    for (const auto& [name, value] :
         {std::pair<const char*, const std::string&>{"sink", options.sink},
          {"account", options.account},
          {"because", options.because}})
        if (!value.empty()) query += fmt::format("&{}={}", name, net::percent_encode(value));
    return query;
}

int list_letters(const Options& options) {
    Listing table = letters_table();
    std::size_t count = 0;
    std::string cursor;
    do {
        const auto page =
            ask_server(options.remote, "GET",
                       fmt::format("{}?limit=500{}{}", letters, filters_of(options),
                                   cursor.empty() ? "" : "&cursor=" + net::percent_encode(cursor)));
        if (!page) return report(page.error());
        if (const auto list = page->json.find("deadLetters"))
            for (const auto& letter : list->items()) {
                table.row_of(letter);
                ++count;
            }
        cursor = text_in(page->json, "next");
    } while (!cursor.empty());
    table.print(options.json ? Listing::Output::json : Listing::Output::table, "deadLetters");
    if (count > 0)
        hint(options,
             "What to do about one: lifeline dlq show ID; then dlq redrive or dlq discard.");
    return 0;
}

int show(const Options& options) {
    const auto reply = ask_server(
        options.remote, "GET", fmt::format("{}/{}", letters, net::percent_encode(options.letter)));
    if (!reply) return report(reply.error());
    if (options.json) {
        const auto text = text_from_server(
            options.remote, fmt::format("{}/{}", letters, net::percent_encode(options.letter)));
        if (!text) return report(text.error());
        std::printf("%s\n", text->c_str());
        return 0;
    }
    for (const auto& [key, value] : reply->json.members()) {
        if (value.is_object()) continue;
        const auto number = value.as_integer();
        const std::string said =
            number ? std::to_string(*number) : std::string(value.as_text().value_or(""));
        std::printf("%-14s %s\n", std::string(key).c_str(), said.c_str());
    }
    return 0;
}

std::string moving_body(const Options& options, bool dry_run) {
    contract::JsonWriter json;
    json.object();
    if (!options.ids.empty()) {
        json.key("deadLetters").array();
        for (const std::string& id : options.ids) json.value(id);
        json.end();
    }
    for (const auto& [name, value] :
         {std::pair<const char*, const std::string&>{"sink", options.sink},
          {"accountId", options.account},
          {"because", options.because},
          {"reason", options.reason}})
        if (!value.empty()) json.key(name).value(value);
    if (dry_run) json.key("dryRun").value(true);
    json.end();
    return json.take();
}

Result<std::vector<std::string>> ask_to_move(const Options& options, const char* what,
                                             bool dry_run) {
    const auto reply = ask_server(options.remote, "POST", fmt::format("{}/{}", letters, what),
                                  moving_body(options, dry_run));
    if (!reply) return fail(reply.error());
    std::vector<std::string> ids;
    if (const auto list = reply->json.find("deadLetters"))
        for (const auto& id : list->items()) ids.emplace_back(id.as_text().value_or(""));
    return ids;
}

int move(const Options& options, const char* what, const char* past) {
    if (!options.dry_run && !options.yes && options.ids.size() != 1) {
        const auto would = ask_to_move(options, what, true);
        if (!would) return report(would.error());
        if (would->size() > without_asking)
            return report({Code::malformed,
                           "query_invalid",
                           fmt::format("{} dead letters would be {}: look with --dry-run, then "
                                       "say --yes",
                                       would->size(), past),
                           {}});
    }
    const auto moved = ask_to_move(options, what, options.dry_run);
    if (!moved) return report(moved.error());
    Listing table({{"DEAD LETTER", "deadLetterId"}});
    for (const std::string& id : *moved) table.row({id});
    table.print(options.json ? Listing::Output::json : Listing::Output::table, "deadLetters");
    if (options.dry_run)
        hint(options,
             fmt::format("{} would be {}; without --dry-run they are.", moved->size(), past));
    else
        hint(options, fmt::format("{} {}; what comes of them: lifeline sinks, lifeline dlq list",
                                  moved->size(), past));
    return 0;
}

int redrive(const Options& options) {
    return move(options, "redrive", "redriven");
}
int discard(const Options& options) {
    return move(options, "discard", "discarded");
}

void add_filters(Command made, Options& options) {
    made.option("--sink", options.sink, "Only of this sink");
    made.option("--account", options.account, "Only of this account");
    made.option("--because", options.because, "Only those that wait because of this")
        .one_of({"permanent", "conflict", "unknown", "exhausted"});
}

void add_move(Command dlq, const char* name, const char* what, int (*runs)(const Options&)) {
    auto [made, options] = add_server_command(dlq, name, what, runs);
    made.option("ID", options->ids, "Which; without any, all that the rest fits");
    add_filters(made, *options);
    made.option("--reason", options->reason, "Why, for the record of it").required();
    made.flag("--dry-run", options->dry_run, "Say which it would be, and do nothing");
    made.flag("--yes", options->yes, "However many they are");
}

}  // namespace

void add_sinks(Command app) {
    auto [sinks, listed] =
        add_server_command(app, "sinks", "Where charges go, and how much waits there", &list_sinks);
    {
        auto [made, options] =
            add_server_command(sinks, "resume", "Let a sink that stopped go on", &resume);
        made.option("NAME", options->name, "As the configuration names it").required();
        made.option("--reason", options->reason, "Why, for the log").required();
    }
    auto dlq = app.family("dlq", "Charges that wait for a person");
    {
        auto [made, options] = add_server_command(dlq, "list", "The oldest first", &list_letters);
        add_filters(made, *options);
    }
    {
        auto [made, options] =
            add_server_command(dlq, "show", "One of them, and what to do about it", &show);
        made.option("ID", options->letter, "Its id").required();
    }
    add_move(dlq, "redrive", "Send them again, with the ids and times they always had", &redrive);
    add_move(dlq, "discard", "Send them no more: they were booked by hand, or never will be",
             &discard);
}

}  // namespace lifeline::app
