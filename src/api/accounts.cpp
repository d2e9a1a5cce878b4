#include "api/administer.h"
#include "api/api.h"
#include "api/body.h"
#include "api/routes.h"

namespace lifeline::api {

namespace {

using contract::BodyType;
using identity::AccountRecord;
using identity::AccountState;
using identity::Directory;

void write_account(contract::JsonWriter& json, std::string_view id, const AccountRecord& account) {
    json.object();
    json.key("accountId").value(id);
    json.key("name").value(account.name);
    json.key("state").value(account.disabled ? "disabled" : "enabled");
    json.end();
}

// Only of an account that `only` allows to be seen: for everybody else there is none.
void answer_account(Api& api, Asked asked, unsigned status, std::string id, std::string only = {}) {
    answer_from_directory(
        api, std::move(asked), status,
        [id = std::move(id), only = std::move(only)](const Directory& on) -> Result<std::string> {
            const AccountRecord* const account = on.account(id);
            if (account == nullptr || (!only.empty() && only != id))
                return fail(Code::not_found, "account_not_found", "there is no such account");
            contract::JsonWriter json;
            write_account(json, id, *account);
            return json.take();
        });
}

}  // namespace

void list_accounts(Api& api, Asked asked) {
    const auto only = account_to_look_at(asked.principal);
    if (!only) return asked.refuse(only.error());
    const auto page = read_page(asked.request());
    if (!page) return asked.refuse(page.error());
    answer_from_directory(
        api, std::move(asked), 200,
        [only = *only, page = *page](const Directory& on) -> Result<std::string> {
            contract::JsonWriter json;
            json.object().key("accounts");
            write_page(
                json, on.accounts(), page,
                [&](std::string_view id, const auto&) { return only.empty() || only == id; },
                &write_account);
            json.end();
            return json.take();
        });
}

void get_account(Api& api, Asked asked) {
    auto only = account_to_look_at(asked.principal);
    if (!only) return asked.refuse(only.error());
    std::string id = asked.captures.front();
    answer_account(api, std::move(asked), 200, std::move(id), std::move(*only));
}

void create_account(Api& api, Asked asked) {
    const auto body = read_body(asked, BodyType::create_account);
    if (!body) return asked.refuse(body.error());
    namespace f = contract::body::create_account;
    std::string id(body->text(f::account_id));
    std::string name(body->has(f::name) ? body->text(f::name) : id);
    change_directory(
        api, std::move(asked),
        [id, name = std::move(name)](const identity::Deciding& on) {
            return identity::create_account(on, id, name);
        },
        [&api, id](Asked done, bool changed) {
            answer_account(api, std::move(done), changed ? 201 : 200, id);
        });
}

void change_account_state(Api& api, Asked asked) {
    const auto body = read_body(asked, BodyType::change_account_state);
    if (!body) return asked.refuse(body.error());
    const bool disable =
        body->text(contract::body::change_account_state::state) == std::string_view("disabled");
    const std::string id = asked.captures.front();
    std::string by = asked.principal.user_id;
    change_directory(
        api, std::move(asked),
        [id, disable, by = std::move(by)](const identity::Deciding& on) {
            return identity::set_account_state(
                on, id, disable ? AccountState::disabled : AccountState::enabled, by);
        },
        [&api, id](Asked done, bool) { answer_account(api, std::move(done), 200, id); });
}

}  // namespace lifeline::api
