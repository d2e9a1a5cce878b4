#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "app/commands.h"
#include "app/directory_reading.h"
#include "app/folder_command.h"
#include "app/offline.h"

namespace lifeline::app {

namespace {

struct Options : FolderOptions {
    std::string account;
    std::string name;
    std::string role = "service";
    std::string key_id;
    std::int64_t days = 0;
};

std::string text_of(const std::optional<WallTime>& time) {
    return time ? format_rfc3339(*time) : std::string();
}

int create(const Options& options) {
    const auto role = contract::role_from(options.role);
    if (!role) return report({Code::malformed, "unknown_value", "no such role: " + options.role});
    auto house = Offline::open(options.data, Offline::Missing::refuse);
    if (!house) return report(house.error());
    const auto on = (*house)->deciding();
    identity::KeyRequest request{.account_id = options.account,
                                 .role = *role,
                                 .name = options.name,
                                 .expires_at = std::nullopt,
                                 .by = operator_name};
    if (options.days > 0) request.expires_at = on.now + std::chrono::days(options.days);
    auto made = identity::create_key(on, request);
    if (!made) return report(made.error());
    if (const auto written = (*house)->append(std::move(made->changes)); !written)
        return report(written.error());
    Listing key({{"", "keyId"},
                 {"", "key"},
                 {"", "accountId"},
                 {"", "role"},
                 {"", "name"},
                 {"", "expiresAt"}});
    key.row({made->key.key_id, made->key.text.reveal(), options.account, options.role, options.name,
             text_of(request.expires_at)});
    std::fprintf(stderr,
                 "This is the only time the key is shown. To revoke it: "
                 "lifeline key revoke %s\n",
                 made->key.key_id.c_str());
    return done(options.json, made->key.text.reveal(), key);
}

int revoke(const Options& options) {
    const auto changed =
        Offline::change(options.data, Offline::Missing::refuse, [&](const identity::Deciding& on) {
            return identity::revoke_key(on, options.key_id, operator_name);
        });
    if (!changed) return report(changed.error());
    Listing key({{"", "keyId"}, {"", "state"}});
    key.row({options.key_id, "revoked"});
    return done(options.json,
                *changed ? "revoked " + options.key_id : options.key_id + " is revoked already",
                key);
}

int list(const Options& options) {
    const auto reading = read_directory(options.data);
    if (!reading) return report(reading.error());
    Listing keys({{"KEY", "keyId"},
                  {"ROLE", "role"},
                  {"ACCOUNT", "accountId"},
                  {"STATE", "state"},
                  {"EXPIRES", "expiresAt"},
                  {"NAME", "name"}});
    const WallTime now = SystemClock().wall();
    for (const auto& [id, key] : reading->directory.keys())
        keys.row({id, std::string(contract::to_text(key.role)), key.account_id,
                  std::string(reading->directory.state_of(key, now)), text_of(key.expires_at),
                  key.name});
    keys.print(options.json ? Listing::Output::json : Listing::Output::table, "keys");
    return 0;
}

}  // namespace

void add_keys(CLI::App& app, int& exit_code) {
    auto* key = app.add_subcommand("key", "API keys for trusted backends");
    key->require_subcommand(1);
    const auto command = [&](const char* name, const char* what, int (*run)(const Options&)) {
        auto options = std::make_shared<Options>();
        auto* made = add_folder_command(
            *key, name, what, *options, [options, run] { return run(*options); }, exit_code);
        return std::pair(made, options);
    };
    command("list", "All keys (server running or not)", &list);
    {
        auto [made, options] =
            command("create", "Make a key and print it, once (server stopped)", &create);
        made->add_option("--account", options->account, "The account it is for")->required();
        made->add_option("--role", options->role, "service, operator, auditor or admin")
            ->capture_default_str();
        made->add_option("--name", options->name, "What it is for")->required();
        made->add_option("--days", options->days, "How long it is good for (default: for ever)")
            ->check(CLI::Range(1, 3'650));
    }
    {
        auto [made, options] = command("revoke", "End a key (server stopped)", &revoke);
        made->add_option("KEY", options->key_id, "The key's id")->required();
    }
}

}  // namespace lifeline::app
