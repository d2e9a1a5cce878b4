#include "api/caller.h"

#include "api/api.h"
#include "gateway/gateway.h"

namespace lifeline::api {

call::Caller caller_of(const identity::Principal& principal) {
    return {principal.user_id, principal.account_id, principal.role, principal.call.has_value()};
}

Result<contract::Role> authorize(const call::State& state, const identity::Principal& principal,
                                 Need need) {
    const auto role = call::role_in(state, caller_of(principal));
    if (!role) return fail(Code::not_found, "session_not_found", "no such call");
    if (need == Need::write && !call::may_write(*role))
        return fail(Code::not_allowed, "forbidden", "this role may only read");
    return *role;
}

void answer_from_call(Api& api, Asked asked, unsigned status,
                      std::function<std::string(session::Actor&)> view) {
    const std::string id = asked.session_id();
    auto principal = asked.principal;
    Loop& loop = asked.loop();
    api.parts().sessions.look<std::string>(
        id, loop,
        [principal = std::move(principal),
         view = std::move(view)](session::Actor& actor) -> Result<std::string> {
            const auto role = authorize(actor.state(), principal, Need::read);
            if (!role) return fail(role.error());
            return view(actor);
        },
        [asked = std::move(asked), status](Result<std::string> json) mutable {
            if (!json) return asked.refuse(json.error());
            asked.answer_json(status, std::move(*json));
        });
}

void command(Api& api, Asked asked, call::Request request,
             std::move_only_function<void(Asked, session::Receipt)> then) {
    const std::string id = asked.session_id();
    auto principal = asked.principal;
    Loop& loop = asked.loop();
    session::Sessions& sessions = api.parts().sessions;
    session::Shard& shard = sessions.home(id);
    // What a user sends counts the same by whatever door it comes.
    std::shared_ptr<SharedBucket> publishes;
    if (std::holds_alternative<call::Publish>(request)) {
        auto bucket = api.parts().gateway.rates().publishing(principal, id, loop.clock().steady());
        if (!bucket) return asked.refuse(bucket.error());
        publishes = std::move(*bucket);
    }
    auto answered =
        session::on_loop<session::Receipt>(loop, [asked = std::move(asked), then = std::move(then)](
                                                     Result<session::Receipt> receipt) mutable {
            if (!receipt) return asked.refuse(receipt.error());
            then(std::move(asked), std::move(*receipt));
        });
    shard.loop().post([&shard, publishes = std::move(publishes), id,
                       principal = std::move(principal), request = std::move(request),
                       answered = std::move(answered)]() mutable {
        shard.with(id, session::Shard::Missing::refuse,
                   [&shard, publishes = std::move(publishes), principal = std::move(principal),
                    request = std::move(request),
                    answered = std::move(answered)](Result<session::Actor*> actor) mutable {
                       if (!actor) return answered(fail(actor.error()));
                       const auto role = authorize((*actor)->state(), principal, Need::write);
                       if (!role) return answered(fail(role.error()));
                       if (publishes)
                           if (const auto may =
                                   gateway::may_publish(*publishes, shard.loop().clock().steady());
                               !may)
                               return answered(fail(may.error()));
                       (*actor)->submit({std::move(request),
                                         {std::string(contract::to_text(*role)), principal.user_id},
                                         *role,
                                         call::by_account(caller_of(principal))},
                                        std::move(answered));
                   });
    });
}

}  // namespace lifeline::api
