// The floor of the benches: what a server must do at the very least. It reads messages of four
// bytes of length and some text, and sends as many bytes as asked for, with one write a connection
// and turn, to everybody of the group. No WebSocket, no JSON, no rights. With --log it first
// appends what it read to a file and waits for the disk, once a turn.
//
//   floor_server --reply-bytes N [--log FILE]
#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace {

struct Peer;
using Group = std::vector<Peer*>;

struct Peer {
    int descriptor;
    Group* group = nullptr;  // Named by its first message.
    std::string in;
    std::string out;
    bool dirty = false;
    bool waits_writable = false;
};

void must(bool fine, const char* what) {
    if (fine) return;
    fmt::print(stderr, "floor_server: {}: {}\n", what, std::strerror(errno));
    std::exit(1);
}

class FloorServer {
public:
    FloorServer(std::size_t reply_bytes, const char* log) : reply_bytes_(reply_bytes) {
        if (log != nullptr) {
            log_ = ::open(log, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
            must(log_ >= 0, log);
        }
        listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto* const any = reinterpret_cast<sockaddr*>(&address);
        must(::bind(listener_, any, sizeof address) == 0, "bind");
        must(::listen(listener_, 4096) == 0, "listen");
        socklen_t size = sizeof address;
        must(::getsockname(listener_, any, &size) == 0, "getsockname");
        watch(listener_, nullptr, EPOLLIN, EPOLL_CTL_ADD);
        fmt::print("ready http://127.0.0.1:{}\n", ntohs(address.sin_port));
        std::fflush(stdout);
    }

    void run() {
        for (;;) turn();
    }

private:
    void turn() {
        const int ready = ::epoll_wait(epoll_, ready_.data(), static_cast<int>(ready_.size()), -1);
        for (int i = 0; i < ready; ++i) {
            const epoll_event& event = ready_[static_cast<std::size_t>(i)];
            auto* const peer = static_cast<Peer*>(event.data.ptr);
            if (peer == nullptr) {
                accept_all();
                continue;
            }
            if ((event.events & EPOLLOUT) != 0) mark(*peer);
            if ((event.events & EPOLLIN) != 0) read(*peer);
        }
        if (!unsynced_.empty()) {
            must(::write(log_, unsynced_.data(), unsynced_.size()) ==
                     static_cast<ssize_t>(unsynced_.size()),
                 "write");
            must(::fdatasync(log_) == 0, "fdatasync");
            unsynced_.clear();
        }
        for (Peer* peer : dirty_) flush(*peer);
        dirty_.clear();
    }

    void accept_all() {
        for (;;) {
            const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
            if (descriptor < 0) return;
            const int on = 1;
            ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            peers_.push_back(
                std::make_unique<Peer>(Peer{.descriptor = descriptor, .in = {}, .out = {}}));
            watch(descriptor, peers_.back().get(), EPOLLIN, EPOLL_CTL_ADD);
        }
    }

    void read(Peer& peer) {
        const auto bytes = ::recv(peer.descriptor, buffer_.data(), buffer_.size(), 0);
        if (bytes < 0 && errno == EAGAIN) return;
        if (bytes <= 0) std::exit(0);  // One load is one life.
        const std::string_view came(buffer_.data(), static_cast<std::size_t>(bytes));
        if (peer.in.empty()) {
            peer.in = take(peer, came);
        } else {
            peer.in += came;
            peer.in.erase(0, peer.in.size() - take(peer, peer.in).size());
        }
    }

    std::string_view take(Peer& peer, std::string_view bytes) {
        std::uint32_t size = 0;
        while (bytes.size() >= sizeof size) {
            std::memcpy(&size, bytes.data(), sizeof size);
            if (bytes.size() - sizeof size < size) break;
            message(peer, bytes.substr(sizeof size, size));
            bytes.remove_prefix(sizeof size + size);
        }
        return bytes;
    }

    void message(Peer& peer, std::string_view text) {
        if (peer.group == nullptr) {
            peer.group = &groups_[std::string(text)];
            peer.group->push_back(&peer);
            return;
        }
        if (log_ >= 0) unsynced_ += text;
        reply_.assign(sizeof(std::uint32_t), '\0');
        const auto size = static_cast<std::uint32_t>(reply_bytes_);
        std::memcpy(reply_.data(), &size, sizeof size);
        reply_ += text.substr(0, reply_bytes_);
        reply_.resize(sizeof size + reply_bytes_, ' ');
        for (Peer* member : *peer.group) {
            member->out += reply_;
            mark(*member);
        }
    }

    void mark(Peer& peer) {
        if (!std::exchange(peer.dirty, true)) dirty_.push_back(&peer);
    }

    void flush(Peer& peer) {
        peer.dirty = false;
        const auto sent = ::send(peer.descriptor, peer.out.data(), peer.out.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN) std::exit(0);
        if (sent > 0) peer.out.erase(0, static_cast<std::size_t>(sent));
        const bool waits = !peer.out.empty();
        if (std::exchange(peer.waits_writable, waits) == waits) return;
        watch(peer.descriptor, &peer, waits ? EPOLLIN | EPOLLOUT : EPOLLIN, EPOLL_CTL_MOD);
    }

    void watch(int descriptor, Peer* peer, std::uint32_t events, int operation) {
        epoll_event event{.events = events, .data = {.ptr = peer}};
        must(::epoll_ctl(epoll_, operation, descriptor, &event) == 0, "epoll_ctl");
    }

    std::size_t reply_bytes_;
    int log_ = -1;
    int listener_ = -1;
    int epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
    std::vector<std::unique_ptr<Peer>> peers_;
    std::unordered_map<std::string, Group> groups_;
    std::vector<Peer*> dirty_;
    std::string unsynced_;
    std::string reply_;
    std::vector<char> buffer_ = std::vector<char>(64 * 1024);
    std::array<epoll_event, 512> ready_{};
};

}  // namespace

int main(int argc, char** argv) {
    std::size_t reply_bytes = 0;
    const char* log = nullptr;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view option = argv[i];
        if (option == "--reply-bytes") reply_bytes = std::strtoul(argv[i + 1], nullptr, 10);
        if (option == "--log") log = argv[i + 1];
    }
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    FloorServer(reply_bytes, log).run();
}
