#include <CLI/CLI.hpp>
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
};

Listing accounts_table() {
    return Listing({{"ACCOUNT", "accountId"}, {"STATE", "state"}, {"NAME", "name"}});
}

int create(const Options& options) {
    const std::string& name = options.name.empty() ? options.account : options.name;
    const auto changed =
        Offline::change(options.data, Offline::Missing::create, [&](const identity::Deciding& on) {
            return identity::create_account(on, options.account, name);
        });
    if (!changed) return report(changed.error());
    auto made = accounts_table();
    made.row({options.account, "", name});
    return done(options.json,
                *changed ? "created " + options.account : options.account + " is there already",
                made);
}

int set_state(const Options& options, identity::AccountState state) {
    const auto changed =
        Offline::change(options.data, Offline::Missing::refuse, [&](const identity::Deciding& on) {
            return identity::set_account_state(on, options.account, state, operator_name);
        });
    if (!changed) return report(changed.error());
    const std::string word = state == identity::AccountState::disabled ? "disabled" : "enabled";
    auto now = accounts_table();
    now.row({options.account, word, ""});
    return done(
        options.json,
        *changed ? word + " " + options.account : options.account + " is " + word + " already",
        now);
}

int enable(const Options& options) {
    return set_state(options, identity::AccountState::enabled);
}

int disable(const Options& options) {
    return set_state(options, identity::AccountState::disabled);
}

int list(const Options& options) {
    const auto reading = read_directory(options.data);
    if (!reading) return report(reading.error());
    auto accounts = accounts_table();
    for (const auto& [id, account] : reading->directory.accounts())
        accounts.row({id, account.disabled ? "disabled" : "enabled", account.name});
    accounts.print(options.json ? Listing::Output::json : Listing::Output::table, "accounts");
    return 0;
}

}  // namespace

void add_accounts(CLI::App& app, int& exit_code) {
    auto* account = app.add_subcommand("account", "Accounts: whose calls they are");
    account->require_subcommand(1);
    const auto command = [&](const char* name, const char* what, int (*run)(const Options&)) {
        auto options = std::make_shared<Options>();
        auto* made = add_folder_command(
            *account, name, what, *options, [options, run] { return run(*options); }, exit_code);
        return std::pair(made, options);
    };
    command("list", "All accounts (server running or not)", &list);
    {
        auto [made, options] = command("create", "Make an account (server stopped)", &create);
        made->add_option("ACCOUNT", options->account, "acct_...")->required();
        made->add_option("--name", options->name, "As people call it (default: its id)");
    }
    {
        auto [made, options] =
            command("disable", "Refuse an account's keys and tokens (server stopped)", &disable);
        made->add_option("ACCOUNT", options->account, "acct_...")->required();
    }
    {
        auto [made, options] = command("enable", "Take that back (server stopped)", &enable);
        made->add_option("ACCOUNT", options->account, "acct_...")->required();
    }
}

}  // namespace lifeline::app
