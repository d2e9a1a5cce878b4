#include "app/remote.h"

#include <utility>

#include "app/web_client.h"
#include "contract/json_writer.h"
#include "net/url.h"

namespace lifeline::app {

namespace {

std::string text_of(const contract::Json& json, std::string_view name) {
    return std::string(json.text(name).value_or(std::string_view()));
}

Error no_server_of_ours(const RemoteOptions& options) {
    return {Code::unavailable, "peer_unavailable", options.server + " is no Lifeline server", {}};
}

Error refusal_in(const RemoteOptions& options, const contract::Json& json) {
    Error refusal{Code::internal, text_of(json, "code"), text_of(json, "detail"),
                  text_of(json, "pointer")};
    return refusal.reason.empty() ? no_server_of_ours(options) : refusal;
}

Result<net::Response> fetch(const RemoteOptions& options, std::string method, std::string path,
                            std::string body) {
    auto web = WebClient::create();
    if (!web) return fail(web.error());
    std::string server = options.server;
    while (server.ends_with('/')) server.pop_back();
    net::Headers headers{{"Authorization", "Bearer " + options.token}};
    if (!body.empty()) headers.push_back({"Content-Type", "application/json"});
    return (*web)->ask({.url = server + std::move(path),
                        .method = std::move(method),
                        .headers = std::move(headers),
                        .body = std::move(body),
                        .timeout = std::chrono::minutes(5),
                        .body_bytes_max = std::size_t{256} << 20});
}

}  // namespace

void add_remote_options(Command command, RemoteOptions& options) {
    command.option("--server", options.server,
                   "A running server to tell, instead of its data folder");
    command.option("--token", options.token, "An admin's token for it (or LIFELINE_TOKEN)")
        .or_from("LIFELINE_TOKEN");
    command.either("--server", "--data");
}

void add_server_options(Command command, RemoteOptions& options) {
    options.server = "http://127.0.0.1:8787";
    command.option("--server", options.server, "The running server").shown();
    command.option("--token", options.token, "A token for it (or LIFELINE_TOKEN)")
        .or_from("LIFELINE_TOKEN");
}

Result<RemoteReply> ask_server(const RemoteOptions& options, std::string method, std::string path,
                               std::string body) {
    const auto reply = fetch(options, std::move(method), std::move(path), std::move(body));
    if (!reply) return fail(reply.error());
    auto json = contract::Json::parse(reply->body.empty() ? "{}" : reply->body);
    if (!json || !json->is_object()) return fail(no_server_of_ours(options));
    if (reply->status < 300) return RemoteReply{reply->status == 201, std::move(*json)};
    return fail(refusal_in(options, *json));
}

Result<std::string> text_from_server(const RemoteOptions& options, std::string path) {
    auto reply = fetch(options, "GET", std::move(path), {});
    if (!reply) return fail(reply.error());
    if (reply->status < 300) return std::move(reply->body);
    const auto json = contract::Json::parse(reply->body);
    return fail(json ? refusal_in(options, *json) : no_server_of_ours(options));
}

Status for_each_listed(const RemoteOptions& options, const std::string& path, std::string_view name,
                       const std::function<void(const contract::Json&)>& each) {
    std::string cursor;
    do {
        const std::string from = cursor.empty() ? "" : "&cursor=" + net::percent_encode(cursor);
        const auto page = ask_server(options, "GET", path + "?limit=500" + from);
        if (!page) return fail(page.error());
        if (const auto list = page->json.find(name))
            for (const auto& item : list->items()) each(item);
        cursor = text_of(page->json, "next");
    } while (!cursor.empty());
    return {};
}

std::string json_object(
    std::initializer_list<std::pair<std::string_view, std::string_view>> members) {
    contract::JsonWriter json;
    json.object();
    for (const auto& [name, value] : members)
        if (!value.empty()) json.key(name).value(value);
    json.end();
    return json.take();
}

}  // namespace lifeline::app
