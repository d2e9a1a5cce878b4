#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "app/commands.h"
#include "base/clock.h"
#include "identity/access_token.h"
#include "identity/instance_keys.h"

namespace lifeline::app {

namespace {

struct TokenOptions {
    std::string data = "data";
    std::string user;
    std::string account;
    std::string role = "user";
    std::string name;
    std::int64_t minutes = 60;
};

// Only reads the key, so it works beside a running server.
int mint(const TokenOptions& options) {
    const auto keys = identity::InstanceKeys::open(std::filesystem::path(options.data) / "keys");
    if (!keys) return report(keys.error());
    const auto role = contract::role_from(options.role);
    if (!role || *role == contract::Role::server)
        return report({Code::malformed, "config_invalid", "no such role: " + options.role});
    const WallTime now = SystemClock().wall();
    identity::Principal principal;
    principal.user_id = options.user;
    principal.account_id = options.account;
    principal.role = *role;
    principal.display_name = options.name;
    principal.expires_at = now + std::chrono::minutes(options.minutes);
    std::printf("%s\n", identity::mint_access_token(*keys, principal, now).c_str());
    return 0;
}

}  // namespace

void add_tokens(CLI::App& app, int& exit_code) {
    auto options = std::make_shared<TokenOptions>();
    auto* token = app.add_subcommand(
        "token", "Print an access token, signed with this instance's key (server running or not)");
    token->add_option("--data", options->data, "The data folder")->capture_default_str();
    token->add_option("--user", options->user, "The userId it is for")->required();
    token->add_option("--account", options->account, "The accountId it is for")->required();
    token
        ->add_option("--role", options->role,
                     "user, agent, viewer, service, operator, auditor or admin")
        ->capture_default_str();
    token->add_option("--name", options->name, "The name that others see");
    token->add_option("--minutes", options->minutes, "How long it is good for")
        ->check(CLI::Range(1, 60 * 24 * 30))
        ->capture_default_str();
    token->callback([options, &exit_code] { exit_code = mint(*options); });
}

}  // namespace lifeline::app
