#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "app/config.h"
#include "base/loop.h"
#include "net/tls_context.h"

namespace lifeline::app {

using SharedTls = std::shared_ptr<const net::TlsContext>;

// The pair that they are, or null where none are given. Reads them.
Result<SharedTls> load_certificate(const TlsFiles& files);

// Looks now and then whether the files of the certificate have changed, as they do when it is
// renewed, and hands the new pair on. A pair that is not right, say half of a new one, is told once
// in the log and looked at again when it changes again. Lives on `loop`; looks on `worker`, which
// must be finished before this goes.
class CertificateWatch {
public:
    static constexpr Millis interval = std::chrono::minutes(1);

    CertificateWatch(Loop& loop, Worker& worker, std::function<void(SharedTls)> on_changed)
        : loop_(loop), worker_(worker), on_changed_(std::move(on_changed)) {}

    // These from now on, as they are now.
    void watch(const TlsFiles& files);
    void stop();

private:
    using Seen = std::array<std::filesystem::file_time_type, 2>;
    static Seen look(const TlsFiles& files);
    void wait();
    void looked(Seen seen, std::optional<Result<SharedTls>> loaded);

    Loop& loop_;
    Worker& worker_;
    std::function<void(SharedTls)> on_changed_;
    TlsFiles files_;
    Seen seen_{};
    Loop::TimerId timer_ = 0;  // 0 when it does not wait.
    bool stopped_ = false;
};

}  // namespace lifeline::app
