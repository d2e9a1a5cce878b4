#include "app/certificate.h"

#include <utility>

#include "base/log.h"

namespace lifeline::app {

Result<SharedTls> load_certificate(const TlsFiles& files) {
    if (!files.given()) return SharedTls();
    auto context = net::TlsContext::for_server(files.certificate, files.key);
    if (!context) return fail(context.error());
    return std::make_shared<const net::TlsContext>(std::move(*context));
}

CertificateWatch::Seen CertificateWatch::look(const TlsFiles& files) {
    Seen seen{};
    std::error_code ignored;  // A file that is not there has no time, and then has one.
    seen[0] = std::filesystem::last_write_time(files.certificate, ignored);
    seen[1] = std::filesystem::last_write_time(files.key, ignored);
    return seen;
}

void CertificateWatch::watch(const TlsFiles& files) {
    files_ = files;
    if (!files_.given() || stopped_) return;
    seen_ = look(files_);
    if (timer_ == 0) wait();
}

void CertificateWatch::stop() {
    stopped_ = true;
    if (timer_ != 0) loop_.cancel_timer(std::exchange(timer_, 0));
}

void CertificateWatch::wait() {
    timer_ = loop_.start_timer(interval, [this] {
        worker_.submit([this, files = files_, before = seen_] {
            const Seen now = look(files);
            std::optional<Result<SharedTls>> loaded;
            if (now != before) loaded = load_certificate(files);
            loop_.post([this, now, loaded = std::move(loaded)]() mutable {
                looked(now, std::move(loaded));
            });
        });
    });
}

void CertificateWatch::looked(Seen seen, std::optional<Result<SharedTls>> loaded) {
    timer_ = 0;
    if (stopped_) return;
    if (loaded) {
        seen_ = seen;
        if (*loaded) {
            log::info("certificate renewed file={}", files_.certificate);
            on_changed_(**loaded);
        } else {
            log::warn("certificate not renewed, the one before is kept: {}",
                      loaded->error().detail);
        }
    }
    wait();
}

}  // namespace lifeline::app
