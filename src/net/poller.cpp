#include "net/poller.h"

#include <sys/epoll.h>

#include <array>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <optional>
#include <utility>

#include "base/asio_loop.h"
#include "base/check.h"

namespace lifeline::net {

namespace asio = boost::asio;

namespace {

// At most so many sockets are served before timers and other jobs of the loop get their turn.
constexpr std::size_t events_per_turn = 128;

// Keeps the loop's poller, and waits on its descriptor, for as long as the io_context lives.
class PollerService final : public asio::execution_context::service {
public:
    using key_type = PollerService;
    static inline asio::execution_context::id id;

    explicit PollerService(asio::execution_context& context)
        : service(context), descriptor_(static_cast<asio::io_context&>(context)) {}

    Poller& poller(AsioLoop& loop) {
        if (!poller_) {
            poller_.emplace(loop);
            descriptor_.assign(poller_->descriptor());
            wait();
        }
        return *poller_;
    }

private:
    using Descriptor = asio::posix::basic_stream_descriptor<asio::io_context::executor_type>;

    void wait() {
        descriptor_.async_wait(Descriptor::wait_read, [this](boost::system::error_code error) {
            if (error) return;
            poller_->dispatch();
            wait();
        });
    }
    void shutdown() override {
        if (poller_) descriptor_.release();  // It is the poller's to close.
    }

    Descriptor descriptor_;
    std::optional<Poller> poller_;
};

}  // namespace

Poller& Poller::of(AsioLoop& loop) {
    return asio::use_service<PollerService>(loop.context()).poller(loop);
}

Poller::Poller(AsioLoop& loop) : loop_(loop), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    CHECK(epoll_.is_open());
}

Poller::Id Poller::add(int fd, Watch* watch) {
    if (free_slots_.empty()) {
        free_slots_.push_back(static_cast<std::uint32_t>(slots_.size()));
        slots_.emplace_back();
    }
    const std::uint32_t index = free_slots_.back();
    free_slots_.pop_back();
    Slot& slot = slots_[index];
    slot.watch = watch;
    const Id id = Id{slot.use} << 32 | index;

    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.u64 = id;
    CHECK(epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0);
    return id;
}

void Poller::remove(int fd, Id id) {
    CHECK(find(id) != nullptr);
    const auto index = static_cast<std::uint32_t>(id);
    epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
    slots_[index].watch = nullptr;
    ++slots_[index].use;
    free_slots_.push_back(index);
}

Poller::Watch* Poller::find(Id id) const {
    const Slot& slot = slots_[static_cast<std::uint32_t>(id)];
    return slot.use == id >> 32 ? slot.watch : nullptr;
}

void Poller::remind(Id id) {
    if (reminders_.empty()) loop_.post([this] { run_reminders(); });
    reminders_.push_back(id);
}

void Poller::run_reminders() {
    for (const Id id : std::exchange(reminders_, {})) {
        if (Watch* watch = find(id)) watch->ready(0);
    }
}

std::size_t Poller::dispatch() {
    std::array<epoll_event, events_per_turn> events;
    const int count = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 0);
    for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        if (Watch* watch = find(event.data.u64)) watch->ready(event.events);
    }
    return count > 0 ? static_cast<std::size_t>(count) : 0;
}

}  // namespace lifeline::net
