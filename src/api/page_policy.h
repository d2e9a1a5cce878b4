#pragma once

#include <string>
#include <string_view>

namespace lifeline::api {

// The Content-Security-Policy of the page: nothing from elsewhere, no inline script or style, and
// connections to this server only. `host` is what the request calls it, `public_url` what the
// configuration does; both may be empty, and what is no plain host and port is left out.
std::string page_policy(std::string_view host, std::string_view public_url);

}  // namespace lifeline::api
