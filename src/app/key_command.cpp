#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "app/commands.h"
#include "app/offline.h"

namespace lifeline::app {

namespace {

struct Options {
    std::string data = "data";
    std::string account;
    std::string name;
    std::string role = "service";
    std::string key_id;
    std::int64_t days = 0;
};

constexpr std::string_view by = "cli";

int create_account(const Options& options) {
    auto house = Offline::open(options.data);
    if (!house) return report(house.error());
    Offline& on = **house;
    auto changes = identity::create_account({on.directory(), on.clock().wall(), on.random()},
                                            options.account, options.name);
    if (!changes) return report(changes.error());
    if (const auto done = on.append(std::move(*changes)); !done) return report(done.error());
    std::printf("account %s\n", options.account.c_str());
    return 0;
}

int create_key(const Options& options) {
    const auto role = contract::role_from(options.role);
    if (!role) return report({Code::malformed, "config_invalid", "no such role: " + options.role});
    auto house = Offline::open(options.data);
    if (!house) return report(house.error());
    Offline& on = **house;
    const WallTime now = on.clock().wall();
    identity::KeyRequest request{.account_id = options.account,
                                 .role = *role,
                                 .name = options.name,
                                 .expires_at = std::nullopt,
                                 .by = by};
    if (options.days > 0) request.expires_at = now + std::chrono::days(options.days);
    auto made = identity::create_key({on.directory(), now, on.random()}, request);
    if (!made) return report(made.error());
    if (const auto done = on.append(std::move(made->changes)); !done) return report(done.error());
    std::printf("%s\n", made->key.text.reveal().c_str());
    std::fprintf(stderr,
                 "This is the only time the key is shown. To revoke it: "
                 "lifeline key revoke %s\n",
                 made->key.key_id.c_str());
    return 0;
}

int revoke_key(const Options& options) {
    auto house = Offline::open(options.data);
    if (!house) return report(house.error());
    Offline& on = **house;
    auto changes =
        identity::revoke_key({on.directory(), on.clock().wall(), on.random()}, options.key_id, by);
    if (!changes) return report(changes.error());
    if (const auto done = on.append(std::move(*changes)); !done) return report(done.error());
    std::printf("revoked %s\n", options.key_id.c_str());
    return 0;
}

int list_keys(const Options& options) {
    auto house = Offline::open(options.data);
    if (!house) return report(house.error());
    std::printf("%-28s %-10s %-24s %-8s %s\n", "KEY", "ROLE", "ACCOUNT", "STATE", "NAME");
    for (const auto& [id, key] : (*house)->directory().keys())
        std::printf("%-28s %-10s %-24s %-8s %s\n", id.c_str(),
                    std::string(contract::to_text(key.role)).c_str(), key.account_id.c_str(),
                    key.revoked ? "revoked" : "good", key.name.c_str());
    return 0;
}

}  // namespace

void add_keys(CLI::App& app, int& exit_code) {
    const auto command = [&exit_code](CLI::App* made, const std::shared_ptr<Options>& options,
                                      int (*run)(const Options&)) {
        made->add_option("--data", options->data, "The data folder")->capture_default_str();
        made->callback([options, run, &exit_code] { exit_code = run(*options); });
    };
    auto* account = app.add_subcommand("account", "Accounts (server stopped)");
    account->require_subcommand(1);
    {
        auto options = std::make_shared<Options>();
        auto* made = account->add_subcommand("create", "Make an account");
        made->add_option("ACCOUNT", options->account, "acct_...")->required();
        made->add_option("--name", options->name, "As people call it");
        command(made, options, &create_account);
    }
    auto* key = app.add_subcommand("key", "API keys for trusted backends (server stopped)");
    key->require_subcommand(1);
    {
        auto options = std::make_shared<Options>();
        auto* made = key->add_subcommand("create", "Make a key and print it, once");
        made->add_option("--account", options->account, "The account it is for")->required();
        made->add_option("--role", options->role, "service, operator, auditor or admin")
            ->capture_default_str();
        made->add_option("--name", options->name, "What it is for");
        made->add_option("--days", options->days, "How long it is good for (default: for ever)");
        command(made, options, &create_key);
    }
    {
        auto options = std::make_shared<Options>();
        auto* made = key->add_subcommand("revoke", "End a key");
        made->add_option("KEY", options->key_id, "The key's id")->required();
        command(made, options, &revoke_key);
    }
    {
        auto options = std::make_shared<Options>();
        command(key->add_subcommand("list", "All keys"), options, &list_keys);
    }
}

}  // namespace lifeline::app
