#include <cstdio>
#include <memory>

#include "app/commands.h"
#include "app/directory_reading.h"
#include "app/folder_command.h"
#include "app/offline.h"
#include "app/remote.h"
#include "net/url.h"

namespace lifeline::app {

namespace {

struct Options : FolderOptions {
    RemoteOptions remote;
    std::string account;
    std::string name;
    std::string role = "service";
    std::string key_id;
    std::int64_t days = 0;
};

std::string text_of(const std::optional<WallTime>& time) {
    return time ? format_rfc3339(*time) : std::string();
}

// What was made: its id, and the key itself, which nobody can tell again.
struct Made {
    std::string key_id;
    std::string key;
};

Result<Made> make_there(const Options& options, std::optional<WallTime> expires_at) {
    const auto reply = ask_server(options.remote, "POST", "/v1/keys",
                                  json_object({{"accountId", options.account},
                                               {"name", options.name},
                                               {"role", options.role},
                                               {"expiresAt", text_of(expires_at)}}));
    if (!reply) return fail(reply.error());
    return Made{std::string(reply->json.text("keyId").value_or("")),
                std::string(reply->json.text("key").value_or(""))};
}

Result<Made> make_here(const Options& options, contract::Role role,
                       std::optional<WallTime> expires_at) {
    auto house = Offline::open(options.data, Offline::Missing::refuse);
    if (!house) return fail(house.error());
    auto made = identity::create_key((*house)->deciding(), {.account_id = options.account,
                                                            .role = role,
                                                            .name = options.name,
                                                            .expires_at = expires_at,
                                                            .by = operator_name});
    if (!made) return fail(made.error());
    if (const auto written = (*house)->append(std::move(made->changes)); !written)
        return fail(written.error());
    return Made{made->key.key_id, made->key.text.reveal()};
}

int create(const Options& options) {
    const auto role = contract::role_from(options.role);
    if (!role) return report({Code::malformed, "unknown_value", "no such role: " + options.role});
    std::optional<WallTime> expires_at;
    if (options.days > 0) expires_at = SystemClock().wall() + std::chrono::days(options.days);
    const auto made =
        options.remote ? make_there(options, expires_at) : make_here(options, *role, expires_at);
    if (!made) return report(made.error());
    Listing key({{"", "keyId"},
                 {"", "key"},
                 {"", "accountId"},
                 {"", "role"},
                 {"", "name"},
                 {"", "expiresAt"}});
    key.row({made->key_id, made->key, options.account, options.role, options.name,
             text_of(expires_at)});
    std::fprintf(stderr,
                 "This is the only time the key is shown. To revoke it: "
                 "lifeline key revoke %s\n",
                 made->key_id.c_str());
    return done(options.json, made->key, key);
}

int revoke(const Options& options) {
    Result<bool> changed;
    if (options.remote) {
        const auto reply =
            ask_server(options.remote, "DELETE", "/v1/keys/" + net::percent_encode(options.key_id));
        changed = reply ? Result<bool>(true) : fail(reply.error());
    } else {
        changed = Offline::change(
            options.data, Offline::Missing::refuse, [&](const identity::Deciding& on) {
                return identity::revoke_key(on, options.key_id, operator_name);
            });
    }
    if (!changed) return report(changed.error());
    Listing key({{"", "keyId"}, {"", "state"}});
    key.row({options.key_id, "revoked"});
    return done(options.json,
                *changed ? "revoked " + options.key_id : options.key_id + " is revoked already",
                key);
}

Result<Listing> keys_of(const Options& options) {
    Listing keys({{"KEY", "keyId"},
                  {"ROLE", "role"},
                  {"ACCOUNT", "accountId"},
                  {"STATE", "state"},
                  {"EXPIRES", "expiresAt"},
                  {"NAME", "name"}});
    if (options.remote) {
        const auto listed = for_each_listed(options.remote, "/v1/keys", "keys",
                                            [&](const contract::Json& key) { keys.row_of(key); });
        if (!listed) return fail(listed.error());
        return keys;
    }
    const auto reading = read_directory(options.data);
    if (!reading) return fail(reading.error());
    const WallTime now = SystemClock().wall();
    for (const auto& [id, key] : reading->directory.keys())
        keys.row({id, std::string(contract::to_text(key.role)), key.account_id,
                  std::string(reading->directory.state_of(key, now)), text_of(key.expires_at),
                  key.name});
    return keys;
}

int list(const Options& options) {
    const auto keys = keys_of(options);
    if (!keys) return report(keys.error());
    keys->print(options.json ? Listing::Output::json : Listing::Output::table, "keys");
    return 0;
}

}  // namespace

void add_keys(Command app) {
    auto key = app.family("key", "API keys for trusted backends");
    const auto command = [&](const char* name, const char* what, int (*run)(const Options&)) {
        auto options = std::make_shared<Options>();
        auto made =
            add_folder_command(key, name, what, *options, [options, run] { return run(*options); });
        add_remote_options(made, options->remote);
        return std::pair(made, options);
    };
    command("list", "All keys (server running or not)", &list);
    {
        auto [made, options] = command("create", "Make a key and print it, once", &create);
        made.option("--account", options->account, "The account it is for").required();
        made.option("--role", options->role, "service, operator, auditor or admin").shown();
        made.option("--name", options->name, "What it is for").required();
        made.option("--days", options->days, "How long it is good for (default: for ever)")
            .between(1, 3'650);
    }
    {
        auto [made, options] = command("revoke", "End a key", &revoke);
        made.option("KEY", options->key_id, "The key's id").required();
    }
}

}  // namespace lifeline::app
