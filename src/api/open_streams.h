#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "api/line_stream.h"
#include "base/result.h"
#include "identity/principal.h"

namespace lifeline::api {

// Who reads an answer that stays open, so that it ends when their rights do, and not only with
// their token. Lives on the server's loop.
class OpenStreams {
public:
    // One reader, from when it is known who they are: they may lose their rights on the way to
    // their first line.
    struct Reader {
        identity::Principal principal;
        std::optional<Error> cut;
        std::weak_ptr<LineStream> lines;
    };
    // Says why somebody has no business here any more.
    using Judge = std::function<std::optional<Error>(const identity::Principal&)>;

    // Kept by who serves the reader; forgotten when nobody does.
    std::shared_ptr<Reader> enter(identity::Principal principal);
    // Ends the answers of those of whom `why` says so. They ask again and are told why.
    void cut(const Judge& why);

    std::size_t size() const { return readers_.size(); }

private:
    void forget_those_gone();

    std::vector<std::weak_ptr<Reader>> readers_;
    std::size_t look_at_ = 64;  // How many there are when those who have gone are looked for.
};

}  // namespace lifeline::api
