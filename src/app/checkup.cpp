#include "app/checkup.h"

#include <utility>

namespace lifeline::app {

std::vector<CheckupLine> Checkup::run() {
    data_folder();
    free_space();
    journal();
    keys();
    statements();
    file_limit();
    port();
    public_url();
    origins();
    certificate();
    web_socket();
    issuers();
    clock();
    policy();
    canary();
    tools();
    agents();
    return std::exchange(lines_, {});
}

Result<net::Response> Checkup::ask(std::string_view path, std::string method, net::Headers headers,
                                   std::string body) {
    return web_.ask({.url = url_ + std::string(path),
                     .method = std::move(method),
                     .headers = std::move(headers),
                     .body = std::move(body)});
}

}  // namespace lifeline::app
