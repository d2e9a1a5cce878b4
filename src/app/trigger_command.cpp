#include <filesystem>
#include <memory>

#include "app/commands.h"
#include "app/folder_command.h"
#include "app/remote.h"
#include "app/web_client.h"
#include "base/clock.h"
#include "base/id.h"
#include "contract/event.h"
#include "contract/json.h"
#include "identity/access_token.h"
#include "identity/instance_keys.h"
#include "net/url.h"

namespace lifeline::app {

namespace {

struct Options : FolderOptions {
    std::string type;
    std::string session;
    std::string payload = "{}";
    std::string server = "http://127.0.0.1:8787";
    std::string user = "svc_trigger";
    std::string account = "acct_dev";
    std::string role = "service";
    std::string event_id;
};

// A page of the server itself, on this machine: to nobody else a development server admits that it
// is one.
net::Headers as_its_own_page(const std::string& server) {
    return {{"Origin", server}, {"Sec-Fetch-Site", "same-origin"}};
}

// The token is signed with the instance's key, as `lifeline token` does. That is right for trying
// things out and for nothing else, so a server that serves people is left alone.
Status refuse_others(WebClient& web, const std::string& server) {
    const auto reply = web.ask({.url = server + "/v1/dev", .headers = as_its_own_page(server)});
    if (!reply) return fail(reply.error());
    if (reply->status != 200)
        return fail(Code::not_allowed, "forbidden",
                    server + " is no development server (lifeline serve --dev)");
    return {};
}

int trigger(const Options& options) {
    const auto role = contract::role_from(options.role);
    if (!role || *role == contract::Role::server)
        return report({Code::malformed, "unknown_value", "no such role: " + options.role});
    if (const auto payload = contract::Json::parse(options.payload); !payload)
        return report({Code::malformed, "json_invalid", "--payload: " + payload.error().detail});
    const auto keys = identity::InstanceKeys::open(std::filesystem::path(options.data) / "keys");
    if (!keys) return report(keys.error());
    auto web = WebClient::create();
    if (!web) return report(web.error());
    if (const auto mine = refuse_others(**web, options.server); !mine) return report(mine.error());

    SystemClock clock;
    SystemRandom random;
    const WallTime now = clock.wall();
    identity::Principal principal;
    principal.user_id = options.user;
    principal.account_id = options.account;
    principal.role = *role;
    principal.expires_at = now + std::chrono::minutes(1);
    const std::string id =
        options.event_id.empty() ? new_id("evt_", now, random) : options.event_id;
    const auto reply =
        ask_server({options.server, identity::mint_access_token(*keys, principal, now)}, "POST",
                   "/v1/call/sessions/" + net::percent_encode(options.session) + "/events",
                   contract::event_json(id, options.session, format_rfc3339(now), options.type,
                                        options.payload));
    if (!reply) return report(reply.error());
    Listing made({{"", "eventId"}, {"", "sessionId"}, {"", "type"}});
    made.row({id, options.session, options.type});
    return done(options.json, id, made);
}

}  // namespace

void add_trigger(Command app) {
    auto options = std::make_shared<Options>();
    auto made =
        add_folder_command(app, "trigger", "Publish an event into a call of a development server",
                           *options, [options] { return trigger(*options); });
    made.option("EVENT", options->type, "Its type, such as call.dtmf.received").required();
    made.option("--session", options->session, "The call").required();
    made.option("--payload", options->payload, "JSON").shown();
    made.option("--server", options->server, "Where it serves").shown();
    made.option("--role", options->role, "In which role").shown();
    made.option("--user", options->user, "In whose name").shown();
    made.option("--account", options->account, "Of which account").shown();
    made.option("--id", options->event_id, "Its eventId (default: a new one)");
}

}  // namespace lifeline::app
