#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "api/exchange.h"
#include "contract/json_writer.h"
#include "identity/administration.h"

// What the routes of accounts, users and keys have in common: who may, and where the directory is.
namespace lifeline::api {

class Api;

// Only an admin changes anything.
Status may_administer(const identity::Principal& principal);
// The account whose things may be looked at: an operator's own, or all ("") for an admin.
Result<std::string> account_to_look_at(const identity::Principal& principal);

// The account whose decisions may be looked at: one's own, or all ("") for an admin.
Result<std::string> account_overseen(const identity::Principal& principal);

// Decides on the directory's loop; `then` runs once that is durable. A refusal is answered here.
void change_directory(Api& api, Asked asked, identity::Administration::Decide decide,
                      std::move_only_function<void(Asked, bool changed)> then);

// Answers with the JSON that `view` makes of the directory.
using DirectoryView = std::move_only_function<Result<std::string>(const identity::Directory&)>;
void answer_from_directory(Api& api, Asked asked, unsigned status, DirectoryView view);

// What a page of a list is asked to be: after which id, and how many.
struct Page {
    std::string after;
    std::size_t limit = 100;
};
Result<Page> read_page(const net::Request& request);

// [...] of those that `keep` wants, in the order of their ids, and `next` where there are more.
template <class Record, class Keep, class Write>
void write_page(contract::JsonWriter& json, const std::map<std::string, Record, std::less<>>& all,
                const Page& page, Keep keep, Write write) {
    json.array();
    std::string_view last;
    std::size_t written = 0;
    auto at = all.upper_bound(page.after);
    for (; at != all.end(); ++at) {
        if (!keep(at->first, at->second)) continue;
        if (written == page.limit) break;
        write(json, at->first, at->second);
        last = at->first;
        ++written;
    }
    json.end();
    if (at != all.end()) json.key("next").value(last);
}

}  // namespace lifeline::api
