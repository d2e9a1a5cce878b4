#include <memory>

#include "api/api.h"
#include "api/body.h"
#include "api/caller.h"
#include "api/document_access.h"
#include "api/routes.h"

namespace lifeline::api {

namespace {

using document::SetShare;

bool is_call(std::string_view with) {
    return contract::stream_kind(with) == contract::StreamKind::call;
}

void set_share(Api& api, Asked asked, SetShare share) {
    document_command(api, std::move(asked), document::Right::own, share,
                     [share](Asked done, const session::Receipt&) {
                         if (share.role == document::ShareRole::none) return done.answer_nothing();
                         contract::JsonWriter json;
                         json.object().key("with").value(share.with);
                         json.key("role").value(document::to_text(share.role)).end();
                         done.answer_json(201, json.take());
                     });
}

}  // namespace

// With a call only by who takes part in it, or may see their account's calls.
void share_document(Api& api, Asked asked) {
    const auto body = read_body(asked, contract::BodyType::share_document);
    if (!body) return asked.refuse(body.error());
    namespace f = contract::body::share_document;
    SetShare share;
    share.with = body->text(f::with);
    share.with_call = is_call(share.with);
    share.role = *document::share_role_from(body->text(f::role));
    if (!share.with_call) return set_share(api, std::move(asked), std::move(share));
    auto keep = std::make_shared<Asked>(std::move(asked));
    api.parts().sessions.look<contract::Role>(
        share.with, keep->loop(),
        [principal = keep->principal](session::Actor& actor) {
            return authorize(actor.state(), principal, Need::read);
        },
        [&api, keep, share](Result<contract::Role> role) {
            if (!role) {
                auto error = role.error();
                error.pointer = "/with";
                return keep->refuse(error);
            }
            set_share(api, std::move(*keep), share);
        });
}

void unshare_document(Api& api, Asked asked) {
    const std::string with = asked.captures.at(1);
    set_share(api, std::move(asked), {with, is_call(with), document::ShareRole::none});
}

}  // namespace lifeline::api
