#include "api/document_access.h"

#include <memory>
#include <utility>
#include <vector>

#include "api/api.h"
#include "api/caller.h"
#include "gateway/gateway.h"

namespace lifeline::api {

namespace {

using document::Caller;
using document::Right;

// What the document says about who asks, before any call is looked at.
struct Shares {
    Right right = Right::none;
    std::vector<std::string> calls;
};

// Asks the calls that the document is shared with, one after the other, until one of them is
// enough. Lives on the server's loop.
class Search : public std::enable_shared_from_this<Search> {
public:
    using Then = std::move_only_function<void(Asked, Caller)>;
    Search(Api& api, Asked asked, Right needed, Then then)
        : api_(api), asked_(std::move(asked)), needed_(needed), then_(std::move(then)) {}

    void start() {
        api_.parts().documents.look<Shares>(
            asked_.captures.front(), asked_.loop(),
            [caller = document_caller_of(asked_.principal),
             bound = asked_.principal.call](session::DocumentActor& actor) -> Result<Shares> {
                Shares shares{document::right_of(actor.state(), caller), {}};
                for (const auto& share : actor.state().shares)
                    if (share.with_call && share.role != document::ShareRole::none &&
                        (!bound || bound->session_id == share.with))
                        shares.calls.push_back(share.with);
                return shares;
            },
            [self = shared_from_this()](Result<Shares> shares) {
                if (!shares) return self->asked_.refuse(shares.error());
                self->best_ = shares->right;
                self->calls_ = std::move(shares->calls);
                if (self->best_ >= self->needed_)
                    return self->found(document_caller_of(self->asked_.principal));
                self->next();
            });
    }

private:
    void next() {
        if (calls_.empty())
            return asked_.refuse(
                best_ == Right::none
                    ? Error{Code::not_found, "document_not_found", "no such document"}
                    : Error{Code::not_allowed, "forbidden",
                            "this needs more than you may do here"});
        const std::string call = calls_.back();
        calls_.pop_back();
        api_.parts().sessions.look<contract::Role>(
            call, asked_.loop(),
            [principal = asked_.principal](session::Actor& actor) {
                return authorize(actor.state(), principal, Need::read);
            },
            [self = shared_from_this(), call](Result<contract::Role> role) {
                if (!role) return self->next();
                Caller caller = document_caller_of(self->asked_.principal);
                caller.session_id = call;
                caller.role_in_call = *role;
                self->weigh(std::move(caller));
            });
    }
    void weigh(Caller caller) {
        api_.parts().documents.look<Right>(
            asked_.captures.front(), asked_.loop(),
            [caller](session::DocumentActor& actor) -> Result<Right> {
                return document::right_of(actor.state(), caller);
            },
            [self = shared_from_this(), caller](Result<Right> right) {
                if (!right) return self->asked_.refuse(right.error());
                self->best_ = std::max(self->best_, *right);
                if (*right >= self->needed_) return self->found(caller);
                self->next();
            });
    }
    void found(Caller caller) { then_(std::move(asked_), std::move(caller)); }

    Api& api_;
    Asked asked_;
    Right needed_;
    Then then_;
    Right best_ = Right::none;
    std::vector<std::string> calls_;
};

// What the event calls its payload is the body here.
Error in_body(Error error) {
    constexpr std::string_view payload = "/payload";
    if (error.pointer.starts_with(payload)) error.pointer.erase(0, payload.size());
    return error;
}

}  // namespace

Caller document_caller_of(const identity::Principal& principal) {
    return {.user_id = principal.user_id,
            .account_id = principal.account_id,
            .role = principal.role,
            .session_id = {},
            .role_in_call = contract::Role::viewer,
            .bound = principal.call.has_value()};
}

void find_document_caller(Api& api, Asked asked, Right needed,
                          std::move_only_function<void(Asked, Caller)> then) {
    std::make_shared<Search>(api, std::move(asked), needed, std::move(then))->start();
}

void document_command(Api& api, Asked asked, Right needed, document::Request request,
                      std::move_only_function<void(Asked, session::Receipt)> then) {
    find_document_caller(
        api, std::move(asked), needed,
        [&api, request = std::move(request), then = std::move(then)](Asked found,
                                                                     Caller caller) mutable {
            const std::string id = found.captures.front();
            auto& documents = api.parts().documents;
            auto& shard = documents.home(id);
            const contract::Role role =
                caller.session_id.empty() ? caller.role : caller.role_in_call;
            const contract::Actor actor{std::string(contract::to_text(role)), caller.user_id};
            const auto principal = found.principal;
            Loop& loop = found.loop();
            std::shared_ptr<SharedBucket> publishes;
            if (std::holds_alternative<document::Publish>(request)) {
                auto bucket =
                    api.parts().gateway.rates().publishing(principal, id, loop.clock().steady());
                if (!bucket) return found.refuse(bucket.error());
                publishes = std::move(*bucket);
            }
            auto answered = session::on_loop<session::Receipt>(
                loop, [found = std::move(found),
                       then = std::move(then)](Result<session::Receipt> receipt) mutable {
                    if (!receipt) return found.refuse(in_body(receipt.error()));
                    then(std::move(found), std::move(*receipt));
                });
            shard.loop().post([&shard, publishes = std::move(publishes), id, actor,
                               caller = std::move(caller), request = std::move(request),
                               answered = std::move(answered)]() mutable {
                if (publishes)
                    if (const auto may =
                            gateway::may_publish(*publishes, shard.loop().clock().steady());
                        !may)
                        return answered(fail(may.error()));
                shard.submit(id, {std::move(request), actor, std::move(caller)},
                             std::move(answered));
            });
        });
}

std::string document_json(session::DocumentActor& actor, const Caller& caller,
                          const std::string& epoch) {
    const document::State& state = actor.state();
    const bool owns = document::right_of(state, caller) == Right::own;
    contract::JsonWriter json;
    json.object();
    json.key("documentId").value(state.id);
    json.key("kind").value(state.kind);
    json.key("title").value(state.title);
    json.key("ownerId").value(state.owner_id);
    json.key("accountId").value(state.account_id);
    json.key("rev").value(state.rev);
    json.key("seq").value(actor.stream().head());
    json.key("epoch").value(epoch);
    json.key("content");
    state.content.write(json);
    json.key("shares").array();
    for (const auto& share : state.shares) {
        const bool theirs = share.with == caller.user_id || share.with == caller.session_id;
        if (share.role == document::ShareRole::none || !(owns || theirs)) continue;
        json.object().key("with").value(share.with);
        json.key("role").value(document::to_text(share.role)).end();
    }
    json.end();
    json.end();
    return json.take();
}

}  // namespace lifeline::api
