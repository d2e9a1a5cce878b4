#include "archive/export.h"

#include <utility>

namespace lifeline::archive {

void Export::next(Loop& from, journal::Done<Piece> done) {
    worker_.submit([self = shared_from_this(), &from, done = std::move(done)]() mutable {
        from.post(
            [piece = self->write(), done = std::move(done)]() mutable { done(std::move(piece)); });
    });
}

Result<Export::Piece> Export::write() {
    if (!writer_) {
        auto opened = Writer::open(folder_, std::move(request_));
        if (!opened) return fail(opened.error());
        writer_ = std::move(*opened);
    }
    Piece piece;
    const auto more = writer_->next(piece.lines);
    if (!more) return fail(more.error());
    piece.last = !*more;
    return piece;
}

std::shared_ptr<Export> Exports::begin(Request request) {
    std::erase_if(open_, [](const std::weak_ptr<Export>& one) { return one.expired(); });
    if (open_.size() >= at_once_max_) return nullptr;
    auto made = std::make_shared<Export>(folder_, worker_, std::move(request));
    open_.push_back(made);
    return made;
}

}  // namespace lifeline::archive
