#pragma once

#include <string>

namespace lifeline::api {

// An agent that runs inside this server, as others see it.
struct HostedAgent {
    std::string name;
    std::string user_id;
    std::string display_name;
    std::string driver;
    std::string model;
    bool joins_all = false;
};

}  // namespace lifeline::api
