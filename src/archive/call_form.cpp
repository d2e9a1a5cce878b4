#include "archive/call_form.h"

#include <fmt/format.h>

namespace lifeline::archive {

std::string CallForm::head(const Head& head) {
    Head of_call = head;
    of_call.session_id = session_id_;
    return render(of_call);
}

Result<std::string> CallForm::record(std::string_view stream, const journal::StoredEvent& stored,
                                     const Record& line) {
    if (stream != session_id_ || line.seq != seq_ + 1)
        return fail(Code::corrupt, "journal_corrupt",
                    fmt::format("the row at position {} does not have the call's next event",
                                line.position));
    seq_ = line.seq;
    derived_.take(stored);
    return render(line);
}

std::vector<std::string> CallForm::tail(std::string_view epoch) {
    return derived_.lines(epoch, seq_);
}

std::string CallForm::end_message(const Digest& digest) const {
    return archive::end_message(digest);
}

}  // namespace lifeline::archive
