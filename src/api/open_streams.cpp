#include "api/open_streams.h"

#include <algorithm>
#include <utility>

namespace lifeline::api {

std::shared_ptr<OpenStreams::Reader> OpenStreams::enter(identity::Principal principal) {
    auto reader = std::make_shared<Reader>();
    reader->principal = std::move(principal);
    if (readers_.size() >= look_at_) forget_those_gone();
    readers_.push_back(reader);
    return reader;
}

void OpenStreams::cut(const Judge& why) {
    forget_those_gone();
    // By index and held: whatever ends may begin something new.
    for (std::size_t i = 0; i < readers_.size(); ++i) {
        const auto reader = readers_[i].lock();
        if (!reader) continue;
        if (auto error = why(reader->principal)) {
            reader->cut = std::move(error);
            if (const auto lines = reader->lines.lock()) lines->end();
        }
    }
}

// At twice as many as there were the last time: each one who comes pays for a look at one or two.
void OpenStreams::forget_those_gone() {
    std::erase_if(readers_, [](const auto& reader) { return reader.expired(); });
    look_at_ = std::max<std::size_t>(64, 2 * readers_.size());
}

}  // namespace lifeline::api
