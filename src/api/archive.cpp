#include <memory>
#include <utility>
#include <vector>

#include "api/api.h"
#include "api/caller.h"
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

// Finds where the call's events stand, and then sends its archive as fast as the reader takes it.
// No line of anything else may come between, so it is no feed. Lives on the server's loop, until
// the reader has it all or is gone.
class Sending : public std::enable_shared_from_this<Sending> {
public:
    Sending(Api& api, Asked asked)
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
    using Piece = archive::Export::Piece;
    using Flow = net::ResponseStream::Flow;

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

    // What is wrong with the first piece is still an answer of its own.
    void begin() {
        export_ = api_.parts().proofs.archive({.session_id = session_id_,
                                               .positions = std::move(positions_),
                                               .now = asked_.loop().clock().wall()});
        if (!export_)
            return asked_.refuse(
                {Code::overloaded, "overloaded", "as many archives are being written as may", {}});
        export_->next(asked_.loop(), [self = shared_from_this()](Result<Piece> piece) {
            if (!piece) return self->asked_.refuse(piece.error());
            self->stream_ = self->asked_.stream("application/x-ndjson");
            if (!self->stream_) return;
            self->stream_->on_drained([self] {
                if (std::exchange(self->waiting_, false)) self->go_on();
            });
            self->stream_->on_closed([self] { self->over(); });
            if (self->asked_.request().method == "HEAD") return self->end();
            self->send(*piece);
        });
    }
    void go_on() {
        export_->next(asked_.loop(), [self = shared_from_this()](const Result<Piece>& piece) {
            if (!self->stream_) return;       // The reader has gone.
            if (!piece) return self->over();  // Broken off: it has no end, and says so.
            self->send(*piece);
        });
    }
    void send(const Piece& piece) {
        const Flow flow = stream_->write(piece.lines);
        if (piece.last) return end();
        waiting_ = flow == Flow::wait;
        if (!waiting_) go_on();
    }
    void end() {
        stream_->end();
        over();
    }
    // The stream's callbacks keep this alive, so it goes with the stream, and not from inside one.
    void over() {
        asked_.loop().post([self = shared_from_this()] { self->stream_.reset(); });
    }

    Api& api_;
    Asked asked_;
    std::string session_id_;
    std::uint64_t until_ = 0;
    std::vector<std::uint64_t> positions_;
    std::shared_ptr<archive::Export> export_;
    std::unique_ptr<net::ResponseStream> stream_;
    bool waiting_ = false;
};

}  // namespace

void export_archive(Api& api, Asked asked) {
    std::make_shared<Sending>(api, std::move(asked))->start();
}

}  // namespace lifeline::api
