#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/exchange.h"

namespace lifeline::api {

class Api;

using Handler = void (*)(Api&, Asked);

enum class Access {
    open,       // No token is asked for.
    principal,  // Somebody, by a valid token; one for a single call is good on its paths only.
    any_token,  // Also by one for a single call: no call is meant, or the handler looks itself.
};

// Whether a request takes one of the changes that somebody may make a second.
enum class Counted {
    by_method,  // What is no GET does.
    elsewhere,  // It is an event and counts as those do, or nothing is written.
};

struct Route {
    std::string_view method;
    std::string_view pattern;  // "/v1/call/sessions/{}/state": {} is one segment.
    Access access;
    Handler handler;
    Counted counted = Counted::by_method;
};

// What a path and a method lead to.
struct Match {
    const Route* route = nullptr;
    std::vector<std::string> captures;
    std::string allow;  // The methods that this path knows; empty for no path of ours.
};

// The routes, all of them, in one table (routes.cpp).
Match find_route(std::string_view method, std::string_view path);

}  // namespace lifeline::api
