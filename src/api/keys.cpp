#include <memory>
#include <optional>

#include "api/administer.h"
#include "api/api.h"
#include "api/body.h"
#include "api/routes.h"

namespace lifeline::api {

namespace {

using contract::BodyType;
using identity::Directory;
using identity::KeyRecord;

void write_fields(contract::JsonWriter& json, const KeyRecord& key) {
    json.key("keyId").value(key.key_id);
    json.key("accountId").value(key.account_id);
    json.key("role").value(contract::to_text(key.role));
    if (!key.name.empty()) json.key("name").value(key.name);
    if (key.expires_at) json.key("expiresAt").value(format_rfc3339(*key.expires_at));
}

void write_key(contract::JsonWriter& json, const Directory& on, const KeyRecord& key,
               WallTime now) {
    json.object();
    write_fields(json, key);
    json.key("state").value(on.state_of(key, now));
    json.end();
}

std::unexpected<Error> no_such_key() {
    return fail(Code::not_found, "key_not_found", "there is no such API key");
}

}  // namespace

void list_keys(Api& api, Asked asked) {
    auto only = account_to_look_at(asked.principal);
    if (!only) return asked.refuse(only.error());
    const auto page = read_page(asked.request());
    if (!page) return asked.refuse(page.error());
    const auto* of = asked.request().query("accountId");
    if (of != nullptr && !only->empty() && *only != *of)
        return asked.refuse({Code::not_found, "account_not_found", "there is no such account"});
    if (of != nullptr) *only = *of;
    answer_from_directory(
        api, std::move(asked), 200,
        [&api, only = *only, page = *page](const Directory& on) -> Result<std::string> {
            const WallTime now = api.parts().clock.wall();
            contract::JsonWriter json;
            json.object().key("keys");
            write_page(
                json, on.keys(), page,
                [&](std::string_view, const KeyRecord& key) {
                    return only.empty() || only == key.account_id;
                },
                [&](contract::JsonWriter& out, std::string_view, const KeyRecord& key) {
                    write_key(out, on, key, now);
                });
            json.end();
            return json.take();
        });
}

void get_key(Api& api, Asked asked) {
    const auto only = account_to_look_at(asked.principal);
    if (!only) return asked.refuse(only.error());
    std::string id = asked.captures.front();
    answer_from_directory(
        api, std::move(asked), 200,
        [&api, only = *only, id = std::move(id)](const Directory& on) -> Result<std::string> {
            const KeyRecord* const key = on.key(id);
            if (key == nullptr || (!only.empty() && only != key->account_id)) return no_such_key();
            contract::JsonWriter json;
            write_key(json, on, *key, api.parts().clock.wall());
            return json.take();
        });
}

// The only answer that ever holds the key itself: what is kept is a digest of it. So it cannot be
// repeated either; a key whose answer got lost is revoked, and another made.
void create_key(Api& api, Asked asked) {
    const auto body = read_body(asked, BodyType::create_key);
    if (!body) return asked.refuse(body.error());
    namespace f = contract::body::create_key;
    KeyRecord wanted;
    wanted.account_id = body->text(f::account_id);
    wanted.name = body->text(f::name);
    wanted.role =
        body->has(f::role) ? *contract::role_from(body->text(f::role)) : contract::Role::service;
    if (body->has(f::expires_at)) {
        wanted.expires_at = parse_rfc3339(body->text(f::expires_at));
        if (!wanted.expires_at)
            return asked.refuse({Code::malformed, "bad_format", "no such day", "/expiresAt"});
    }
    auto made = std::make_shared<std::optional<identity::ApiKey>>();
    std::string by = asked.principal.user_id;
    change_directory(
        api, std::move(asked),
        [wanted, made,
         by = std::move(by)](const identity::Deciding& on) -> Result<identity::DirectoryChanges> {
            auto key = identity::create_key(on, {.account_id = wanted.account_id,
                                                 .role = wanted.role,
                                                 .name = wanted.name,
                                                 .expires_at = wanted.expires_at,
                                                 .by = by});
            if (!key) return fail(key.error());
            made->emplace(std::move(key->key));
            return std::move(key->changes);
        },
        [wanted, made](Asked done, bool) mutable {
            wanted.key_id = (*made)->key_id;
            contract::JsonWriter json;
            json.object();
            write_fields(json, wanted);
            json.key("key").value((*made)->text.reveal());
            json.end();
            done.answer_json(201, json.take());
        });
}

void revoke_key(Api& api, Asked asked) {
    std::string id = asked.captures.front();
    std::string by = asked.principal.user_id;
    change_directory(
        api, std::move(asked),
        [id = std::move(id), by = std::move(by)](const identity::Deciding& on) {
            return identity::revoke_key(on, id, by);
        },
        [](Asked done, bool) { done.answer_nothing(); });
}

}  // namespace lifeline::api
