#include "api/export_stream.h"

#include <utility>

namespace lifeline::api {

namespace {

// Lives on the server's loop, until the reader has it all or is gone.
class Sending : public std::enable_shared_from_this<Sending> {
public:
    Sending(Asked asked, std::shared_ptr<archive::Export> made)
        : asked_(std::move(asked)), export_(std::move(made)) {}

    void start() {
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

private:
    using Piece = archive::Export::Piece;
    using Flow = net::ResponseStream::Flow;

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

    Asked asked_;
    std::shared_ptr<archive::Export> export_;
    std::unique_ptr<net::ResponseStream> stream_;
    bool waiting_ = false;
};

}  // namespace

void send_export(Asked asked, std::shared_ptr<archive::Export> made) {
    if (!made)
        return asked.refuse(
            {Code::overloaded, "overloaded", "as many archives are being written as may", {}});
    std::make_shared<Sending>(std::move(asked), std::move(made))->start();
}

}  // namespace lifeline::api
