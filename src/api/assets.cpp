#include "api/assets.h"

#include <algorithm>

namespace lifeline::api {

const Asset* find_asset(std::string_view path) {
    const auto assets = all_assets();
    const auto found = std::ranges::lower_bound(assets, path, {}, &Asset::path);
    return found != assets.end() && found->path == path ? &*found : nullptr;
}

}  // namespace lifeline::api
