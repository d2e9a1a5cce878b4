#include "api/administer.h"
#include "api/api.h"
#include "api/body.h"
#include "api/routes.h"
#include "base/id.h"

namespace lifeline::api {

namespace {

using contract::BodyType;
using identity::Directory;

std::unexpected<Error> no_such_user() {
    return fail(Code::not_found, "user_not_found", "there is no such user");
}

void answer_user(Api& api, Asked asked, unsigned status, std::string id, std::string only = {}) {
    answer_from_directory(
        api, std::move(asked), status,
        [id = std::move(id), only = std::move(only)](const Directory& on) -> Result<std::string> {
            const std::string* const account_id = on.account_of(id);
            if (account_id == nullptr || (!only.empty() && only != *account_id))
                return no_such_user();
            contract::JsonWriter json;
            json.object().key("userId").value(id).key("accountId").value(*account_id).end();
            return json.take();
        });
}

}  // namespace

void get_user(Api& api, Asked asked) {
    auto only = account_to_look_at(asked.principal);
    if (!only) return asked.refuse(only.error());
    std::string id = asked.captures.front();
    answer_user(api, std::move(asked), 200, std::move(id), std::move(*only));
}

// Before anybody has seen them, for issuers whose users must exist.
void create_user(Api& api, Asked asked) {
    const auto body = read_body(asked, BodyType::create_user);
    if (!body) return asked.refuse(body.error());
    namespace f = contract::body::create_user;
    const std::string id = body->has(f::user_id)
                               ? std::string(body->text(f::user_id))
                               : new_id("usr_", api.parts().clock.wall(), api.parts().random);
    const std::string by = asked.principal.user_id;
    change_directory(
        api, std::move(asked),
        [id, by, account = std::string(body->text(f::account_id)),
         issuer = std::string(body->text(f::issuer)),
         subject = std::string(body->text(f::subject))](const identity::Deciding& on) {
            return identity::create_user(on, {.issuer = issuer,
                                              .subject = subject,
                                              .user_id = id,
                                              .account_id = account,
                                              .by = by});
        },
        [&api, id](Asked done, bool changed) {
            answer_user(api, std::move(done), changed ? 201 : 200, id);
        });
}

void link_identity(Api& api, Asked asked) {
    const auto body = read_body(asked, BodyType::link_identity);
    if (!body) return asked.refuse(body.error());
    namespace f = contract::body::link_identity;
    const std::string id = asked.captures.front();
    const std::string by = asked.principal.user_id;
    change_directory(
        api, std::move(asked),
        [id, by, issuer = std::string(body->text(f::issuer)),
         subject = std::string(body->text(f::subject))](const identity::Deciding& on) {
            return identity::link_identity(
                on, {.issuer = issuer, .subject = subject, .user_id = id, .by = by});
        },
        [&api, id](Asked done, bool) { answer_user(api, std::move(done), 200, id); });
}

// In the query, because a DELETE has no body that every proxy would let through.
void unlink_identity(Api& api, Asked asked) {
    const auto* issuer = asked.request().query("issuer");
    const auto* subject = asked.request().query("subject");
    if (issuer == nullptr || subject == nullptr)
        return asked.refuse({Code::malformed, "query_invalid", "an issuer and a subject are needed",
                             issuer == nullptr ? "/issuer" : "/subject"});
    const std::string id = asked.captures.front();
    const std::string by = asked.principal.user_id;
    change_directory(
        api, std::move(asked),
        [id, by, issuer = *issuer,
         subject = *subject](const identity::Deciding& on) -> Result<identity::DirectoryChanges> {
            const auto user = on.directory.user(issuer, subject);
            if (!user || user->user_id != id) return no_such_user();
            return identity::unlink_identity(on, issuer, subject, by);
        },
        [](Asked done, bool) { done.answer_nothing(); });
}

}  // namespace lifeline::api
