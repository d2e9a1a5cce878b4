#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "app/command_line.h"
#include "base/result.h"
#include "contract/json.h"

namespace lifeline::app {

// A server that runs, to be told what would otherwise be written into its folder. Empty: none.
struct RemoteOptions {
    std::string server;
    std::string token;

    explicit operator bool() const { return !server.empty(); }
};

// --server and --token (or LIFELINE_TOKEN, which no list of processes shows).
void add_remote_options(Command command, RemoteOptions& options);
// The same of what only a running server can do: it is the one on this machine where none is named.
void add_server_options(Command command, RemoteOptions& options);

// A command of a running server that can also say it as JSON.
template <class Options>
std::pair<Command, std::shared_ptr<Options>> add_server_command(Command to, const char* name,
                                                                const char* what,
                                                                int (*runs)(const Options&)) {
    auto options = std::make_shared<Options>();
    auto made = to.command(name, what);
    add_server_options(made, options->remote);
    made.flag("--json", options->json, "JSON");
    made.runs([options, runs] { return runs(*options); });
    return {made, options};
}

struct RemoteReply {
    bool fresh = false;  // 201: it was not so before.
    contract::Json json;
};

// One request; a refusal is the server's own, by its reason.
Result<RemoteReply> ask_server(const RemoteOptions& options, std::string method, std::string path,
                               std::string body = {});

// The same of what is no JSON: a table, a CSV.
Result<std::string> text_from_server(const RemoteOptions& options, std::string path);

// Every entry of a list that comes in pages: {"accounts":[...],"next":...}.
Status for_each_listed(const RemoteOptions& options, const std::string& path, std::string_view name,
                       const std::function<void(const contract::Json&)>& each);

// A JSON object of texts; those that are empty are left out.
std::string json_object(
    std::initializer_list<std::pair<std::string_view, std::string_view>> members);

}  // namespace lifeline::app
