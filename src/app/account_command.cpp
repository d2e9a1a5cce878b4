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
};

Listing accounts_table() {
    return Listing({{"ACCOUNT", "accountId"}, {"STATE", "state"}, {"NAME", "name"}});
}

int create(const Options& options) {
    const std::string& name = options.name.empty() ? options.account : options.name;
    Result<bool> changed;
    if (options.remote) {
        const auto reply =
            ask_server(options.remote, "POST", "/v1/accounts",
                       json_object({{"accountId", options.account}, {"name", name}}));
        changed = reply ? Result<bool>(reply->fresh) : fail(reply.error());
    } else {
        changed = Offline::change(options.data, Offline::Missing::create,
                                  [&](const identity::Deciding& on) {
                                      return identity::create_account(on, options.account, name);
                                  });
    }
    if (!changed) return report(changed.error());
    auto made = accounts_table();
    made.row({options.account, "", name});
    return done(options.json,
                *changed ? "created " + options.account : options.account + " is there already",
                made);
}

int set_state(const Options& options, identity::AccountState state) {
    const std::string word = state == identity::AccountState::disabled ? "disabled" : "enabled";
    Result<bool> changed;
    if (options.remote) {
        const auto reply =
            ask_server(options.remote, "POST",
                       "/v1/accounts/" + net::percent_encode(options.account) + "/state",
                       json_object({{"state", word}}));
        changed = reply ? Result<bool>(true) : fail(reply.error());
    } else {
        changed = Offline::change(
            options.data, Offline::Missing::refuse, [&](const identity::Deciding& on) {
                return identity::set_account_state(on, options.account, state, operator_name);
            });
    }
    if (!changed) return report(changed.error());
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

Result<Listing> accounts_of(const Options& options) {
    auto accounts = accounts_table();
    if (options.remote) {
        const auto listed =
            for_each_listed(options.remote, "/v1/accounts", "accounts",
                            [&](const contract::Json& account) { accounts.row_of(account); });
        if (!listed) return fail(listed.error());
        return accounts;
    }
    const auto reading = read_directory(options.data);
    if (!reading) return fail(reading.error());
    for (const auto& [id, account] : reading->directory.accounts())
        accounts.row({id, account.disabled ? "disabled" : "enabled", account.name});
    return accounts;
}

int list(const Options& options) {
    const auto accounts = accounts_of(options);
    if (!accounts) return report(accounts.error());
    accounts->print(options.json ? Listing::Output::json : Listing::Output::table, "accounts");
    return 0;
}

}  // namespace

void add_accounts(Command app) {
    auto account = app.family("account", "Accounts: whose calls they are");
    const auto command = [&](const char* name, const char* what, int (*run)(const Options&)) {
        auto options = std::make_shared<Options>();
        auto made = add_folder_command(account, name, what, *options,
                                       [options, run] { return run(*options); });
        add_remote_options(made, options->remote);
        return std::pair(made, options);
    };
    command("list", "All accounts (server running or not)", &list);
    {
        auto [made, options] = command("create", "Make an account", &create);
        made.option("ACCOUNT", options->account, "acct_...").required();
        made.option("--name", options->name, "As people call it (default: its id)");
    }
    {
        auto [made, options] = command("disable", "Refuse an account's keys and tokens", &disable);
        made.option("ACCOUNT", options->account, "acct_...").required();
    }
    {
        auto [made, options] = command("enable", "Take that back", &enable);
        made.option("ACCOUNT", options->account, "acct_...").required();
    }
}

}  // namespace lifeline::app
