#include <memory>
#include <string>

#include "app/commands.h"
#include "app/remote.h"
#include "net/url.h"

// The keys that sign usage, of a server that runs.
namespace lifeline::app {

namespace {

struct Options {
    RemoteOptions remote;
    std::string key_id;
    std::string reason;
    std::int64_t doubtful_from = 0;
    bool json = false;
};

Listing table() {
    return Listing({{"KEY", "keyId"},
                    {"STATE", "state"},
                    {"SINCE", "since"},
                    {"DOUBTFUL FROM", "doubtfulFrom"},
                    {"PUBLIC", "publicKey"}});
}

int list(const Options& options) {
    const auto reply = ask_server(options.remote, "GET", "/v1/billing/keys");
    if (!reply) return report(reply.error());
    Listing keys = table();
    if (const auto all = reply->json.find("keys"))
        for (const contract::Json& key : all->items()) keys.row_of(key);
    keys.print(options.json ? Listing::Output::json : Listing::Output::table, "keys");
    return 0;
}

int show(const Options& options, const Result<RemoteReply>& reply, const std::string& what) {
    if (!reply) return report(reply.error());
    Listing key = table();
    key.row_of(reply->json);
    return done(options.json, std::string(reply->json.text("keyId").value_or("")) + what, key);
}

int rotate(const Options& options) {
    return show(options,
                ask_server(options.remote, "POST", "/v1/billing/keys",
                           json_object({{"reason", options.reason}})),
                " signs from now on");
}

int revoke(const Options& options) {
    std::string body = json_object({{"reason", options.reason}});
    if (options.doubtful_from > 0)
        body.insert(body.size() - 1, ",\"doubtfulFrom\":" + std::to_string(options.doubtful_from));
    return show(options,
                ask_server(options.remote, "POST",
                           "/v1/billing/keys/" + net::percent_encode(options.key_id) + "/revoke",
                           std::move(body)),
                " is revoked");
}

}  // namespace

void add_signing_keys(Command app) {
    auto keys = app.family("keys", "Keys that sign usage records, statements and reports");
    add_server_command(keys, "list", "Their history", &list);
    {
        auto [made, options] = add_server_command(keys, "rotate", "Let a new key sign", &rotate);
        made.option("--reason", options->reason, "Why").required();
    }
    {
        auto [made, options] = add_server_command(keys, "revoke", "Trust a key no more", &revoke);
        made.option("KEY", options->key_id, "As `lifeline keys list` names it").required();
        made.option("--reason", options->reason, "Why").required();
        made.option("--doubtful-from", options->doubtful_from,
                    "The journal's position from which it proves nothing (default: from now on)");
    }
}

}  // namespace lifeline::app
