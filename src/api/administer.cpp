#include "api/administer.h"

#include <memory>

#include "api/api.h"
#include "api/body.h"

namespace lifeline::api {

namespace {
constexpr std::int64_t page_default = 100;
constexpr std::int64_t page_max = 500;
}  // namespace

Status may_administer(const identity::Principal& principal) {
    if (principal.role != contract::Role::admin || principal.call)
        return fail(Code::not_allowed, "forbidden", "only an admin of the instance may");
    return {};
}

Result<std::string> account_to_look_at(const identity::Principal& principal) {
    if (!principal.call && principal.role == contract::Role::admin) return std::string();
    if (!principal.call && principal.role == contract::Role::operator_) return principal.account_id;
    return fail(Code::not_allowed, "forbidden",
                "only an admin, or an operator of the account, may");
}

Result<std::string> account_overseen(const identity::Principal& principal) {
    using contract::Role;
    if (!principal.call && principal.role == Role::admin) return std::string();
    const bool oversees = principal.role == Role::operator_ || principal.role == Role::auditor ||
                          principal.role == Role::service;
    if (!principal.call && oversees) return principal.account_id;
    return fail(Code::not_allowed, "forbidden",
                "this is for operators, auditors and services of the account");
}

void change_directory(Api& api, Asked asked, identity::Administration::Decide decide,
                      std::move_only_function<void(Asked, bool changed)> then) {
    if (const auto may = may_administer(asked.principal); !may) return asked.refuse(may.error());
    Loop& loop = asked.loop();
    api.parts().administration.change(
        std::move(decide), loop,
        [asked = std::move(asked), then = std::move(then)](Result<bool> changed) mutable {
            if (!changed) return asked.refuse(changed.error());
            then(std::move(asked), *changed);
        });
}

void answer_from_directory(Api& api, Asked asked, unsigned status, DirectoryView view) {
    Loop& loop = asked.loop();
    api.parts().administration.look<std::string>(
        std::move(view), loop,
        [asked = std::move(asked), status](Result<std::string> json) mutable {
            if (!json) return asked.refuse(json.error());
            asked.answer_json(status, std::move(*json));
        });
}

Result<Page> read_page(const net::Request& request) {
    const auto limit = number_query(request, "limit", 1, page_max, page_default);
    if (!limit) return fail(limit.error());
    const auto* cursor = request.query("cursor");
    return Page{.after = cursor == nullptr ? std::string() : *cursor,
                .limit = static_cast<std::size_t>(*limit)};
}

}  // namespace lifeline::api
