#include <memory>

#include "app/commands.h"
#include "app/folder_command.h"
#include "base/clock.h"
#include "contract/form.h"
#include "identity/access_token.h"
#include "identity/instance_keys.h"

namespace lifeline::app {

namespace {

struct Options : FolderOptions {
    std::string user;
    std::string account;
    std::string role = "user";
    std::string name;
    std::int64_t minutes = 60;
};

// Only reads the key, so it works beside a running server.
int mint(const Options& options) {
    const auto role = contract::role_from(options.role);
    if (!role || *role == contract::Role::server)
        return report({Code::malformed, "unknown_value", "no such role: " + options.role});
    if (!contract::matches(contract::Form::id, options.user))
        return report({Code::malformed, "bad_format", "a user is 1 to 128 of A-Z, a-z, 0-9, _.:-"});
    if (!contract::matches(contract::Form::account_id, options.account))
        return report({Code::malformed, "bad_format",
                       "an account is acct_ and up to 59 of A-Z, a-z, 0-9, _.:-"});
    const auto keys = identity::InstanceKeys::open(std::filesystem::path(options.data) / "keys");
    if (!keys) return report(keys.error());
    const WallTime now = SystemClock().wall();
    identity::Principal principal;
    principal.user_id = options.user;
    principal.account_id = options.account;
    principal.role = *role;
    principal.display_name = options.name;
    principal.expires_at = now + std::chrono::minutes(options.minutes);
    const std::string token = identity::mint_access_token(*keys, principal, now);
    Listing made(
        {{"", "token"}, {"", "userId"}, {"", "accountId"}, {"", "role"}, {"", "expiresAt"}});
    made.row(
        {token, options.user, options.account, options.role, format_rfc3339(principal.expires_at)});
    return done(options.json, token, made);
}

}  // namespace

void add_tokens(Command app) {
    auto options = std::make_shared<Options>();
    auto token = add_folder_command(
        app, "token",
        "Print an access token, signed with this instance's key (server running or not)", *options,
        [options] { return mint(*options); });
    token.option("--user", options->user, "The userId it is for").required();
    token.option("--account", options->account, "The accountId it is for").required();
    token
        .option("--role", options->role, "user, agent, viewer, service, operator, auditor or admin")
        .shown();
    token.option("--name", options->name, "The name that others see");
    token.option("--minutes", options->minutes, "How long it is good for")
        .between(1, 60 * 24 * 30)
        .shown();
}

}  // namespace lifeline::app
