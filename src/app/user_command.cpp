#include <memory>

#include "app/commands.h"
#include "app/directory_reading.h"
#include "app/folder_command.h"
#include "app/offline.h"
#include "app/remote.h"
#include "base/id.h"
#include "net/url.h"

namespace lifeline::app {

namespace {

struct Options : FolderOptions {
    RemoteOptions remote;
    std::string user;
    std::string account;
    std::string issuer;
    std::string subject;
};

Listing users_table() {
    return Listing({{"USER", "userId"},
                    {"ACCOUNT", "accountId"},
                    {"BECAUSE", "because"},
                    {"ISSUER", "issuer"},
                    {"SUBJECT", "subject"}});
}

std::string identities_of(const std::string& user_id) {
    return "/v1/users/" + net::percent_encode(user_id) + "/identities";
}

int create(const Options& options) {
    std::string user_id = options.user;
    Result<bool> changed;
    if (options.remote) {
        const auto reply = ask_server(options.remote, "POST", "/v1/users",
                                      json_object({{"userId", user_id},
                                                   {"accountId", options.account},
                                                   {"issuer", options.issuer},
                                                   {"subject", options.subject}}));
        changed = reply ? Result<bool>(reply->fresh) : fail(reply.error());
        if (reply) user_id = reply->json.text("userId").value_or("");
    } else {
        changed = Offline::change(
            options.data, Offline::Missing::refuse, [&](const identity::Deciding& on) {
                if (user_id.empty()) user_id = new_id("usr_", on.now, on.random);
                return identity::create_user(on, {.issuer = options.issuer,
                                                  .subject = options.subject,
                                                  .user_id = user_id,
                                                  .account_id = options.account,
                                                  .by = operator_name});
            });
    }
    if (!changed) return report(changed.error());
    auto made = users_table();
    made.row({user_id, options.account, "linked", options.issuer, options.subject});
    return done(options.json, *changed ? "created " + user_id : user_id + " is there already",
                made);
}

int link(const Options& options) {
    Result<bool> changed;
    if (options.remote) {
        const auto reply =
            ask_server(options.remote, "POST", identities_of(options.user),
                       json_object({{"issuer", options.issuer}, {"subject", options.subject}}));
        changed = reply ? Result<bool>(true) : fail(reply.error());
    } else {
        changed = Offline::change(
            options.data, Offline::Missing::refuse, [&](const identity::Deciding& on) {
                return identity::link_identity(on, {.issuer = options.issuer,
                                                    .subject = options.subject,
                                                    .user_id = options.user,
                                                    .by = operator_name});
            });
    }
    if (!changed) return report(changed.error());
    auto now = users_table();
    now.row({options.user, "", "linked", options.issuer, options.subject});
    return done(options.json,
                options.subject + (*changed ? " is " : " was already ") + options.user + " now",
                now);
}

int unlink(const Options& options) {
    Result<bool> changed;
    if (options.remote) {
        if (options.user.empty())
            return report({Code::malformed, "missing_field", "a server has to be told --user too"});
        const auto reply = ask_server(options.remote, "DELETE",
                                      identities_of(options.user) +
                                          "?issuer=" + net::percent_encode(options.issuer) +
                                          "&subject=" + net::percent_encode(options.subject));
        changed = reply ? Result<bool>(true) : fail(reply.error());
    } else {
        changed = Offline::change(options.data, Offline::Missing::refuse,
                                  [&](const identity::Deciding& on) {
                                      return identity::unlink_identity(
                                          on, options.issuer, options.subject, operator_name);
                                  });
    }
    if (!changed) return report(changed.error());
    auto now = users_table();
    now.row({"", "", "", options.issuer, options.subject});
    return done(options.json, options.subject + " stands for nobody now", now);
}

// A row an identity, and one for a user who has none left.
int list(const Options& options) {
    const auto reading = read_directory(options.data);
    if (!reading) return report(reading.error());
    auto table = users_table();
    for (const auto& [user_id, account_id] : reading->users) {
        bool seen = false;
        for (const auto& [identity, of] : reading->identities) {
            if (of.user_id != user_id) continue;
            seen = true;
            table.row({user_id, account_id, of.linked ? "linked" : "first_sight", identity.first,
                       identity.second});
        }
        if (!seen) table.row({user_id, account_id, "", "", ""});
    }
    table.print(options.json ? Listing::Output::json : Listing::Output::table, "users");
    return 0;
}

}  // namespace

void add_users(Command app) {
    auto user = app.family("user", "Users: whom an issuer's subject stands for");
    const auto command = [&](const char* name, const char* what, int (*run)(const Options&)) {
        auto options = std::make_shared<Options>();
        auto made = add_folder_command(user, name, what, *options,
                                       [options, run] { return run(*options); });
        return std::pair(made, options);
    };
    const auto identity = [](const auto& command) {
        const auto& [made, options] = command;
        made.option("--issuer", options->issuer, "The issuer, as in iss").required();
        made.option("--subject", options->subject, "The subject, as in sub").required();
    };
    command("list", "All users and their identities (server running or not)", &list);
    const auto told = [&](const char* name, const char* what, int (*run)(const Options&)) {
        auto made = command(name, what, run);
        add_remote_options(made.first, made.second->remote);
        identity(made);
        return made;
    };
    {
        auto made = told("create", "Make a user for a subject", &create);
        made.first.option("--account", made.second->account, "Their account").required();
        made.first.option("--user", made.second->user, "usr_... (default: a new one)");
    }
    {
        auto made = told("link", "Let a subject stand for a user too", &link);
        made.first.option("--user", made.second->user, "The user").required();
    }
    {
        auto made = told("unlink", "Let a subject stand for nobody", &unlink);
        made.first.option("--user", made.second->user, "Whom; only a server has to be told");
    }
}

}  // namespace lifeline::app
