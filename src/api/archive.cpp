#include <memory>
#include <utility>
#include <vector>

#include "api/api.h"
#include "api/caller.h"
#include "api/export_stream.h"
#include "api/proofs.h"

namespace lifeline::api {

namespace {

constexpr journal::ReadLimit chunk{.events = 256, .bytes = 1024 * 1024};

// How far the call has come, if the caller may have all of it in a file.
Result<std::uint64_t> head_of(session::Actor& actor, const identity::Principal& principal) {
    using contract::Role;
    const auto role = authorize(actor.state(), principal, Need::read);
    if (!role) return fail(role.error());
    const bool oversees = *role == Role::service || *role == Role::operator_ ||
                          *role == Role::auditor || *role == Role::admin;
    if (!oversees && actor.state().owner_id != principal.user_id)
        return fail(Code::not_allowed, "forbidden",
                    "an archive is for the call's owner, and for services, operators and auditors "
                    "of its account");
    return actor.stream().head();
}

// Finds where the call's events stand, and then sends its archive. Lives on the server's loop.
class Finding : public std::enable_shared_from_this<Finding> {
public:
    Finding(Api& api, Asked asked)
        : api_(api), asked_(std::move(asked)), session_id_(asked_.session_id()) {}

    void start() {
        api_.parts().sessions.look<std::uint64_t>(
            session_id_, asked_.loop(),
            [principal = asked_.principal](session::Actor& actor) {
                return head_of(actor, principal);
            },
            [self = shared_from_this()](Result<std::uint64_t> head) {
                if (!head) return self->asked_.refuse(head.error());
                self->until_ = *head;
                self->find_on();
            });
    }

private:
    void find_on() {
        if (positions_.size() >= until_) return begin();
        api_.parts().journal.read(
            session_id_, positions_.size(), chunk, asked_.loop(),
            [self = shared_from_this()](Result<std::vector<journal::StoredEvent>> found) {
                if (!found) return self->asked_.refuse(found.error());
                for (const auto& event : *found)
                    if (self->positions_.size() < self->until_)
                        self->positions_.push_back(event.position);
                self->find_on();
            });
    }

    void begin() {
        auto made = api_.parts().proofs.archive({.session_id = session_id_,
                                                 .positions = std::move(positions_),
                                                 .now = asked_.loop().clock().wall()});
        send_export(std::move(asked_), std::move(made));
    }

    Api& api_;
    Asked asked_;
    std::string session_id_;
    std::uint64_t until_ = 0;
    std::vector<std::uint64_t> positions_;
};

}  // namespace

void export_archive(Api& api, Asked asked) {
    std::make_shared<Finding>(api, std::move(asked))->start();
}

}  // namespace lifeline::api
